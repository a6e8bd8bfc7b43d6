-- What:         every foreign key of the tables of the chosen schemas, as it was declared
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          what PostgreSQL derives for partitions (conparentid) follows from the declared key. Which operator
--               compares depends on the search path (citext's may be out of sight) unless it is named with its schema.

SELECT
    k.conname AS name,
    k.conrelid::bigint AS child,
    k.confrelid::bigint AS parent,
    pn.nspname AS parent_schema,
    pc.relname AS parent_name,
    (SELECT pg_catalog.array_agg(a.attname::text ORDER BY u.position)
     FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, position)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) AS child_columns,
    (SELECT pg_catalog.array_agg(a.attname::text ORDER BY u.position)
     FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (attnum, position)
     JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.attnum) AS parent_columns,
    (SELECT pg_catalog.array_agg({% include "catalog/operator.sql" %} ORDER BY u.position)
     FROM pg_catalog.unnest(k.conpfeqop) WITH ORDINALITY AS u (oid, position)
     JOIN pg_catalog.pg_operator AS o ON o.oid = u.oid
     JOIN pg_catalog.pg_namespace AS s ON s.oid = o.oprnamespace) AS equals,
    (SELECT pg_catalog.array_agg({% include "catalog/operator.sql" %} ORDER BY u.position)
     FROM pg_catalog.unnest(k.conppeqop) WITH ORDINALITY AS u (oid, position)
     JOIN pg_catalog.pg_operator AS o ON o.oid = u.oid
     JOIN pg_catalog.pg_namespace AS s ON s.oid = o.oprnamespace) AS parent_equals,
    (SELECT pg_catalog.array_agg(CASE WHEN t.typtype <> 'p' THEN pg_catalog.format_type(t.oid, -1) END ORDER BY u.position)
     FROM pg_catalog.unnest(k.conppeqop) WITH ORDINALITY AS u (oid, position)
     JOIN pg_catalog.pg_operator AS o ON o.oid = u.oid
     JOIN pg_catalog.pg_type AS t ON t.oid = o.oprright) AS compared_types,
    k.convalidated AS is_validated,
    k.confmatchtype = 'f' AS match_full
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS pc ON pc.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pc.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
  AND {% include "catalog/chosen.sql" %}
ORDER BY n.nspname, c.relname, k.conname;
