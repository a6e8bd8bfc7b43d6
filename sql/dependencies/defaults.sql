-- What:         defaults that name a sequence or another object by a text, which PostgreSQL does not look into
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    d.oid::bigint AS oid,
    d.adrelid::bigint AS relation,
    a.attname::text AS "column",
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
FROM pg_catalog.pg_attrdef AS d
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE '%::text)::reg%'
ORDER BY 1;
