-- What:         defaults that name a sequence or another object by a text, which PostgreSQL does not look into
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          nextval('app.numbers'::text) casts the text when it runs, by this function; a name that is a constant is
--               noted by PostgreSQL itself. To look at the tree takes a tenth of writing the expression out.

SELECT
    d.oid::bigint AS oid,
    d.adrelid::bigint AS relation,
    a.attname::text AS "column",
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
FROM pg_catalog.pg_attrdef AS d
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE d.adbin::text LIKE '%:funcid ' || 'pg_catalog.regclass(text)'::regprocedure::oid::text || ' %'
ORDER BY 1;
