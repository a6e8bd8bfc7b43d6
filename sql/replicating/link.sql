-- What:         link this database to the source: server, mappings, the source's tables as foreign tables; anew
-- Parameters:   wrapper (str)          the extension, which is also what it calls its foreign data wrapper
--               server (str)           the foreign server
--               server_options (dict)  its options
--               user_option (str)      the option of the mapping that names the user
--               user (str)             to connect to the source as
--               source_schema (str)    the schema at the source
--               schema (str)           where its tables go
--               import_options (dict)  of IMPORT FOREIGN SCHEMA
--               fingerprint (str)      of these settings
--               cascade (bool)         what depends on the foreign tables of before may go
-- Transaction:  yes
-- Repeatable:   yes
-- Why:          all of it or nothing: a link that failed is not remembered. Everybody has a mapping, and nobody but
--               fdw_reader rights on what it would read: who is to read is a matter of GRANT fdw_reader.

BEGIN;
DO $devdb$
DECLARE
    old record;
BEGIN
    -- Of this link, wherever its tables were; and of any other whose place this one takes.
    FOR old IN
        SELECT n.nspname, c.relname, s.srvname
        FROM pg_catalog.pg_foreign_table AS t
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = t.ftserver
        JOIN pg_catalog.pg_class AS c ON c.oid = t.ftrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE pg_catalog.obj_description(s.oid, 'pg_foreign_server') LIKE 'devdb replicate: %'
          AND (s.srvname = {{ server | literal }} OR n.nspname = {{ schema | literal }})
    LOOP
        EXECUTE pg_catalog.format(
            'DROP FOREIGN TABLE %I.%I{% if cascade %} CASCADE{% endif %}', old.nspname, old.relname
        );
    END LOOP;
    FOR old IN
        SELECT s.oid, s.srvname
        FROM pg_catalog.pg_foreign_server AS s
        WHERE pg_catalog.obj_description(s.oid, 'pg_foreign_server') LIKE 'devdb replicate: %'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_foreign_table AS t WHERE t.ftserver = s.oid)
          AND pg_catalog.pg_has_role(s.srvowner, 'USAGE')
    LOOP
        EXECUTE (
            SELECT COALESCE(pg_catalog.string_agg(
                pg_catalog.format(
                    'DROP USER MAPPING FOR %s SERVER %I; ',
                    CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(m.usename) END,
                    old.srvname
                ), ''
            ), '') || pg_catalog.format('DROP SERVER %I', old.srvname)
            FROM pg_catalog.pg_user_mappings AS m
            WHERE m.srvid = old.oid
        );
    END LOOP;
    -- Those that it left empty.
    FOR old IN
        SELECT n.nspname
        FROM pg_catalog.pg_namespace AS n
        WHERE pg_catalog.obj_description(n.oid, 'pg_namespace') LIKE 'devdb replicate: %'
          AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
          AND n.nspname <> {{ schema | literal }}
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace = n.oid)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = n.oid)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.typnamespace = n.oid)
    LOOP
        EXECUTE pg_catalog.format('DROP SCHEMA %I', old.nspname);
    END LOOP;
    -- An administrator may have put the extension anywhere.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = {{ wrapper | literal }}) THEN
        CREATE SCHEMA IF NOT EXISTS fdw_setup;
        CREATE EXTENSION {{ wrapper | ident }} WITH SCHEMA fdw_setup;
    END IF;
END
$devdb$;

{% include "replicating/server.sql" %}
-- The same for everybody else; statements within statements are kept nowhere in this transaction.
DO $devdb$
BEGIN
    EXECUTE (
        SELECT pg_catalog.format(
            'CREATE USER MAPPING FOR PUBLIC SERVER %I OPTIONS (%s)',
            {{ server | literal }},
            pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ')
        )
        FROM pg_catalog.pg_user_mappings AS m
        CROSS JOIN LATERAL pg_catalog.pg_options_to_table(m.umoptions) AS o
        WHERE m.srvname = {{ server | literal }} AND m.usename = CURRENT_USER
    );
EXCEPTION WHEN query_canceled OR OTHERS THEN
    RAISE EXCEPTION USING MESSAGE = SQLERRM, ERRCODE = SQLSTATE;
END
$devdb$;

DO $devdb$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {{ schema | literal }}) THEN
        CREATE SCHEMA {{ schema | ident }};
        COMMENT ON SCHEMA {{ schema | ident }} IS 'devdb replicate: tables of a legacy system';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'fdw_reader') THEN
        BEGIN
            CREATE ROLE fdw_reader NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL;
            WHEN insufficient_privilege THEN
                RAISE WARNING 'there is no role fdw_reader, and this user may not create it: nobody else may read %',
                    {{ schema | literal }};
        END;
    END IF;
END
$devdb$;
{% include "replicating/import.sql" %}
DO $devdb$
DECLARE
    given record;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_foreign_table AS t
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = t.ftserver
        WHERE s.srvname = {{ server | literal }}
    ) THEN
        RAISE EXCEPTION USING
            MESSAGE = pg_catalog.format('the source shows no table in the schema %s', {{ source_schema | literal }}),
            ERRCODE = 'fdw_table_not_found';
    END IF;
    -- Default privileges may have given something away.
    FOR given IN
        SELECT c.relname, COALESCE(pg_catalog.quote_ident(r.rolname), 'PUBLIC') AS role
        FROM pg_catalog.pg_foreign_table AS t
        JOIN pg_catalog.pg_foreign_server AS s ON s.oid = t.ftserver AND s.srvname = {{ server | literal }}
        JOIN pg_catalog.pg_class AS c ON c.oid = t.ftrelid
        CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS a
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
        WHERE a.grantee <> c.relowner
        GROUP BY 1, 2
    LOOP
        EXECUTE pg_catalog.format(
            'REVOKE ALL ON TABLE %I.%I FROM %s', {{ schema | literal }}, given.relname, given.role
        );
    END LOOP;
    IF EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'fdw_reader') THEN
        GRANT USAGE ON SCHEMA {{ schema | ident }} TO fdw_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA {{ schema | ident }} TO fdw_reader;
    END IF;
END
$devdb$;
COMMENT ON SERVER {{ server | ident }} IS {{ ("devdb replicate: " ~ fingerprint) | literal }};
COMMIT;
