-- What:         whether this database bears the mark of one that devdb made
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT COALESCE(pg_catalog.shobj_description(d.oid, 'pg_database') LIKE '%[made by devdb%', false) AS is_marked
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database();
