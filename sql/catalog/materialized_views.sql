-- What:         the views of the chosen schemas, materialized or not, and the views that each reads
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes

SELECT
    c.oid::bigint AS oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind = 'm' AS is_materialized,
    c.relispopulated AS is_populated,
    COALESCE((
        SELECT pg_catalog.array_agg(DISTINCT d.refobjid::bigint)
        FROM pg_catalog.pg_rewrite AS r
        JOIN pg_catalog.pg_depend AS d
            ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
           AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> c.oid
        WHERE r.ev_class = c.oid
    ), '{}') AS reads
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm')
  AND {% include "catalog/chosen.sql" %}
ORDER BY n.nspname, c.relname;
