-- What:         what MySQL or MariaDB says of its tables: ten relations, of the shape that every source's have
-- Parameters:   server (str)    the foreign server
--               schemas (list)  databases to tell of, as the source spells them; empty: all but the system's
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          The wrapper sends nearly every condition, function and join, whether the source has the like or not,
--               and the source compares names without regard to case. So it gets equalities alone, and what is decided
--               is decided here, behind MATERIALIZED or OFFSET 0. A foreign column that the source does not have is an
--               error when it is read: where releases differ, the source is asked what it has before a view is made.

{% set system = ["information_schema", "mysql", "performance_schema", "sys"] %}
{% macro told(column) -%}
{% if schemas -%}
({% for one in schemas %}{{ column | sql }} = {{ one | literal }}{% if not loop.last %} OR {% endif %}{% endfor %})
{%- else -%}
{% for one in system %}{{ column | sql }} <> {{ one | literal }}{% if not loop.last %} AND {% endif %}{% endfor %}
{%- endif %}
{%- endmacro %}
{% macro meant(column) -%}
{{ column | sql }} {% if not schemas %}NOT {% endif %}IN ({{ (schemas or system) | literals }})
{%- endmacro %}

{% set relations = [
    "source", "schemas", "tables", "columns", "keys", "checks", "indexes", "sequences", "triggers", "dependencies"
] %}
{% for name in relations %}
DROP VIEW IF EXISTS fdw_setup.{{ ("dictionary_" ~ name) | ident }};
{% endfor %}
{% for name in ["referring", "parts", "kind", "settings", "checks"] %}
DROP VIEW IF EXISTS fdw_setup.{{ ("mysql_" ~ name) | ident }};
{% endfor %}
DO $devdb$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT c.relname
        FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = 'fdw_setup'::pg_catalog.regnamespace AND c.relkind = 'f' AND c.relname ^@ 'mysql_'
    LOOP
        EXECUTE pg_catalog.format('DROP FOREIGN TABLE fdw_setup.%I', made.relname);
    END LOOP;
END
$devdb$;

CREATE FOREIGN TABLE fdw_setup.mysql_tables (
    table_schema text, table_name text, table_type text, engine text, table_rows numeric, data_length numeric,
    index_length numeric, table_comment text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'TABLES');

CREATE FOREIGN TABLE fdw_setup.mysql_columns (
    table_schema text, table_name text, column_name text, ordinal_position bigint, column_default text,
    is_nullable text, data_type text, character_maximum_length bigint, numeric_precision bigint, numeric_scale bigint,
    datetime_precision bigint, column_type text, column_key text, extra text, column_comment text,
    generation_expression text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'COLUMNS');

CREATE FOREIGN TABLE fdw_setup.mysql_statistics (
    table_schema text, table_name text, non_unique bigint, index_name text, seq_in_index bigint, column_name text,
    "collation" text, sub_part bigint, index_type text, expression text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'STATISTICS');

CREATE FOREIGN TABLE fdw_setup.mysql_key_column_usage (
    table_schema text, table_name text, constraint_name text, ordinal_position bigint, column_name text,
    referenced_table_schema text, referenced_table_name text, referenced_column_name text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'KEY_COLUMN_USAGE');

CREATE FOREIGN TABLE fdw_setup.mysql_referential_constraints (
    constraint_schema text, table_name text, constraint_name text, update_rule text, delete_rule text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'REFERENTIAL_CONSTRAINTS');

CREATE FOREIGN TABLE fdw_setup.mysql_table_constraints (
    table_schema text, table_name text, constraint_name text, constraint_type text, enforced text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'TABLE_CONSTRAINTS');

CREATE FOREIGN TABLE fdw_setup.mysql_check_constraints (
    constraint_schema text, table_name text, constraint_name text, check_clause text
) SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'CHECK_CONSTRAINTS');

