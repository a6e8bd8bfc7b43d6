-- What:         drop every object of the given schemas, and keep the schemas and what extensions put there
-- Parameters:   empty_schemas (list)  schemas to empty; one that does not exist is passed over
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          dropping the schema public would take the extensions in it along, and needs its owner. What is part of
--               another object (row and array types, a range's functions, an identity's sequence) goes with that one.

DO $devdb$
DECLARE
    object record;
BEGIN
    FOR object IN
        SELECT o.classid, o.objid, i.type, i.identity
        FROM (
            SELECT 'pg_catalog.pg_class'::regclass AS classid, c.oid AS objid, c.relnamespace AS namespace, 1 AS rank
            FROM pg_catalog.pg_class AS c
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            UNION ALL
            SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.pronamespace, 2 FROM pg_catalog.pg_proc AS p
            UNION ALL
            SELECT 'pg_catalog.pg_operator'::regclass, o.oid, o.oprnamespace, 2 FROM pg_catalog.pg_operator AS o
            UNION ALL
            SELECT 'pg_catalog.pg_opclass'::regclass, o.oid, o.opcnamespace, 2 FROM pg_catalog.pg_opclass AS o
            UNION ALL
            SELECT 'pg_catalog.pg_opfamily'::regclass, o.oid, o.opfnamespace, 3 FROM pg_catalog.pg_opfamily AS o
            UNION ALL
            SELECT 'pg_catalog.pg_ts_config'::regclass, t.oid, t.cfgnamespace, 2 FROM pg_catalog.pg_ts_config AS t
            UNION ALL
            SELECT 'pg_catalog.pg_ts_dict'::regclass, t.oid, t.dictnamespace, 3 FROM pg_catalog.pg_ts_dict AS t
            UNION ALL
            SELECT 'pg_catalog.pg_ts_parser'::regclass, t.oid, t.prsnamespace, 3 FROM pg_catalog.pg_ts_parser AS t
            UNION ALL
            SELECT 'pg_catalog.pg_ts_template'::regclass, t.oid, t.tmplnamespace, 3 FROM pg_catalog.pg_ts_template AS t
            UNION ALL
            SELECT 'pg_catalog.pg_conversion'::regclass, c.oid, c.connamespace, 3 FROM pg_catalog.pg_conversion AS c
            UNION ALL
            SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typnamespace, 4 FROM pg_catalog.pg_type AS t
            UNION ALL
            SELECT 'pg_catalog.pg_collation'::regclass, c.oid, c.collnamespace, 5 FROM pg_catalog.pg_collation AS c
            UNION ALL
            SELECT 'pg_catalog.pg_statistic_ext'::regclass, s.oid, s.stxnamespace, 5 FROM pg_catalog.pg_statistic_ext AS s
        ) AS o
        JOIN pg_catalog.pg_namespace AS n ON n.oid = o.namespace
        CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
        WHERE n.nspname IN ({{ empty_schemas | literals }})
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_depend AS d
              WHERE d.classid = o.classid AND d.objid = o.objid AND d.objsubid = 0 AND d.deptype IN ('e', 'i')
          )
        ORDER BY o.rank, o.objid
    LOOP
        -- CASCADE of an earlier drop may have taken it along.
        CONTINUE WHEN (pg_catalog.pg_identify_object(object.classid, object.objid, 0)).identity IS NULL;
        EXECUTE pg_catalog.format(
            'DROP %s IF EXISTS %s CASCADE',
            CASE object.type WHEN 'statistics object' THEN 'statistics' ELSE object.type END,
            object.identity
        );
    END LOOP;
END
$devdb$;
