-- What:         facts of the database itself: its system, encoding and locale, extensions, schemas, large objects
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    (SELECT system_identifier FROM pg_catalog.pg_control_system())::text AS system_identifier,
    d.datname AS name,
    d.oid::bigint AS oid,
    pg_catalog.current_setting('server_version_num')::int AS version,
    pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
    d.datcollate AS lc_collate,
    d.datctype AS lc_ctype,
    pg_catalog.current_setting('TimeZone') AS timezone,
    pg_catalog.current_setting('port')::int AS port,
    pg_catalog.inet_server_addr() IS NULL AS is_local_socket,
    (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'unix_socket_directories') AS socket_directories,
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS is_superuser,
    COALESCE((
        SELECT pg_catalog.array_agg(n.nspname::text ORDER BY n.nspname)
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend AS e
              WHERE e.classid = 'pg_catalog.pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e'
          )
    ), '{}') AS schemas,
    COALESCE((
        SELECT pg_catalog.jsonb_object_agg(e.extname, n.nspname)
        FROM pg_catalog.pg_extension AS e
        JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    ), '{}') AS extensions,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata) AS large_objects
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database();
