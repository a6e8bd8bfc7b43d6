-- What:         take the link to the source out of a dev database: server, mapping, foreign schemas, the extension
-- Parameters:   own_transaction (bool)  false within the caller's
--               wrapper (str)           the extension
--               mark (str)              comment on the database, to be known as devdb's without the link; null for none
-- Transaction:  yes
-- Repeatable:   yes
-- Why:          a dump holds nothing of it, nor does a dev database that is not to keep it (source.keep_link). Foreign
--               schemas are known by their comments: there may be some of schemas that the source has no longer. An
--               extension that an administrator put into the template is not ours to drop.

{% if own_transaction %}
BEGIN;
{% endif %}
DROP SERVER IF EXISTS prod_server CASCADE;
DROP VIEW IF EXISTS fdw_setup.source_sequences;
DO $devdb$
DECLARE
    schema_name text;
BEGIN
    FOR schema_name IN
        SELECT n.nspname
        FROM pg_catalog.pg_namespace AS n
        WHERE pg_catalog.obj_description(n.oid, 'pg_namespace') = 'devdb: the source''s tables'
    LOOP
        EXECUTE pg_catalog.format('DROP SCHEMA %I', schema_name);
    END LOOP;
    IF EXISTS (
        SELECT FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = {{ wrapper | literal }} AND n.nspname = 'fdw_setup' AND pg_catalog.pg_has_role(e.extowner, 'USAGE')
    ) THEN
        DROP EXTENSION {{ wrapper | ident }};
        DROP SCHEMA fdw_setup;
    END IF;
{% if mark %}
    IF EXISTS (
        SELECT FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database() AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
    ) THEN
        EXECUTE pg_catalog.format('COMMENT ON DATABASE %I IS %L', pg_catalog.current_database(), {{ mark | literal }});
    END IF;
{% endif %}
END
$devdb$;
{% if own_transaction %}
COMMIT;
{% endif %}
