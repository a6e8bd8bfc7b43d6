{#- Takes the rights on the link's schemas from all but their owner: default privileges may have given some away. -#}
DO $devdb$
DECLARE
    given record;
BEGIN
    FOR given IN
        SELECT DISTINCT n.nspname AS schema, COALESCE(pg_catalog.quote_ident(r.rolname), 'PUBLIC') AS role
        FROM pg_catalog.pg_namespace AS n
        CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) AS a
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
        WHERE pg_catalog.obj_description(n.oid, 'pg_namespace') LIKE 'devdb: %'
          AND a.grantee <> n.nspowner AND pg_catalog.pg_has_role(n.nspowner, 'USAGE')
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA %I FROM %s', given.schema, given.role);
    END LOOP;
END
$devdb$;
