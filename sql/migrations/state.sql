-- What:         whether there is a schema, a table in it with which columns, and anything else
-- Parameters:   schema (str)  the schema of Flyway's table
--               table (str)   its name
-- Transaction:  no
-- Repeatable:   yes
-- Why:          what belongs to an extension is no sign of somebody's work, and a schema that is not there is empty

WITH
schema_ AS (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {{ schema | literal }}),
table_ AS (
    SELECT c.oid
    FROM pg_catalog.pg_class AS c JOIN schema_ AS s ON s.oid = c.relnamespace
    WHERE c.relname = {{ table | literal }} AND c.relkind IN ('r', 'p', 'v', 'f')
),
extended AS (SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e')
SELECT
    EXISTS (SELECT FROM schema_) AS has_schema,
    (
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute AS a JOIN table_ AS t ON t.oid = a.attrelid
        WHERE a.attnum > 0 AND NOT a.attisdropped
    ) AS columns,
    NOT EXISTS (
        SELECT FROM pg_catalog.pg_class AS c JOIN schema_ AS s ON s.oid = c.relnamespace
        WHERE NOT EXISTS (
            SELECT FROM extended AS e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid
        )
    ) AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_type AS y JOIN schema_ AS s ON s.oid = y.typnamespace
        WHERE y.typelem = 0 AND NOT EXISTS (
            SELECT FROM extended AS e WHERE e.classid = 'pg_catalog.pg_type'::regclass AND e.objid = y.oid
        ) AND y.typrelid = 0
    ) AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_proc AS p JOIN schema_ AS s ON s.oid = p.pronamespace
        WHERE NOT EXISTS (
            SELECT FROM extended AS e WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid
        )
    ) AS is_empty;
