-- What:         the positions of the source's sequences: as a foreign table, or as they were told
-- Parameters:   positions (list)  schema, name and last value of each; null where the source has a table that tells
-- Transaction:  part of the caller's
-- Repeatable:   yes

DROP VIEW IF EXISTS fdw_setup.source_sequences;
{% if positions is none %}
DROP FOREIGN TABLE IF EXISTS fdw_setup.source_sequences;
CREATE FOREIGN TABLE fdw_setup.source_sequences (
    schemaname name, sequencename name, last_value bigint
) SERVER prod_server OPTIONS (schema_name 'pg_catalog', table_name 'pg_sequences');
{% else %}
CREATE VIEW fdw_setup.source_sequences (schemaname, sequencename, last_value) AS
SELECT NULL::name, NULL::name, NULL::bigint WHERE false
{% for schema, name, value in positions %}
UNION ALL SELECT {{ schema | literal }}::name, {{ name | literal }}::name, {{ value | literal }}::bigint
{% endfor %}
;
{% endif %}
