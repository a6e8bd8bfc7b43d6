-- What:         the schemas of a dev database that hold something, and whether devdb's link put them there
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    n.nspname AS name,
    COALESCE(pg_catalog.obj_description(n.oid, 'pg_namespace') LIKE 'devdb: %', false) AS is_ours
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS e
      WHERE e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e'
  )
  AND (
      n.nspname <> 'public'
      OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid)
      OR EXISTS (
          SELECT FROM pg_catalog.pg_proc AS p
          WHERE p.pronamespace = n.oid
            AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend AS e
                WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
            )
      )
  )
ORDER BY n.nspname;
