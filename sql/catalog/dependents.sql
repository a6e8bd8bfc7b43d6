-- What:         objects of other schemas that depend on the given ones, and would be dropped along with theirs
-- Parameters:   schemas (list)  schemas to be emptied
-- Transaction:  no
-- Repeatable:   yes

WITH held AS (
    SELECT
        'pg_catalog.pg_class'::regclass AS classid, c.oid AS objid, c.relnamespace AS namespace, NULL::oid AS view
    FROM pg_catalog.pg_class AS c
    UNION ALL
    SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.pronamespace, NULL FROM pg_catalog.pg_proc AS p
    UNION ALL
    SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typnamespace, NULL FROM pg_catalog.pg_type AS t
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::regclass, k.oid, k.connamespace, NULL FROM pg_catalog.pg_constraint AS k
    UNION ALL
    SELECT 'pg_catalog.pg_rewrite'::regclass, r.oid, c.relnamespace, CASE WHEN r.rulename = '_RETURN' THEN c.oid END
    FROM pg_catalog.pg_rewrite AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
    UNION ALL
    SELECT 'pg_catalog.pg_attrdef'::regclass, a.oid, c.relnamespace, NULL
    FROM pg_catalog.pg_attrdef AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.adrelid
    UNION ALL
    SELECT 'pg_catalog.pg_trigger'::regclass, t.oid, c.relnamespace, NULL
    FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    UNION ALL
    SELECT 'pg_catalog.pg_policy'::regclass, p.oid, c.relnamespace, NULL
    FROM pg_catalog.pg_policy AS p JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
)
SELECT DISTINCT i.type, i.identity
FROM pg_catalog.pg_depend AS d
JOIN held AS needed ON needed.classid = d.refclassid AND needed.objid = d.refobjid
JOIN pg_catalog.pg_namespace AS n ON n.oid = needed.namespace AND n.nspname IN ({{ schemas | literals }})
JOIN held AS dependent ON dependent.classid = d.classid AND dependent.objid = d.objid
JOIN pg_catalog.pg_namespace AS o
    ON o.oid = dependent.namespace AND o.nspname NOT IN ({{ schemas | literals }}) AND o.nspname !~ '^pg_'
-- Of a view its rule depends on things.
CROSS JOIN LATERAL pg_catalog.pg_identify_object(
    CASE WHEN dependent.view IS NULL THEN d.classid ELSE 'pg_catalog.pg_class'::regclass END,
    COALESCE(dependent.view, d.objid),
    d.objsubid
) AS i
WHERE d.deptype IN ('n', 'a')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS e
      WHERE e.classid = needed.classid AND e.objid = needed.objid AND e.deptype = 'e'
  )
ORDER BY i.type, i.identity;
