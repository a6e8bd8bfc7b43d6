-- What:         what objects need of each other, as PostgreSQL itself has noted it
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          a sequence that a column owns can live without that column. Schemas are told by the names of what lives
--               in them; of an extension nothing else tells. P and S are of what PostgreSQL derived for partitions.

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
  AND d.deptype IN ('n', 'a', 'i', 'x')
  AND (d.refclassid <> 'pg_catalog.pg_namespace'::regclass OR d.classid = 'pg_catalog.pg_extension'::regclass)
  AND NOT (
      d.deptype = 'a'
      AND d.classid = 'pg_catalog.pg_class'::regclass
      AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND EXISTS (SELECT FROM pg_catalog.pg_class AS s WHERE s.oid = d.objid AND s.relkind = 'S')
  )
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4;
