-- What:         what there is of the link in this database
-- Parameters:   wrapper (str)      the extension
--               server (str)       the foreign server
--               schema (str)       where the foreign tables are
--               user_option (str)  the option of the mapping that names the user
--               user (str)         to connect to the source as
-- Transaction:  either
-- Repeatable:   yes
-- Why:          The mapping itself remembers the password: it is compared here, with the setting that the session
--               began with.

SELECT
    EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS e WHERE e.name = {{ wrapper | literal }}) AS is_available,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create_schemas,
    s.oid IS NOT NULL AS has_server,
    COALESCE(pg_catalog.obj_description(s.oid, 'pg_foreign_server'), '') AS mark,
    (
        SELECT pg_catalog.count(*) = 2 AND pg_catalog.bool_and(same.login)
        FROM pg_catalog.pg_user_mappings AS m
        CROSS JOIN LATERAL (
            SELECT pg_catalog.count(*) = 2 AS login
            FROM pg_catalog.pg_options_to_table(m.umoptions) AS o
            WHERE (o.option_name = {{ user_option | literal }} AND o.option_value = {{ user | literal }})
               OR (
                   o.option_name = 'password'
                   AND o.option_value = pg_catalog.convert_from(
                       pg_catalog.decode(pg_catalog.current_setting('devdb.source_password', true), 'hex'), 'UTF8'
                   )
               )
        ) AS same
        WHERE m.srvid = s.oid AND m.usename IN (CURRENT_USER, 'public')
    ) AS has_same_login,
    EXISTS (
        SELECT FROM pg_catalog.pg_roles AS r, pg_catalog.pg_namespace AS n
        WHERE r.rolname = 'fdw_reader' AND n.nspname = {{ schema | literal }}
          AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
          AND NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
    ) AS lacks_reader,
    -- What is in the schema and is no foreign table of a link of devdb's.
    ARRAY(
        SELECT c.relname::text
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_foreign_table AS t ON t.ftrelid = c.oid
        WHERE n.nspname = {{ schema | literal }}
          AND COALESCE(pg_catalog.obj_description(t.ftserver, 'pg_foreign_server'), '') NOT LIKE 'devdb replicate: %'
        UNION ALL
        SELECT p.proname
        FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname = {{ schema | literal }}
        ORDER BY 1
    ) AS others
FROM (VALUES ({{ server | literal }})) AS wanted (name)
LEFT JOIN pg_catalog.pg_foreign_server AS s ON s.srvname = wanted.name;
