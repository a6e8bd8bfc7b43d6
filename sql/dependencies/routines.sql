-- What:         every routine that is not PostgreSQL's: how it is called, and its body where PostgreSQL keeps it as text
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          what a body names is looked for by name and number of arguments. A trigger's function also sees the
--               transition tables of its triggers. Of a member of an extension nobody needs the body.

SET LOCAL jit = off;

SELECT
    p.oid::bigint AS oid,
    n.nspname::text AS schema,
    p.proname::text AS name,
    l.lanname::text AS language,
    CASE WHEN e.objid IS NULL THEN p.prosrc ELSE '' END AS source,
    p.prokind = 'p' AS is_procedure,
    p.prokind = 'a' AS is_aggregate,
    p.pronargs - p.pronargdefaults AS fewest,
    CASE
        WHEN p.provariadic <> 0 THEN NULL
        WHEN p.prokind = 'p' THEN GREATEST(p.pronargs::int, COALESCE(pg_catalog.cardinality(p.proallargtypes), 0))
        ELSE p.pronargs
    END AS most,
    p.proargnames AS argument_names,
    p.proargmodes::text[] AS argument_modes,
    (SELECT pg_catalog.array_agg(
                CASE
                    WHEN t.typtype = 'c' OR t.typname = 'record' THEN 'record'
                    WHEN t.typname = 'refcursor' THEN 'refcursor'
                    WHEN t.typelem <> 0 AND t.typlen = -1 THEN 'text[]'
                    ELSE 'text'
                END ORDER BY u.position
            )
     FROM pg_catalog.unnest(COALESCE(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS u (oid, position)
     JOIN pg_catalog.pg_type AS t ON t.oid = u.oid) AS argument_types,
    r.typname::text AS result,
    r.typtype = 'c' AS is_row,
    p.proretset AS is_set,
    p.proconfig AS settings,
    (SELECT pg_catalog.array_agg(DISTINCT x.name)
     FROM pg_catalog.pg_trigger AS t
     CROSS JOIN LATERAL (VALUES (t.tgoldtable), (t.tgnewtable)) AS x (name)
     WHERE t.tgfoid = p.oid AND x.name IS NOT NULL) AS transition_tables
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
JOIN pg_catalog.pg_type AS r ON r.oid = p.prorettype
LEFT JOIN pg_catalog.pg_depend AS e
    ON e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
WHERE p.oid::bigint >= 16384
ORDER BY 1;
