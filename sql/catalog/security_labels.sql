-- What:         the security labels that PostgreSQL Anonymizer put on columns
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          labels stay when the extension is gone, and a standby has them; who may read nothing may read them

SELECT
    n.nspname AS schema,
    c.relname AS table_name,
    a.attname AS column_name,
    s.label
FROM pg_catalog.pg_seclabel AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.objoid AND s.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = s.objsubid AND NOT a.attisdropped
WHERE s.provider = 'anon' AND s.objsubid > 0
ORDER BY n.nspname, c.relname, a.attnum;
