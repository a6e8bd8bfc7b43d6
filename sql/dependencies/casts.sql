-- What:         the casts that somebody made, by their function, or else by the types between which they lie
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    c.oid::bigint AS oid,
    c.castfunc::bigint AS function,
    c.castsource::bigint AS source,
    c.casttarget::bigint AS target
FROM pg_catalog.pg_cast AS c
WHERE c.oid::bigint >= 16384
ORDER BY 1;
