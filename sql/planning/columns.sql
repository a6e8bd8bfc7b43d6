-- What:         the planner's statistics of the columns of the chosen schemas' tables
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          pg_stats shows those alone that this user may read. A partitioned table has statistics only once it was
--               analyzed by name, so those of its partitions are told as well.

SELECT
    c.oid::bigint AS table_oid,
    s.attname::text AS name,
    s.null_frac::float8 AS null_share,
    s.avg_width::integer AS width,
    s.n_distinct::float8 AS distinct_values,
    s.most_common_freqs[1]::float8 AS largest_share
FROM pg_catalog.pg_stats AS s
JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE c.relkind IN ('r', 'p')
  AND s.inherited = (c.relkind = 'p')
  AND {% include "catalog/chosen.sql" %};
