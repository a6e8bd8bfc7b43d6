-- What:         the steps' functions that a schema holds today
-- Parameters:   schema (str)  where they are
-- Transaction:  either
-- Repeatable:   yes

SELECT
    p.proname AS name,
    pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments,
    p.prosrc AS body,
    COALESCE(pg_catalog.obj_description(p.oid, 'pg_proc') LIKE 'devdb replicate: %', false) AS is_ours
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = {{ schema | literal }} AND p.proname ~ '^db_replicate_step[0-9]+$'
ORDER BY p.proname, arguments;
