-- What:         what the source's user may do there beyond reading
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          nothing of it is needed, and whoever gets at the link's password may do it

WITH written AS (
    SELECT n.nspname, c.relname, p.privilege, p.position
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (VALUES
        ('INSERT', 1, pg_catalog.has_any_column_privilege(c.oid, 'INSERT')),
        ('UPDATE', 2, pg_catalog.has_any_column_privilege(c.oid, 'UPDATE')),
        ('DELETE', 3, pg_catalog.has_table_privilege(c.oid, 'DELETE')),
        ('TRUNCATE', 4, pg_catalog.has_table_privilege(c.oid, 'TRUNCATE')),
        ('ownership', 5, pg_catalog.pg_has_role(c.relowner, 'USAGE'))
    ) AS p (privilege, position, is_held)
    WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.is_held
)
SELECT
    r.rolname::text AS name,
    r.rolsuper AS is_superuser,
    pg_catalog.array_remove(ARRAY[
        CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN r.rolcreatedb THEN 'CREATEDB' END
    ], NULL) AS attributes,
    ARRAY(
        SELECT m.rolname::text
        FROM pg_catalog.pg_roles AS m
        WHERE m.rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
          AND pg_catalog.pg_has_role(m.oid, 'MEMBER')
        ORDER BY m.rolname
    ) AS memberships,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create_schemas,
    ARRAY(
        SELECT n.nspname::text
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND pg_catalog.has_schema_privilege(n.oid, 'CREATE')
        ORDER BY n.nspname
    ) AS schemas,
    ARRAY(
        SELECT w.privilege FROM written AS w GROUP BY w.privilege, w.position ORDER BY w.position
    ) AS privileges,
    ARRAY(
        SELECT DISTINCT pg_catalog.format('%s.%s', w.nspname, w.relname) FROM written AS w ORDER BY 1 LIMIT 3
    ) AS tables,
    (SELECT pg_catalog.count(DISTINCT (w.nspname, w.relname)) FROM written AS w)::int AS table_count
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = current_user;
