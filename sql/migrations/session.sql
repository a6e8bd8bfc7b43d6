-- What:         what a session begins with, before any migration changed it
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    pg_catalog.current_schema()::text AS schema,
    pg_catalog.current_setting('search_path') AS search_path,
    CURRENT_USER::text AS user,
    pg_catalog.current_database()::text AS dbname;
