-- What:         take the link to the source out of a dev database, so that its dump holds nothing of it
-- Parameters:   imports (list)  foreign schemas to drop (devdb.server.link.Import)
-- Transaction:  yes
-- Repeatable:   yes
-- Why:          an extension that an administrator put into the template is not ours to drop

BEGIN;
DROP SERVER IF EXISTS prod_server CASCADE;
{% for import in imports %}
DROP SCHEMA IF EXISTS {{ import.foreign_schema | ident }};
{% endfor %}
DO $devdb$
BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'postgres_fdw' AND n.nspname = 'fdw_setup' AND pg_catalog.pg_has_role(e.extowner, 'USAGE')
    ) THEN
        DROP EXTENSION postgres_fdw;
        DROP SCHEMA fdw_setup;
    END IF;
END
$devdb$;
COMMIT;
