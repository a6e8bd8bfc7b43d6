-- What:         what objects need of each other, as PostgreSQL itself has noted it
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          what is internal (i), and what of a table goes with it (a of constraints, defaults, indexes), are parts of
--               one thing; P and S are of what PostgreSQL derived for partitions. A sequence that a column owns can live
--               without that column. Schemas are told by the names of what lives in them; of an extension nothing tells.

SET LOCAL jit = off;

SELECT
    d.classid::bigint AS classid,
    d.objid::bigint AS objid,
    d.refclassid::bigint AS refclassid,
    d.refobjid::bigint AS refobjid,
    COALESCE(pg_catalog.min(a.attname::text), '') AS "column"
FROM pg_catalog.pg_depend AS d
LEFT JOIN pg_catalog.pg_attribute AS a
    ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND a.attrelid = d.objid AND a.attnum = d.objsubid
WHERE d.objid::bigint >= 16384
  AND d.refobjid::bigint >= 16384
  AND d.deptype IN ('n', 'a', 'x')
  AND (d.refclassid <> 'pg_catalog.pg_namespace'::regclass OR d.classid = 'pg_catalog.pg_extension'::regclass)
  AND NOT (
      d.deptype = 'a'
      AND (
          d.classid IN ('pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_attrdef'::regclass)
          OR d.classid = 'pg_catalog.pg_class'::regclass
          AND d.refclassid = 'pg_catalog.pg_class'::regclass
          AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = d.objid AND c.relkind IN ('S', 'i', 'I'))
      )
  )
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4;
