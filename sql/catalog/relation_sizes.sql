-- What:         every relation of the database that holds rows or has parts that do, how large, and what it is part of
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          asked after the load: the largest are worth beginning with. The system's own are left out.

SELECT
    n.nspname AS schema,
    c.relname AS name,
    c.relkind = 'p' AS is_partitioned,
    CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) / 8192 ELSE 0 END AS pages,
    COALESCE((
        SELECT pg_catalog.array_agg(ARRAY[pn.nspname, p.relname]::text[])
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
        JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
        WHERE i.inhrelid = c.oid
    ), '{}') AS parents
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema';
