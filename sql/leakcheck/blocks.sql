-- What:         how many blocks the rows of a table take, those of its partitions together; no row when there is none
-- Parameters:   table (devdb.catalog.model.Name)  the table
-- Transaction:  either
-- Repeatable:   yes

SELECT
    (
        pg_catalog.pg_relation_size(c.oid)
        + COALESCE((SELECT pg_catalog.sum(pg_catalog.pg_relation_size(p.relid)) FROM pg_catalog.pg_partition_tree(c.oid) AS p WHERE p.relid <> c.oid), 0)
    )::bigint / pg_catalog.current_setting('block_size')::bigint AS blocks
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = {{ table.schema | literal }} AND c.relname = {{ table.name | literal }} AND c.relkind IN ('r', 'p');
