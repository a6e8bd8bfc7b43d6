-- What:         the texts of the dev database that are no rows: definitions and comments
-- Parameters:   none
-- Transaction:  either
-- Repeatable:   yes
-- Why:          whatever a person wrote into a default, a check, a comment or a view leaves the host with the dump.
--               Statistics do not, and are of the rows, which are searched

SELECT pg_catalog.pg_describe_object(d.classoid, d.objoid, d.objsubid) AS object, 'comment' AS kind, d.description AS text
FROM pg_catalog.pg_description AS d
WHERE d.objoid >= 16384
UNION ALL
SELECT pg_catalog.pg_describe_object(l.classoid, l.objoid, l.objsubid), 'security label', l.label
FROM pg_catalog.pg_seclabel AS l
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, d.adrelid, d.adnum), 'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid)
FROM pg_catalog.pg_attrdef AS d
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::regclass, c.oid, 0), 'definition', pg_catalog.pg_get_constraintdef(c.oid)
FROM pg_catalog.pg_constraint AS c
WHERE c.contype IN ('c', 'x') AND c.oid >= 16384
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, i.indexrelid, 0), 'definition', pg_catalog.pg_get_indexdef(i.indexrelid)
FROM pg_catalog.pg_index AS i
WHERE i.indexrelid >= 16384 AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::regclass, c.oid, 0), 'definition',
    CASE c.relkind WHEN 'r' THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) ELSE pg_catalog.pg_get_viewdef(c.oid) END
FROM pg_catalog.pg_class AS c
WHERE c.oid >= 16384 AND (c.relkind IN ('v', 'm') OR c.relispartition)
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_proc'::regclass, p.oid, 0), 'body',
    p.prosrc || ' ' || COALESCE(pg_catalog.pg_get_expr(p.proargdefaults, 0), '')
FROM pg_catalog.pg_proc AS p
WHERE p.oid >= 16384
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_trigger'::regclass, t.oid, 0), 'definition', pg_catalog.pg_get_triggerdef(t.oid)
FROM pg_catalog.pg_trigger AS t
WHERE t.oid >= 16384 AND NOT t.tgisinternal
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_rewrite'::regclass, r.oid, 0), 'definition', pg_catalog.pg_get_ruledef(r.oid)
FROM pg_catalog.pg_rewrite AS r
WHERE r.oid >= 16384 AND r.rulename <> '_RETURN'
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_policy'::regclass, p.oid, 0), 'definition',
    pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_catalog.pg_policy AS p
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_type'::regclass, t.oid, 0), 'definition', t.typdefault
FROM pg_catalog.pg_type AS t
WHERE t.oid >= 16384 AND t.typdefault IS NOT NULL
UNION ALL
SELECT pg_catalog.pg_describe_object('pg_catalog.pg_type'::regclass, e.enumtypid, 0), 'label', e.enumlabel
FROM pg_catalog.pg_enum AS e
WHERE e.enumtypid >= 16384;
