-- What:         which of these tables have new files since the snapshot of this transaction was taken
-- Parameters:   oids (list)  the tables; their partitions are meant too
-- Transaction:  part of the caller's, which must hold one snapshot
-- Repeatable:   yes
-- Why:          TRUNCATE, and ALTER TABLE where it writes the rows anew, leave a table that looks empty to older snapshots:
--               nothing fails, and its rows are missing. pg_class is read by the snapshot, the function knows the present.

WITH RECURSIVE read (oid) AS (
    SELECT pg_catalog.unnest(ARRAY[{{ oids | literals }}]::oid[])
    UNION
    SELECT i.inhrelid
    FROM read AS r
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = r.oid
)
SELECT n.nspname AS schema, c.relname AS name
FROM read AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
  AND c.relfilenode <> 0
  AND pg_catalog.pg_relation_filenode(c.oid) IS DISTINCT FROM c.relfilenode
ORDER BY n.nspname, c.relname;
