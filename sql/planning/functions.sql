-- What:         functions and types by name, with what keeps a wrapper from sending them
-- Parameters:   functions (list)  names of functions, without schema
-- Transaction:  no
-- Repeatable:   yes
-- Why:          of several functions of one name the most harmless is told: a wrapper may be able to send that one.
--               Objects below 10000 are PostgreSQL's own, and there wherever the wrapper connects to.

SELECT DISTINCT ON (p.proname)
    p.proname AS name,
    CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
    p.oid::bigint < 10000 AS is_builtin
FROM pg_catalog.pg_proc AS p
WHERE p.proname = ANY (ARRAY[{{ functions | literals }}]::name[])
ORDER BY p.proname, pg_catalog.strpos('isv', p.provolatile::text), p.oid;
