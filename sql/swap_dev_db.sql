-- What:         give the finished database the dev database's name, settings, grants and comment
-- Parameters:   dbname (str)          the dev database
--               next_dbname (str)     the finished one
--               old_dbname (str)      what the replaced one is called until it is dropped
--               maintenance_db (str)  a database to be connected to meanwhile
--               replaces (bool)       there is a dev database to be replaced
--               comment (str)         of the dev database; holds devdb's mark
-- Transaction:  no
-- Repeatable:   no
-- Why:          a database in use cannot be renamed. New sessions wait while one attempt runs, so it ends.
--               From the ending of sessions to COMMIT it is sent as one: a client killed meanwhile does not stop it.

\warn replacing the dev database
\connect {{ maintenance_db | argument }}
BEGIN;
COMMENT ON DATABASE {{ next_dbname | ident }} IS {{ comment | literal }};
{% if replaces %}
DO $devdb$
<<devdb>>
DECLARE
    old pg_catalog.pg_database := (SELECT d FROM pg_catalog.pg_database AS d WHERE d.datname = {{ dbname | literal }});
    item record;
BEGIN
    IF devdb.old.datconnlimit >= 0 THEN
        EXECUTE pg_catalog.format('ALTER DATABASE %I CONNECTION LIMIT %s', {{ next_dbname | literal }}, devdb.old.datconnlimit);
    END IF;

    IF devdb.old.datistemplate THEN
        ALTER DATABASE {{ next_dbname | ident }} IS_TEMPLATE true;
        -- Otherwise it could not be dropped.
        ALTER DATABASE {{ dbname | ident }} IS_TEMPLATE false;
    END IF;

    FOR item IN
        SELECT
            r.rolname AS role,
            pg_catalog.split_part(c.setting, '=', 1) AS name,
            pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1) AS value
        FROM pg_catalog.pg_db_role_setting AS s
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
        CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c (setting)
        WHERE s.setdatabase = devdb.old.oid
    LOOP
        BEGIN
            EXECUTE pg_catalog.concat(
                CASE WHEN item.role IS NULL
                     THEN pg_catalog.format('ALTER DATABASE %I', {{ next_dbname | literal }})
                     ELSE pg_catalog.format('ALTER ROLE %I IN DATABASE %I', item.role, {{ next_dbname | literal }}) END,
                pg_catalog.format(' SET %s TO ', item.name),
                -- Lists of names are kept as text in which names are quoted already; an empty name cannot be written so.
                CASE WHEN item.name IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
                     THEN COALESCE((
                         SELECT pg_catalog.string_agg(
                             pg_catalog.quote_literal(COALESCE(pg_catalog.replace(m.part[1], '""', '"'), m.part[2])), ', '
                             ORDER BY m.position
                         )
                         FROM pg_catalog.regexp_matches(item.value, '"((?:[^"]|"")*)"|([^",[:space:]]+)', 'g')
                             WITH ORDINALITY AS m (part, position)
                     ), $quoted$''$quoted$)
                     ELSE pg_catalog.quote_literal(item.value) END
            );
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'the setting % of the dev database could not be carried over', item.name;
        END;
    END LOOP;

    IF devdb.old.datacl IS NOT NULL THEN
        REVOKE ALL ON DATABASE {{ next_dbname | ident }} FROM PUBLIC;
        FOR item IN
            SELECT a.privilege_type AS privilege, a.is_grantable, COALESCE(pg_catalog.quote_ident(r.rolname), 'PUBLIC') AS role
            FROM pg_catalog.aclexplode(devdb.old.datacl) AS a
            LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
        LOOP
            EXECUTE pg_catalog.format(
                'GRANT %s ON DATABASE %I TO %s%s', item.privilege, {{ next_dbname | literal }}, item.role,
                CASE WHEN item.is_grantable THEN ' WITH GRANT OPTION' END
            );
        END LOOP;
    END IF;

    IF devdb.old.datdba <> (SELECT d.datdba FROM pg_catalog.pg_database AS d WHERE d.datname = {{ next_dbname | literal }}) THEN
        BEGIN
            EXECUTE pg_catalog.format(
                'ALTER DATABASE %I OWNER TO %I', {{ next_dbname | literal }}, pg_catalog.pg_get_userbyid(devdb.old.datdba)
            );
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'the owner of the dev database could not be carried over';
        END;
    END IF;
END
$devdb$;

DO $devdb$
BEGIN
    FOR attempt IN 1 .. 12 LOOP
        -- Without it a transaction sees the sessions of its first look for ever, and none that came since.
        PERFORM pg_catalog.pg_stat_clear_snapshot();
        PERFORM pg_catalog.pg_terminate_backend(a.pid)
        FROM pg_catalog.pg_stat_activity AS a
        -- What runs for no user (autovacuum) makes way by itself, and only a superuser may end it. What else tells it
        -- apart, its kind, is hidden from those who are none.
        WHERE a.datname = {{ dbname | literal }} AND a.usesysid IS NOT NULL;
        BEGIN
            ALTER DATABASE {{ dbname | ident }} RENAME TO {{ old_dbname | ident }};
            EXIT;
        EXCEPTION WHEN object_in_use THEN
            IF attempt = 12 THEN
                RAISE;
            END IF;
        END;
    END LOOP;
END
$devdb$ \;
{% endif %}
ALTER DATABASE {{ next_dbname | ident }} RENAME TO {{ dbname | ident }} \;
COMMIT;
{% if replaces %}
DROP DATABASE {{ old_dbname | ident }} WITH (FORCE);
{% endif %}
