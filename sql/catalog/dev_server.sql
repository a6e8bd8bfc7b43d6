-- What:         facts of the dev server and of the databases that a run would make or replace
-- Parameters:   dbname (str)       the dev database
--               lc_collate (str)   the source's
--               lc_ctype (str)     the source's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          locales are spelled differently from system to system; pg_collation tells this one's spelling

WITH locale AS (
    SELECT
        l.name,
        (
            SELECT known.name
            FROM (
                SELECT c.collcollate FROM pg_catalog.pg_collation AS c WHERE c.collprovider = 'c'
                UNION
                SELECT d.datcollate FROM pg_catalog.pg_database AS d
            ) AS known (name)
            WHERE pg_catalog.lower(pg_catalog.replace(known.name, '-', '')) = pg_catalog.lower(pg_catalog.replace(l.name, '-', ''))
            ORDER BY known.name = l.name DESC
            LIMIT 1
        ) AS here
    FROM (VALUES ({{ lc_collate | literal }}), ({{ lc_ctype | literal }})) AS l (name)
)
SELECT
    d.oid IS NOT NULL AS is_there,
    pg_catalog.shobj_description(d.oid, 'pg_database') AS comment,
    d.datallowconn AS accepts_connections,
    CASE WHEN t.spcname <> 'pg_default' THEN t.spcname END AS tablespace,
    r.rolsuper AS is_superuser,
    r.rolsuper OR r.rolcreatedb AS can_create_databases,
    r.rolsuper OR r.rolcreaterole AS can_create_roles,
    (SELECT here FROM locale WHERE name = {{ lc_collate | literal }} LIMIT 1) AS lc_collate,
    (SELECT here FROM locale WHERE name = {{ lc_ctype | literal }} LIMIT 1) AS lc_ctype,
    pg_catalog.current_setting('max_locks_per_transaction')::int
        * (pg_catalog.current_setting('max_connections')::int + pg_catalog.current_setting('max_prepared_transactions')::int)
        AS lock_table_size,
    (SELECT pg_catalog.array_agg(s.name) FROM pg_catalog.pg_settings AS s) AS settings,
    (SELECT pg_catalog.array_agg(o.rolname::text) FROM pg_catalog.pg_roles AS o) AS roles,
    (SELECT pg_catalog.array_agg(e.name::text) FROM pg_catalog.pg_available_extensions AS e) AS available_extensions
FROM pg_catalog.pg_roles AS r
LEFT JOIN pg_catalog.pg_database AS d ON d.datname = {{ dbname | literal }}
LEFT JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace
WHERE r.rolname = current_user;