CREATE FOREIGN TABLE fdw_setup.mysql_triggers (event_object_schema text, event_object_table text, trigger_name text)
SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'TRIGGERS');

CREATE FOREIGN TABLE fdw_setup.mysql_own_variables (variable_name text, variable_value text)
SERVER {{ server | ident }} OPTIONS (dbname 'information_schema', table_name 'GLOBAL_VARIABLES');

CREATE FOREIGN TABLE fdw_setup.mysql_variables (variable_name text, variable_value text)
SERVER {{ server | ident }} OPTIONS (dbname 'performance_schema', table_name 'global_variables');

-- MariaDB alone has SYSTEM_VARIABLES, its CHECKs know their table, and its sequences are tables of one row. MySQL has
-- CHECKs from 8.0.16 on, their names being a database's own, and indexes over expressions from 8.0.13 on.
DO $devdb$
DECLARE
    has text[];
    is_mariadb boolean;
    sequence record;
    sequences text[] := '{}';
BEGIN
    SELECT pg_catalog.array_agg(pg_catalog.upper(q.table_name || '.' || q.column_name)) INTO has
    FROM (
        SELECT c.table_name, c.column_name
        FROM fdw_setup.mysql_columns AS c
        WHERE c.table_schema = 'information_schema'
        OFFSET 0
    ) AS q;
    is_mariadb := 'SYSTEM_VARIABLES.VARIABLE_NAME' = ANY (has);

    EXECUTE pg_catalog.format('CREATE VIEW fdw_setup.mysql_kind AS SELECT %L::boolean AS is_mariadb', is_mariadb);
    EXECUTE pg_catalog.format(
        'CREATE VIEW fdw_setup.mysql_settings AS '
        'SELECT pg_catalog.lower(v.variable_name) AS name, v.variable_value AS value '
        'FROM (SELECT * FROM fdw_setup.%I OFFSET 0) AS v',
        CASE WHEN is_mariadb THEN 'mysql_own_variables' ELSE 'mysql_variables' END
    );
    EXECUTE pg_catalog.format(
        'CREATE VIEW fdw_setup.mysql_parts AS '
        'SELECT s.table_schema, s.table_name, s.non_unique, s.index_name, s.seq_in_index, s.column_name, '
        's."collation", s.sub_part, s.index_type, %s AS expression FROM fdw_setup.mysql_statistics AS s',
        CASE WHEN 'STATISTICS.EXPRESSION' = ANY (has) THEN 's.expression' ELSE 'NULL::text' END
    );
    IF 'CHECK_CONSTRAINTS.TABLE_NAME' = ANY (has) THEN
        CREATE VIEW fdw_setup.mysql_checks AS
        SELECT c.constraint_schema AS table_schema, c.table_name, c.constraint_name, c.check_clause
        FROM fdw_setup.mysql_check_constraints AS c;
    ELSIF 'CHECK_CONSTRAINTS.CHECK_CLAUSE' = ANY (has) THEN
        CREATE VIEW fdw_setup.mysql_checks AS
        WITH t AS MATERIALIZED (
            SELECT t.table_schema, t.table_name, t.constraint_name
            FROM fdw_setup.mysql_table_constraints AS t
            WHERE t.constraint_type = 'CHECK' AND t.enforced = 'YES'
        ), c AS MATERIALIZED (
            SELECT c.constraint_schema, c.constraint_name, c.check_clause
            FROM fdw_setup.mysql_check_constraints AS c
        )
        SELECT t.table_schema, t.table_name, t.constraint_name, c.check_clause
        FROM t
        JOIN c ON c.constraint_schema = t.table_schema AND c.constraint_name = t.constraint_name;
    ELSE
        CREATE VIEW fdw_setup.mysql_checks AS
        SELECT NULL::text AS table_schema, NULL::text AS table_name, NULL::text AS constraint_name,
               NULL::text AS check_clause
        WHERE false;
    END IF;

    FOR sequence IN
        SELECT q.table_schema, q.table_name, pg_catalog.row_number() OVER (ORDER BY q.table_schema, q.table_name) AS n
        FROM (
            SELECT t.table_schema, t.table_name
            FROM fdw_setup.mysql_tables AS t
            WHERE t.table_type = 'SEQUENCE' AND {{ told("t.table_schema") | sql }}
            OFFSET 0
        ) AS q
        WHERE {{ meant("q.table_schema") | sql }}
    LOOP
        EXECUTE pg_catalog.format(
            'CREATE FOREIGN TABLE fdw_setup.mysql_sequence_%s ('
            'next_not_cached_value bigint, minimum_value bigint, maximum_value bigint, start_value bigint, '
            'increment bigint, cache_size numeric, cycle_option bigint, cycle_count bigint'
            ') SERVER %I OPTIONS (dbname %L, table_name %L)',
            sequence.n, {{ server | literal }}, sequence.table_schema, sequence.table_name
        );
        sequences := sequences || pg_catalog.format(
            'SELECT %L AS schema, %L AS name, s.* FROM fdw_setup.mysql_sequence_%s AS s',
            sequence.table_schema, sequence.table_name, sequence.n
        );
    END LOOP;
    -- What is said is the number after those in the cache. A sequence never asked stands where it starts.
    EXECUTE pg_catalog.format(
        'CREATE VIEW fdw_setup.dictionary_sequences AS '
        'SELECT q.schema, q.name, q.start_value AS start, q.increment, q.minimum_value AS minimum, '
        'q.maximum_value AS maximum, GREATEST(q.cache_size, 1)::bigint AS cache, q.cycle_option <> 0 AS is_cyclic, '
        'CASE WHEN q.next_not_cached_value = q.start_value AND q.cycle_count = 0 THEN q.start_value '
        'ELSE q.next_not_cached_value - q.increment END AS last_value FROM (%s OFFSET 0) AS q',
        CASE
            WHEN sequences = '{}' THEN
                'SELECT NULL::text AS schema, NULL::text AS name, NULL::bigint AS next_not_cached_value, '
                'NULL::bigint AS minimum_value, NULL::bigint AS maximum_value, NULL::bigint AS start_value, '
                'NULL::bigint AS increment, NULL::numeric AS cache_size, NULL::bigint AS cycle_option, '
                'NULL::bigint AS cycle_count WHERE false'
            ELSE pg_catalog.array_to_string(sequences, ' UNION ALL ')
        END
    );
