-- What:         the tables in which migration tools note what they applied
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v') AND c.relname IN ('django_migrations', 'alembic_version', 'flyway_schema_history')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.relname, n.nspname;
