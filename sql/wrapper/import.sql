-- What:         the source's tables as foreign tables, in a schema of their own for each of the source's
-- Parameters:   imports (list)      foreign schemas and the tables to import (devdb.server.link.Import)
--               extensions (list)   extensions that both sides have: what of theirs is immutable may be sent
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          LIMIT TO in lists of some hundred tables, as one IMPORT is undone by one unknown type, and locks all.
--               Key columns lose their domains, because a comparison of a domain is not sent to the source.

{% if extensions %}
ALTER SERVER prod_server OPTIONS (ADD extensions {{ extensions | join(',') | literal }});
{% endif %}
{% for import in imports %}
DO $devdb$
BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_namespace AS n
        WHERE n.nspname = {{ import.foreign_schema | literal }}
          AND pg_catalog.obj_description(n.oid, 'pg_namespace') IS DISTINCT FROM 'devdb: the source''s tables'
    ) THEN
        RAISE EXCEPTION 'the schema % is not devdb''s', {{ import.foreign_schema | literal }};
    END IF;
    DROP SCHEMA IF EXISTS {{ import.foreign_schema | ident }} CASCADE;
END
$devdb$;
CREATE SCHEMA {{ import.foreign_schema | ident }};
COMMENT ON SCHEMA {{ import.foreign_schema | ident }} IS 'devdb: the source''s tables';
{% for table in import.generated %}
{% include "wrapper/foreign_table.sql" %}
{% endfor %}
{% for tables in import.batches %}
IMPORT FOREIGN SCHEMA {{ import.schema | ident }} LIMIT TO (
    {{ tables | idents }}
)
FROM SERVER prod_server INTO {{ import.foreign_schema | ident }};
{% endfor %}
{% for table, column, type in import.key_domains %}
ALTER FOREIGN TABLE {{ import.foreign_schema | ident }}.{{ table | ident }}
    ALTER COLUMN {{ column | ident }} TYPE {{ type | sql }};
{% endfor %}
{% for table in import.with_children %}
-- Tells a parent's own rows from those of the tables that inherit from it.
ALTER FOREIGN TABLE {{ import.foreign_schema | ident }}.{{ table | ident }}
    ADD COLUMN devdb_tableoid oid OPTIONS (column_name 'tableoid');
{% endfor %}
{% endfor %}
{% include "wrapper/only_ours.sql" %}
