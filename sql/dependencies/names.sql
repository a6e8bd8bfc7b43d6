-- What:         the names of PostgreSQL's own, which are no need, and where names without a schema are looked for
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          the search path that is reset to is the one that the database and the role give a session.

SELECT
    ARRAY(SELECT c.relname::text FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'pg_catalog'::regnamespace) AS relations,
    ARRAY(
        SELECT DISTINCT p.proname::text FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace
    ) AS routines,
    ARRAY(SELECT t.typname::text FROM pg_catalog.pg_type AS t WHERE t.typnamespace = 'pg_catalog'::regnamespace) AS types,
    ARRAY(
        SELECT DISTINCT o.oprname::text FROM pg_catalog.pg_operator AS o
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace
    ) AS operators,
    (SELECT s.reset_val FROM pg_catalog.pg_settings AS s WHERE s.name = 'search_path') AS search_path,
    SESSION_USER::text AS "user";