END
$devdb$;

CREATE VIEW fdw_setup.dictionary_source AS
WITH s AS MATERIALIZED (SELECT s.name, s.value FROM fdw_setup.mysql_settings AS s)
SELECT COALESCE(
    (
        SELECT pg_catalog.concat_ws(' ', v.value, '(' || NULLIF(c.value, '') || ')')
        FROM s AS v
        LEFT JOIN s AS c ON c.name = 'version_comment'
        WHERE v.name = 'version'
    ),
    'MySQL'
) AS version;

CREATE VIEW fdw_setup.dictionary_schemas AS
WITH t AS MATERIALIZED (SELECT t.table_schema FROM fdw_setup.mysql_tables AS t)
SELECT DISTINCT t.table_schema AS schema
FROM t
WHERE t.table_schema NOT IN ({{ system | literals }});

CREATE VIEW fdw_setup.dictionary_tables AS
WITH t AS MATERIALIZED (SELECT * FROM fdw_setup.mysql_tables AS t WHERE {{ told("t.table_schema") | sql }})
SELECT t.table_schema AS schema, t.table_name AS name,
       CASE
           WHEN t.table_type LIKE '%VIEW' THEN 'view'
           WHEN t.engine IN ('FEDERATED', 'CONNECT', 'SPIDER') THEN 'external'
           ELSE 'table'
       END AS kind,
       CASE WHEN t.table_type NOT LIKE '%VIEW' THEN NULLIF(t.table_comment, '') END AS comment,
       t.table_rows::bigint AS row_estimate, (t.data_length + t.index_length)::bigint AS bytes
