-- What:         bring the rows of CSV files into their tables, and tell which rows are in no file any more
-- Parameters:   tables (list)      what is loaded (devdb.codes.plan.Load), each after those that it refers to
--               groups (list)      the same in groups: tables that refer to each other in a circle are in one
--               referring (list)   keys of these tables, and into them (devdb.codes.plan.Referring)
--               sequences (list)   what counts their columns (devdb.catalog.model.Sequence)
--               prune (bool)       delete the rows that are in no file any more
-- Transaction:  yes
-- Repeatable:   yes
-- Why:          all files or none. Others may read meanwhile, not write, so that what is counted is what happens. Rows
--               are compared as they are stored: to an operator 'a' may equal 'A' (citext), and not every type has one.
--               One statement for a circle of tables: foreign keys are checked when it has ended.

{% import "codes/macros.sql" as macro %}
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL row_security = off;
CREATE TEMPORARY TABLE devdb_codes (
    place int, table_name text, inserted bigint, updated bigint, unchanged bigint, gone bigint, gone_keys text[], deleted bigint
);
{% for table in tables %}
\warn {{ "loading %s" | format(table.path) | argument }}
LOCK TABLE {{ table.name.sql | sql }} IN SHARE ROW EXCLUSIVE MODE;
CREATE TEMPORARY TABLE {{ table.stage | ident }} ON COMMIT DROP AS
SELECT 0::bigint AS {{ table.line_column | ident }}, {{ table.columns | idents }} FROM {{ table.name.sql | sql }} WITH NO DATA;
COPY pg_temp.{{ table.stage | ident }} ({{ table.line_column | ident }}, {{ table.columns | idents }}) FROM stdin;
{{ table.rows | script }}
{% endfor %}
\warn comparing
{% for table in tables %}
{{ macro.check(table, referring) | sql }}
{{ macro.count(table) | sql }}
{% endfor %}
\warn writing
{% for group in groups %}
{% if group | length == 1 %}
{{ macro.upsert(group[0]) | sql }};
{% else %}
WITH {% for table in group %}
{{ table.stage | ident }} AS (
{{ macro.upsert(table) | sql }}
){% if not loop.last %}, {% endif %}
{% endfor %}

SELECT;
{% endif %}
{% endfor %}
{% if prune %}
{{ macro.refuse(referring) | sql }}
{% for group in groups | reverse %}
{% if group | length == 1 %}
{{ macro.delete(group[0]) | sql }};
{% else %}
WITH {% for table in group %}
{{ table.gone | ident }} AS (
{{ macro.delete(table) | sql }}
){% if not loop.last %}, {% endif %}
{% endfor %}

SELECT;
{% endif %}
{% endfor %}
UPDATE pg_temp.devdb_codes SET deleted = gone;
{% endif %}
{% for sequence in sequences %}
SELECT pg_catalog.setval({{ sequence.name.regclass | sql }}, LEAST(v.highest, {{ sequence.maximum | literal }}))
FROM (SELECT pg_catalog.max({{ sequence.owner[1] | ident }})::bigint AS highest FROM {{ sequence.owner[0].sql | sql }}) AS v
CROSS JOIN {{ sequence.name.sql | sql }} AS s
WHERE v.highest > s.last_value OR v.highest = s.last_value AND NOT s.is_called;
{% endfor %}
SELECT c.table_name, c.inserted, c.updated, c.unchanged, c.gone, c.gone_keys, c.deleted
FROM pg_temp.devdb_codes AS c
ORDER BY c.place;
COMMIT;
