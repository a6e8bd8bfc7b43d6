-- What:         every table of the chosen schemas, with what decides how its rows are read; every view, by name
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          members of extensions are left out, as pg_dump leaves them out: CREATE EXTENSION makes them. What keys
--               that the schema does not declare may refer to is told with the table: its unique keys, as columns,
--               operators and the types that these compare. One question costs one round trip, whatever it asks.

SELECT
    c.oid::bigint AS oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind::text AS kind,
    c.relpersistence::text AS persistence,
    c.reltuples::float8 AS row_estimate,
    pg_catalog.pg_relation_size(c.oid)::bigint AS bytes,
    CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)::oid::bigint END AS partition_root,
    c.relkind = 'r' AND EXISTS (
        -- In a stand-in, the child is the source's own table.
        SELECT FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS h ON h.oid = i.inhrelid
        WHERE i.inhparent = c.oid
          AND pg_catalog.obj_description(h.relnamespace, 'pg_namespace') IS DISTINCT FROM 'devdb: the source''s tables'
    ) AS has_children,
    COALESCE((
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.position)
        FROM pg_catalog.pg_constraint AS p
        CROSS JOIN LATERAL pg_catalog.unnest(p.conkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.conrelid AND a.attnum = k.attnum
        WHERE p.conrelid = c.oid AND p.contype = 'p'
    ), '{}') AS primary_key,
    COALESCE((
        SELECT pg_catalog.jsonb_agg(
            pg_catalog.jsonb_build_array(u.columns, u.equals, u.compared_types)
            ORDER BY i.indisprimary DESC, u.columns
        )
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_am AS am ON am.oid = ic.relam
        CROSS JOIN LATERAL (
            SELECT
                pg_catalog.array_agg(a.attname::text ORDER BY k.position) AS columns,
                pg_catalog.array_agg({% include "catalog/operator.sql" %} ORDER BY k.position) AS equals,
                pg_catalog.array_agg(
                    CASE WHEN t.typtype <> 'p' THEN pg_catalog.format_type(t.oid, -1) END ORDER BY k.position
                ) AS compared_types,
                pg_catalog.bool_and(k.collid IN (0, a.attcollation) OR kc.collisdeterministic AND ac.collisdeterministic)
                    AS is_by_columns
            FROM ROWS FROM (
                pg_catalog.unnest(i.indkey::smallint[]),
                pg_catalog.unnest(i.indclass::oid[]),
                pg_catalog.unnest(i.indcollation::oid[])
            ) WITH ORDINALITY AS k (attnum, opclass, collid, position)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            JOIN pg_catalog.pg_opclass AS q ON q.oid = k.opclass
            JOIN pg_catalog.pg_amop AS e
                ON e.amopfamily = q.opcfamily AND e.amopstrategy = 3
                AND e.amoplefttype = q.opcintype AND e.amoprighttype = q.opcintype
            JOIN pg_catalog.pg_operator AS o ON o.oid = e.amopopr
            JOIN pg_catalog.pg_namespace AS s ON s.oid = o.oprnamespace
            JOIN pg_catalog.pg_type AS t ON t.oid = o.oprright
            LEFT JOIN pg_catalog.pg_collation AS kc ON kc.oid = k.collid
            LEFT JOIN pg_catalog.pg_collation AS ac ON ac.oid = a.attcollation
            WHERE k.position <= i.indnkeyatts
        ) AS u
        WHERE i.indrelid = c.oid AND NOT c.relispartition AND am.amname = 'btree' AND i.indisunique AND i.indisvalid
          AND i.indpred IS NULL AND i.indexprs IS NULL AND u.is_by_columns
    ), '[]') AS unique_keys,
    COALESCE((
        SELECT pg_catalog.array_agg(DISTINCT a.attname::text)
        FROM pg_catalog.pg_partition_tree(c.oid) AS p
        JOIN pg_catalog.pg_partitioned_table AS d ON d.partrelid = p.relid
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.relid AND a.attnum = ANY (d.partattrs::smallint[])
        WHERE c.relkind = 'p'
    ), '{}') AS partition_columns,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS may_enter,
    pg_catalog.has_table_privilege(c.oid, 'SELECT') OR (
        SELECT pg_catalog.bool_and(pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) IS TRUE AS may_read
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND {% include "catalog/chosen.sql" %}
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
ORDER BY n.nspname, c.relname;
