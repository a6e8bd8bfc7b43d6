-- What:         how large the rows of each table are: a partitioned table as large as its partitions
-- Parameters:   none
-- Transaction:  either
-- Repeatable:   yes
-- Why:          without indexes, which come after the rows

SELECT
    n.nspname AS schema,
    c.relname AS name,
    CASE c.relkind
        WHEN 'p' THEN (SELECT pg_catalog.sum(pg_catalog.pg_table_size(t.relid)) FROM pg_catalog.pg_partition_tree(c.oid) AS t WHERE t.isleaf)
        ELSE pg_catalog.pg_table_size(c.oid)
    END::bigint AS bytes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema';
