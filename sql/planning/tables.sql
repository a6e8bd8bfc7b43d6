-- What:         the size of every table of the chosen schemas, with what is stored beside it (TOAST), without indexes
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          rows are estimated as the planner does it: as densely as when last counted, in the pages of today

SELECT
    c.oid::bigint AS oid,
    pg_catalog.pg_table_size(c.oid)::bigint AS bytes,
    p.pages,
    CASE WHEN c.reltuples >= 0 AND c.relpages > 0 THEN c.reltuples / c.relpages * p.pages
         WHEN p.pages = 0 THEN 0 END::float8 AS row_estimate
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint)::bigint AS pages
) AS p
WHERE c.relkind IN ('r', 'p')
  AND {% include "catalog/chosen.sql" %};
