-- What:         the foreign tables of a schema: names, and all that an import decides
-- Parameters:   server (str)  the foreign server
--               schema (str)  where they are
-- Transaction:  either
-- Repeatable:   yes

SELECT
    c.relname::text AS name,
    pg_catalog.concat(t.ftoptions::text, E'\n', (
        SELECT pg_catalog.string_agg(
            pg_catalog.concat_ws(
                ' ', a.attnum, pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod),
                a.attnotnull, a.attcollation, a.attfdwoptions::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
            ),
            E'\n' ORDER BY a.attnum
        )
        FROM pg_catalog.pg_attribute AS a
        LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    )) AS shape
FROM pg_catalog.pg_foreign_table AS t
JOIN pg_catalog.pg_foreign_server AS s ON s.oid = t.ftserver AND s.srvname = {{ server | literal }}
JOIN pg_catalog.pg_class AS c ON c.oid = t.ftrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = {{ schema | literal }}
ORDER BY 1;
