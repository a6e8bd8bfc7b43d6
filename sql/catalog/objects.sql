-- What:         every object of the chosen schemas that a person could have made, by PostgreSQL's own names for them
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          asked on both sides and compared. Left out is what PostgreSQL makes and names by itself: row and array
--               types, TOAST, the keys and triggers of partitions, NOT NULL constraints (a catalog entry since 18)

WITH chosen AS (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace AS n
    WHERE {% include "catalog/chosen.sql" %}
),
object AS (
    SELECT 'pg_catalog.pg_class'::regclass AS classid, c.oid AS objid
    FROM pg_catalog.pg_class AS c JOIN chosen ON chosen.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::regclass, p.oid
    FROM pg_catalog.pg_proc AS p JOIN chosen ON chosen.oid = p.pronamespace
    UNION ALL
    SELECT 'pg_catalog.pg_type'::regclass, t.oid
    FROM pg_catalog.pg_type AS t JOIN chosen ON chosen.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    WHERE t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c'
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::regclass, k.oid
    FROM pg_catalog.pg_constraint AS k JOIN chosen ON chosen.oid = k.connamespace
    WHERE k.contype IN ('c', 'p', 'u', 'f', 'x') AND k.conparentid = 0
    UNION ALL
    SELECT 'pg_catalog.pg_trigger'::regclass, t.oid
    FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid JOIN chosen ON chosen.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT 'pg_catalog.pg_policy'::regclass, p.oid
    FROM pg_catalog.pg_policy AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid JOIN chosen ON chosen.oid = c.relnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_rewrite'::regclass, r.oid
    FROM pg_catalog.pg_rewrite AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class JOIN chosen ON chosen.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_catalog.pg_operator'::regclass, o.oid
    FROM pg_catalog.pg_operator AS o JOIN chosen ON chosen.oid = o.oprnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_collation'::regclass, c.oid
    FROM pg_catalog.pg_collation AS c JOIN chosen ON chosen.oid = c.collnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_ts_config'::regclass, c.oid
    FROM pg_catalog.pg_ts_config AS c JOIN chosen ON chosen.oid = c.cfgnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_ts_dict'::regclass, d.oid
    FROM pg_catalog.pg_ts_dict AS d JOIN chosen ON chosen.oid = d.dictnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_statistic_ext'::regclass, s.oid
    FROM pg_catalog.pg_statistic_ext AS s JOIN chosen ON chosen.oid = s.stxnamespace
)
SELECT
    CASE i.type WHEN 'foreign table' THEN 'table' ELSE i.type END AS type,
    i.identity
FROM object AS o
CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = o.classid AND d.objid = o.objid AND d.deptype = 'e'
)
ORDER BY i.type, i.identity;