FROM t
WHERE t.table_type NOT IN ('SEQUENCE', 'TEMPORARY') AND {{ meant("t.table_schema") | sql }};

-- Columns of foreign keys; whether they hold the numbers of rows elsewhere, and so never one beyond that numbering.
CREATE VIEW fdw_setup.mysql_referring AS
WITH RECURSIVE c AS MATERIALIZED (
    SELECT c.table_schema, c.table_name, c.column_name, c.extra
    FROM fdw_setup.mysql_columns AS c
    WHERE {{ told("c.table_schema") | sql }}
), k AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_key_column_usage AS k WHERE {{ told("k.table_schema") | sql }}
), numbered (schema, table_name, column_name) AS (
    SELECT c.table_schema, c.table_name, c.column_name FROM c WHERE c.extra LIKE '%auto_increment%'
    UNION
    SELECT k.table_schema, k.table_name, k.column_name
    FROM numbered AS n
    JOIN k ON (k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name)
        = (n.schema, n.table_name, n.column_name)
)
SELECT DISTINCT k.table_schema, k.table_name, k.column_name, n.column_name IS NOT NULL AS is_numbered
FROM k
LEFT JOIN numbered AS n
    ON n.schema = k.table_schema AND n.table_name = k.table_name AND n.column_name = k.column_name
WHERE k.referenced_table_name IS NOT NULL;

