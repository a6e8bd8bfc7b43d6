-- What:         what masked values have to satisfy: unique indexes, CHECK and exclusion constraints, by table
-- Parameters:   oids (list)  tables to look at
-- Transaction:  no
-- Repeatable:   yes
-- Why:          an index on expressions depends on columns that are not its own. A CHECK constraint is told as SQL over
--               the table's bare column names

SELECT
    i.indrelid::bigint AS table_oid,
    'unique' AS kind,
    ic.relname AS name,
    COALESCE((
        SELECT pg_catalog.array_agg(DISTINCT a.attname::text)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND (
            a.attnum = ANY (i.indkey::smallint[])
            OR EXISTS (
                SELECT FROM pg_catalog.pg_depend AS d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
                  AND d.refclassid = 'pg_catalog.pg_class'::regclass
                  AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum
            )
        )
    ), '{}') AS columns,
    pg_catalog.pg_get_indexdef(i.indexrelid) AS definition,
    i.indexprs IS NOT NULL AS has_expressions
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
WHERE i.indisunique AND i.indrelid = ANY (ARRAY[{% for oid in oids %}{{ oid | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::oid[])
UNION ALL
SELECT
    c.conrelid::bigint,
    CASE c.contype WHEN 'c' THEN 'check' ELSE 'exclusion' END,
    c.conname,
    COALESCE((
        SELECT pg_catalog.array_agg(a.attname::text)
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.conrelid AND a.attnum > 0 AND EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.conrelid AND d.refobjsubid = a.attnum
              AND (
                  d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = c.oid
                  OR d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.conindid
              )
        )
    ), '{}'),
    COALESCE(pg_catalog.pg_get_expr(c.conbin, c.conrelid), ''),
    false
FROM pg_catalog.pg_constraint AS c
WHERE c.contype IN ('c', 'x')
  AND c.conrelid = ANY (ARRAY[{% for oid in oids %}{{ oid | literal }}{% if not loop.last %}, {% endif %}{% endfor %}]::oid[])
ORDER BY 1, 2, 3;
