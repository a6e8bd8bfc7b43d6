-- What:         what is part of another object, and as what: constraints, indexes, defaults, row and array types
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          the other may be a part itself. What is said first of a part holds: of an index that a constraint made,
--               its table. Constraints of partitions follow from those of the parent, and say nothing of their own; TOAST and
--               triggers that check keys are nobody's.

SET LOCAL jit = off;

SELECT
    part.classid::oid::bigint AS classid,
    part.objid::bigint AS objid,
    part.refclassid::oid::bigint AS refclassid,
    part.refobjid::bigint AS refobjid,
    part.kind,
    part.detail::text AS detail
FROM (
    SELECT
        1 AS rank,
        'pg_catalog.pg_constraint'::regclass AS classid,
        k.oid AS objid,
        CASE WHEN k.conrelid <> 0 THEN 'pg_catalog.pg_class'::regclass ELSE 'pg_catalog.pg_type'::regclass END AS refclassid,
        CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END AS refobjid,
        CASE WHEN k.conparentid <> 0 THEN 'inherited' WHEN k.contype = 'f' THEN 'fk' WHEN k.contype = 'c' THEN 'check' ELSE 'index' END AS kind,
        k.conname AS detail
    FROM pg_catalog.pg_constraint AS k
    WHERE k.contype <> 't'
    UNION ALL
    SELECT
        1, 'pg_catalog.pg_attrdef'::regclass, d.oid, 'pg_catalog.pg_class'::regclass, d.adrelid, 'default', a.attname
    FROM pg_catalog.pg_attrdef AS d
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    UNION ALL
    SELECT
        1, 'pg_catalog.pg_class'::regclass, i.indexrelid, 'pg_catalog.pg_class'::regclass, i.indrelid, 'index', c.relname
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    WHERE c.relnamespace <> 'pg_toast'::regnamespace
    UNION ALL
    SELECT
        1, 'pg_catalog.pg_statistic_ext'::regclass, s.oid, 'pg_catalog.pg_class'::regclass, s.stxrelid, 'index', s.stxname
    FROM pg_catalog.pg_statistic_ext AS s
    UNION ALL
    SELECT
        1, 'pg_catalog.pg_amop'::regclass, o.oid, 'pg_catalog.pg_opfamily'::regclass, o.amopfamily, '', ''
    FROM pg_catalog.pg_amop AS o
    UNION ALL
    SELECT
        1, 'pg_catalog.pg_amproc'::regclass, p.oid, 'pg_catalog.pg_opfamily'::regclass, p.amprocfamily, '', ''
    FROM pg_catalog.pg_amproc AS p
    UNION ALL
    SELECT 2, d.classid, d.objid, d.refclassid, d.refobjid, CASE d.deptype WHEN 'P' THEN 'inherited' ELSE '' END, ''
    FROM pg_catalog.pg_depend AS d
    LEFT JOIN pg_catalog.pg_class AS c ON d.classid = 'pg_catalog.pg_class'::regclass AND c.oid = d.objid
    WHERE d.deptype IN ('i', 'P')
      AND c.relkind IS DISTINCT FROM 't'
      -- Of the row types, and of the array types of these, nearly all are nowhere used.
      AND (
          d.classid <> 'pg_catalog.pg_type'::regclass
          OR EXISTS (
              SELECT
              FROM pg_catalog.pg_type AS t
              JOIN pg_catalog.pg_depend AS u
                  ON u.refclassid = 'pg_catalog.pg_type'::regclass AND u.refobjid IN (t.oid, t.typarray) AND u.deptype <> 'i'
              WHERE t.oid = d.objid
          )
      )
      AND d.objid <> d.refobjid
      AND (
          d.refclassid = 'pg_catalog.pg_trigger'::regclass
          OR d.classid NOT IN ('pg_catalog.pg_constraint'::regclass, 'pg_catalog.pg_trigger'::regclass)
      )
) AS part
WHERE part.objid::bigint >= 16384
ORDER BY part.rank;
