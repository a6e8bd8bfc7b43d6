-- What:         which table inherits from which, and whether as a partition
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    i.inhrelid::bigint AS child,
    i.inhparent::bigint AS parent,
    c.relispartition AS is_partition
FROM pg_catalog.pg_inherits AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
WHERE c.relkind IN ('r', 'p', 'f')
ORDER BY 1, i.inhseqno;
