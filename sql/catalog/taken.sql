-- What:         how many rows the load of this session took, by table
-- Parameters:   none
-- Transaction:  either
-- Repeatable:   yes

WITH noted AS (
    SELECT
        t.*,
        extract(epoch FROM t.finished - pg_catalog.lag(t.finished) OVER (ORDER BY t.finished)) AS seconds
    FROM pg_temp.devdb_taken AS t
)
SELECT
    n.table_name,
    COALESCE(pg_catalog.sum(n.row_count) FILTER (WHERE n.phase = 'rule'), 0)::bigint AS by_rule,
    COALESCE(pg_catalog.sum(n.row_count) FILTER (WHERE n.phase = 'key'), 0)::bigint AS by_key,
    COALESCE(pg_catalog.sum(n.row_count) FILTER (WHERE n.phase = 'child'), 0)::bigint AS by_child,
    COALESCE(-pg_catalog.sum(n.row_count) FILTER (WHERE n.phase = 'dropped'), 0)::bigint AS dropped,
    COALESCE(pg_catalog.sum(n.seconds), 0)::float8 AS seconds
FROM noted AS n
WHERE n.phase <> 'start'
GROUP BY n.table_name;
