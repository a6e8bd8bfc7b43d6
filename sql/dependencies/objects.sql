-- What:         every object that a person could have made, system objects left out; the extension that it belongs to
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          what is part of another is no object of its own: indexes, constraints, defaults, row and array types,
--               identity sequences, a range's constructors, the triggers of partitions. OIDs below 16384 are those of
--               initdb. A cast to text tells what pg_catalog does not hold with its schema.

SET LOCAL jit = off;

WITH object AS (
    SELECT
        'pg_catalog.pg_class'::regclass AS classid,
        c.oid AS objid,
        CASE c.relkind
            WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
            ELSE 'table'
        END AS type,
        c.relnamespace AS namespace,
        c.relname::text AS name,
        c.oid::regclass::text AS identity
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL
    SELECT
        'pg_catalog.pg_proc'::regclass, p.oid,
        CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
        p.pronamespace, p.proname, p.oid::regprocedure::text
    FROM pg_catalog.pg_proc AS p
    UNION ALL
    SELECT
        'pg_catalog.pg_type'::regclass, t.oid, CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END,
        t.typnamespace, t.typname, pg_catalog.format_type(t.oid, NULL)
    FROM pg_catalog.pg_type AS t
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    WHERE (c.oid IS NULL OR c.relkind = 'c')
      AND t.typtype IN ('b', 'c', 'd', 'e', 'p', 'r')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    UNION ALL
    SELECT
        'pg_catalog.pg_trigger'::regclass, t.oid, 'trigger', c.relnamespace, t.tgname,
        pg_catalog.format('%I on %s', t.tgname, c.oid::regclass)
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT
        'pg_catalog.pg_policy'::regclass, p.oid, 'policy', c.relnamespace, p.polname,
        pg_catalog.format('%I on %s', p.polname, c.oid::regclass)
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
    UNION ALL
    SELECT
        'pg_catalog.pg_rewrite'::regclass, r.oid, 'rule', c.relnamespace, r.rulename,
        pg_catalog.format('%I on %s', r.rulename, c.oid::regclass)
    FROM pg_catalog.pg_rewrite AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
    WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT
        'pg_catalog.pg_operator'::regclass, o.oid, 'operator', o.oprnamespace, o.oprname, o.oid::regoperator::text
    FROM pg_catalog.pg_operator AS o
    UNION ALL
    SELECT 'pg_catalog.pg_extension'::regclass, e.oid, 'extension', 0, e.extname, pg_catalog.quote_ident(e.extname)
    FROM pg_catalog.pg_extension AS e
    UNION ALL
    SELECT 'pg_catalog.pg_namespace'::regclass, n.oid, 'schema', 0, n.nspname, pg_catalog.quote_ident(n.nspname)
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname !~ '^pg_'
    UNION ALL
    SELECT other.classid, other.objid, i.type, other.namespace, other.name, i.identity
    FROM (
        SELECT 'pg_catalog.pg_opclass'::regclass AS classid, o.oid AS objid, o.opcnamespace AS namespace, o.opcname AS name
        FROM pg_catalog.pg_opclass AS o
        UNION ALL
        SELECT 'pg_catalog.pg_opfamily'::regclass, o.oid, o.opfnamespace, o.opfname FROM pg_catalog.pg_opfamily AS o
        UNION ALL
        SELECT 'pg_catalog.pg_collation'::regclass, c.oid, c.collnamespace, c.collname FROM pg_catalog.pg_collation AS c
        UNION ALL
        SELECT 'pg_catalog.pg_conversion'::regclass, c.oid, c.connamespace, c.conname FROM pg_catalog.pg_conversion AS c
        UNION ALL
        SELECT 'pg_catalog.pg_ts_config'::regclass, t.oid, t.cfgnamespace, t.cfgname FROM pg_catalog.pg_ts_config AS t
        UNION ALL
        SELECT 'pg_catalog.pg_ts_dict'::regclass, t.oid, t.dictnamespace, t.dictname FROM pg_catalog.pg_ts_dict AS t
        UNION ALL
        SELECT 'pg_catalog.pg_ts_parser'::regclass, t.oid, t.prsnamespace, t.prsname FROM pg_catalog.pg_ts_parser AS t
        UNION ALL
        SELECT 'pg_catalog.pg_ts_template'::regclass, t.oid, t.tmplnamespace, t.tmplname
        FROM pg_catalog.pg_ts_template AS t
        UNION ALL
        SELECT 'pg_catalog.pg_cast'::regclass, c.oid, 0, '' FROM pg_catalog.pg_cast AS c
        UNION ALL
        SELECT 'pg_catalog.pg_transform'::regclass, t.oid, 0, '' FROM pg_catalog.pg_transform AS t
        UNION ALL
        SELECT 'pg_catalog.pg_language'::regclass, l.oid, 0, l.lanname FROM pg_catalog.pg_language AS l
        UNION ALL
        SELECT 'pg_catalog.pg_am'::regclass, a.oid, 0, a.amname FROM pg_catalog.pg_am AS a
        UNION ALL
        SELECT 'pg_catalog.pg_foreign_server'::regclass, s.oid, 0, s.srvname FROM pg_catalog.pg_foreign_server AS s
        UNION ALL
        SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, 0, w.fdwname
        FROM pg_catalog.pg_foreign_data_wrapper AS w
        UNION ALL
        SELECT 'pg_catalog.pg_event_trigger'::regclass, e.oid, 0, e.evtname FROM pg_catalog.pg_event_trigger AS e
    ) AS other
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(other.classid, other.objid, 0) AS i
    WHERE other.objid::bigint >= 16384
)
SELECT
    o.classid::bigint AS classid,
    o.objid::bigint AS objid,
    o.type,
    COALESCE(n.nspname, '')::text AS schema,
    COALESCE(NULLIF(o.name, ''), o.identity)::text AS name,
    o.identity,
    e.refobjid::bigint AS extension
FROM object AS o
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = o.namespace
LEFT JOIN pg_catalog.pg_depend AS e ON e.classid = o.classid AND e.objid = o.objid AND e.deptype = 'e'
WHERE o.objid::bigint >= 16384
  -- Of what was dropped meanwhile nobody knows a name.
  AND o.identity IS NOT NULL
  AND (e.refobjid IS NOT NULL OR COALESCE(n.nspname, '') !~ '^pg_')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = o.classid AND d.objid = o.objid AND d.refobjid <> o.objid AND d.deptype IN ('i', 'P')
  )
ORDER BY 4, 5, 3, 6;