-- MariaDB's JSON is a longtext that a CHECK of its own keeps valid. MariaDB quotes its literals, and says NULL where
-- there is no default; MySQL says what a literal holds, and marks expressions.
CREATE VIEW fdw_setup.dictionary_columns AS
WITH c AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_columns AS c WHERE {{ told("c.table_schema") | sql }}
), t AS MATERIALIZED (
    SELECT t.table_schema, t.table_name, t.table_type
    FROM fdw_setup.mysql_tables AS t
    WHERE {{ told("t.table_schema") | sql }}
), k AS MATERIALIZED (
    SELECT k.table_schema, k.table_name, k.check_clause
    FROM fdw_setup.mysql_checks AS k
    WHERE {{ told("k.table_schema") | sql }}
)
SELECT c.table_schema AS schema, c.table_name, c.ordinal_position AS position, c.column_name AS name,
       CASE WHEN j.is_json THEN 'json' ELSE pg_catalog.lower(c.data_type) END AS type,
       pg_catalog.concat_ws(
           ' ', c.column_type, pg_catalog.substring(c.extra, '(?i)on update [^ ]+'),
           CASE WHEN c.extra LIKE '%auto_increment%' THEN 'auto_increment' END,
           CASE c.column_key WHEN 'PRI' THEN 'primary key' WHEN 'UNI' THEN 'unique' END,
           CASE WHEN f.is_numbered THEN 'references auto_increment' WHEN NOT f.is_numbered THEN 'references' END
       ) AS declared,
       c.character_maximum_length AS length, COALESCE(c.numeric_precision, c.datetime_precision) AS precision,
       c.numeric_scale AS scale, c.is_nullable = 'NO' AS not_null,
       CASE
           WHEN g.is_generated OR c.column_default IS NULL OR (s.is_mariadb AND c.column_default = 'NULL') THEN NULL
           WHEN s.is_mariadb OR c.extra ILIKE '%DEFAULT_GENERATED%' THEN c.column_default
           WHEN c.data_type = 'bit' OR c.data_type ~ 'binary' AND c.column_default ^@ '0x' THEN c.column_default
           WHEN c.data_type IN ('datetime', 'timestamp') AND c.column_default ^@ 'CURRENT_TIMESTAMP'
               THEN c.column_default
           ELSE pg_catalog.format(
               '''%s''', pg_catalog.replace(pg_catalog.replace(c.column_default, '\', '\\'), '''', '''''')
           )
       END AS default_sql,
       CASE WHEN c.extra LIKE '%auto_increment%' THEN 'by default' ELSE '' END AS identity,
       CASE WHEN g.is_generated AND NOT g.is_period THEN c.generation_expression END AS generated_sql,
       NULLIF(c.column_comment, '') AS comment
FROM c
CROSS JOIN fdw_setup.mysql_kind AS s
CROSS JOIN LATERAL (
    SELECT NULLIF(c.generation_expression, '') IS NOT NULL AS is_generated,
           COALESCE(c.generation_expression IN ('ROW START', 'ROW END'), false) AS is_period
) AS g
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT
        FROM k
        WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name
            AND k.check_clause IN (
                'json_valid(`' || pg_catalog.replace(c.column_name, '`', '``') || '`)',
                'json_valid("' || pg_catalog.replace(c.column_name, '"', '""') || '")'
            )
    ) AS is_json
) AS j
LEFT JOIN (SELECT * FROM fdw_setup.mysql_referring OFFSET 0) AS f USING (table_schema, table_name, column_name)
WHERE {{ meant("c.table_schema") | sql }}
    AND NOT EXISTS (
        SELECT
        FROM t
        WHERE t.table_schema = c.table_schema AND t.table_name = c.table_name
            AND t.table_type IN ('SEQUENCE', 'TEMPORARY')
    );

-- A unique index is a key unless it is over parts of values or over expressions. Tables with a history have the end of
-- each row's time in their keys; rows of the present, which alone are read, do without. That NO ACTION and RESTRICT are
-- one thing there is what MySQL's manual says; which of them is noted as default differs.
CREATE VIEW fdw_setup.dictionary_keys AS
WITH p AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_parts AS p WHERE {{ told("p.table_schema") | sql }}
), c AS MATERIALIZED (
    SELECT c.table_schema, c.table_name, c.column_name, c.generation_expression
    FROM fdw_setup.mysql_columns AS c
    WHERE {{ told("c.table_schema") | sql }}
), k AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_key_column_usage AS k WHERE {{ told("k.table_schema") | sql }}
), r AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_referential_constraints AS r WHERE {{ told("r.constraint_schema") | sql }}
)
SELECT p.table_schema AS schema, p.table_name, p.index_name AS name,
       CASE p.index_name WHEN 'PRIMARY' THEN 'p' ELSE 'u' END AS kind, p.seq_in_index AS position, p.column_name,
       NULL::text AS parent_schema, NULL::text AS parent_table, NULL::text AS parent_column,
       NULL::text AS on_delete, NULL::text AS on_update, false AS is_deferrable, false AS is_deferred,
       true AS is_validated
FROM p
JOIN c USING (table_schema, table_name, column_name)
WHERE p.non_unique = 0 AND {{ meant("p.table_schema") | sql }}
    AND COALESCE(c.generation_expression NOT IN ('ROW START', 'ROW END'), true)
    AND NOT EXISTS (
        SELECT
        FROM p AS o
        WHERE o.table_schema = p.table_schema AND o.table_name = p.table_name AND o.index_name = p.index_name
            AND (o.sub_part IS NOT NULL OR o.column_name IS NULL)
    )
UNION ALL
SELECT k.table_schema, k.table_name, k.constraint_name, 'f', k.ordinal_position, k.column_name,
       k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name,
       CASE r.delete_rule WHEN 'RESTRICT' THEN 'NO ACTION' ELSE r.delete_rule END,
       CASE r.update_rule WHEN 'RESTRICT' THEN 'NO ACTION' ELSE r.update_rule END,
       false, false, true
FROM k
-- A user of MariaDB's with no other right than SELECT sees none of these.
LEFT JOIN r ON r.constraint_schema = k.table_schema AND r.table_name = k.table_name
    AND r.constraint_name = k.constraint_name
WHERE k.referenced_table_name IS NOT NULL AND {{ meant("k.table_schema") | sql }};

-- The labels of an enum are a CHECK here. The empty text among them is what the source keeps where a label was wrong.
CREATE VIEW fdw_setup.dictionary_checks AS
WITH k AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_checks AS k WHERE {{ told("k.table_schema") | sql }}
), c AS MATERIALIZED (
    SELECT c.table_schema, c.table_name, c.column_name, c.column_type, c.data_type
    FROM fdw_setup.mysql_columns AS c
    WHERE {{ told("c.table_schema") | sql }}
), t AS MATERIALIZED (
    SELECT t.table_schema, t.table_name, t.table_type
    FROM fdw_setup.mysql_tables AS t
    WHERE {{ told("t.table_schema") | sql }}
)
SELECT k.table_schema AS schema, k.table_name, k.constraint_name AS name, k.check_clause AS condition
FROM k
WHERE {{ meant("k.table_schema") | sql }} AND k.check_clause !~ '^json_valid\((`([^`]|``)+`|"([^"]|"")+")\)$'
UNION ALL
SELECT c.table_schema, c.table_name, c.column_name || '_labels',
       pg_catalog.format(
           '`%s` in (%s,'''')', pg_catalog.replace(c.column_name, '`', '``'),
           pg_catalog.substring(c.column_type, '^[^(]*\((.*)\)$')
       )
FROM c
JOIN t USING (table_schema, table_name)
WHERE c.data_type = 'enum' AND t.table_type NOT LIKE '%VIEW' AND {{ meant("c.table_schema") | sql }};

CREATE VIEW fdw_setup.dictionary_indexes AS
WITH p AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_parts AS p WHERE {{ told("p.table_schema") | sql }}
), c AS MATERIALIZED (
    SELECT c.table_schema, c.table_name, c.column_name, c.data_type
    FROM fdw_setup.mysql_columns AS c
    WHERE {{ told("c.table_schema") | sql }}
)
SELECT p.table_schema AS schema, p.table_name, p.index_name AS name, p.non_unique = 0 AS is_unique,
       p.seq_in_index AS position,
       CASE WHEN p.sub_part IS NULL AND p.expression IS NULL THEN p.column_name END AS column_name,
       CASE
           WHEN p.sub_part IS NULL THEN p.expression
           ELSE pg_catalog.format(
               CASE WHEN c.data_type ~* 'blob|binary' THEN 'substr(`%s`,1,%s)' ELSE 'left(`%s`,%s)' END,
               pg_catalog.replace(p.column_name, '`', '``'), p.sub_part
           )
       END AS expression,
       p."collation" = 'D' AS is_descending
FROM p
LEFT JOIN c USING (table_schema, table_name, column_name)
WHERE {{ meant("p.table_schema") | sql }} AND p.index_type IN ('BTREE', 'HASH')
    AND (
        p.non_unique = 1
        OR EXISTS (
            SELECT
            FROM p AS o
            WHERE o.table_schema = p.table_schema AND o.table_name = p.table_name AND o.index_name = p.index_name
                AND (o.sub_part IS NOT NULL OR o.column_name IS NULL)
        )
    );

CREATE VIEW fdw_setup.dictionary_triggers AS
WITH t AS MATERIALIZED (
    SELECT * FROM fdw_setup.mysql_triggers AS t WHERE {{ told("t.event_object_schema") | sql }}
)
SELECT t.event_object_schema AS schema, t.event_object_table AS table_name, t.trigger_name AS name
FROM t
WHERE {{ meant("t.event_object_schema") | sql }};

CREATE VIEW fdw_setup.dictionary_dependencies AS
SELECT NULL::text AS of_schema, NULL::text AS of_name, NULL::text AS of_type, NULL::text AS needs_schema,
       NULL::text AS needs_name, NULL::text AS needs_type
WHERE false;
