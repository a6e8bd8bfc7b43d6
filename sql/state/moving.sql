{# Move the objects of the schema place.old_name to the schema place.new_name: part of a DO block that declares both as
   records, and the record object. Members of extensions stay. #}
{% macro move() %}
        FOR object IN
            SELECT o.classid, o.objid, i.type
            FROM (
                SELECT 'pg_catalog.pg_class'::regclass AS classid, c.oid AS objid, c.relnamespace AS namespace
                FROM pg_catalog.pg_class AS c
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                UNION ALL
                SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.pronamespace FROM pg_catalog.pg_proc AS p
                UNION ALL
                SELECT 'pg_catalog.pg_operator'::regclass, o.oid, o.oprnamespace FROM pg_catalog.pg_operator AS o
                UNION ALL
                SELECT 'pg_catalog.pg_opclass'::regclass, o.oid, o.opcnamespace FROM pg_catalog.pg_opclass AS o
                UNION ALL
                SELECT 'pg_catalog.pg_opfamily'::regclass, o.oid, o.opfnamespace FROM pg_catalog.pg_opfamily AS o
                UNION ALL
                SELECT 'pg_catalog.pg_ts_config'::regclass, t.oid, t.cfgnamespace FROM pg_catalog.pg_ts_config AS t
                UNION ALL
                SELECT 'pg_catalog.pg_ts_dict'::regclass, t.oid, t.dictnamespace FROM pg_catalog.pg_ts_dict AS t
                UNION ALL
                SELECT 'pg_catalog.pg_ts_parser'::regclass, t.oid, t.prsnamespace FROM pg_catalog.pg_ts_parser AS t
                UNION ALL
                SELECT 'pg_catalog.pg_ts_template'::regclass, t.oid, t.tmplnamespace FROM pg_catalog.pg_ts_template AS t
                UNION ALL
                SELECT 'pg_catalog.pg_conversion'::regclass, c.oid, c.connamespace FROM pg_catalog.pg_conversion AS c
                UNION ALL
                SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typnamespace FROM pg_catalog.pg_type AS t
                UNION ALL
                SELECT 'pg_catalog.pg_collation'::regclass, c.oid, c.collnamespace FROM pg_catalog.pg_collation AS c
                UNION ALL
                SELECT 'pg_catalog.pg_statistic_ext'::regclass, s.oid, s.stxnamespace FROM pg_catalog.pg_statistic_ext AS s
            ) AS o
            JOIN pg_catalog.pg_namespace AS n ON n.oid = o.namespace
            LEFT JOIN pg_catalog.pg_type AS y ON o.classid = 'pg_catalog.pg_type'::regclass AND y.oid = o.objid
            CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.classid, o.objid, 0) AS i
            WHERE n.nspname = place.old_name
              AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_depend AS d
                  WHERE d.classid = o.classid AND d.objid = o.objid AND d.objsubid = 0
                    AND (
                        d.deptype = 'e'
                        -- The functions and the multirange of a range type do not move with it.
                        OR d.deptype = 'i' AND o.classid <> 'pg_catalog.pg_proc'::regclass AND y.typtype IS DISTINCT FROM 'm'
                        -- A sequence moves with the column that owns it.
                        OR d.deptype = 'a' AND d.refobjsubid > 0 AND i.type = 'sequence'
                    )
              )
            ORDER BY o.objid
        LOOP
            EXECUTE pg_catalog.format(
                'ALTER %s %s SET SCHEMA %I',
                CASE object.type WHEN 'statistics object' THEN 'statistics' ELSE object.type END,
                -- As it is now: the types of its arguments may have moved.
                (pg_catalog.pg_identify_object(object.classid, object.objid, 0)).identity,
                place.new_name
            );
        END LOOP;
{% endmacro %}
