-- What:         the roles that policies are for, PostgreSQL's own left out
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes

SELECT
    p.oid::bigint AS policy,
    r.oid::bigint AS oid,
    r.rolname::text AS name,
    pg_catalog.quote_ident(r.rolname) AS identity
FROM pg_catalog.pg_policy AS p
CROSS JOIN LATERAL pg_catalog.unnest(p.polroles) AS role (oid)
JOIN pg_catalog.pg_roles AS r ON r.oid = role.oid
WHERE r.oid::bigint >= 16384
ORDER BY 1, 3;
