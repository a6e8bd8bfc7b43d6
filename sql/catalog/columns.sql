-- What:         every column of the tables of the chosen schemas, in the order of the table
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          a domain's base type is told too: a foreign data wrapper sends comparisons of base types only; with its
--               length, which is a domain's own. A domain may forbid NULL as well

WITH RECURSIVE base AS (
    SELECT t.oid, t.oid AS base, -1 AS typmod, false AS not_null
    FROM pg_catalog.pg_type AS t
    WHERE t.typtype <> 'd'
    UNION ALL
    SELECT t.oid, b.base, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE b.typmod END, b.not_null OR t.typnotnull
    FROM base AS b
    JOIN pg_catalog.pg_type AS t ON t.typbasetype = b.oid AND t.typtype = 'd'
)
SELECT
    a.attrelid::bigint AS table_oid,
    a.attname AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
    pg_catalog.format_type(b.base, -1) AS base_type,
    pg_catalog.format_type(b.base, CASE WHEN a.atttypid = b.base THEN a.atttypmod ELSE b.typmod END) AS sized_type,
    bt.typtype::text AS base_kind,
    bn.nspname AS base_schema,
    bt.typcategory = 'A' AS is_array,
    a.atttypid <> b.base AS is_domain,
    a.attnotnull OR b.not_null AS not_null,
    a.attgenerated <> '' AS is_generated,
    a.attidentity::text AS identity,
    CASE WHEN a.attcollation <> 0 AND a.attcollation <> 100
         THEN pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname) END AS collation,
    COALESCE(co.collisdeterministic, true) AS is_deterministic
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN base AS b ON b.oid = a.atttypid
JOIN pg_catalog.pg_type AS bt ON bt.oid = b.base
JOIN pg_catalog.pg_namespace AS bn ON bn.oid = bt.typnamespace
LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
  AND {% include "catalog/chosen.sql" %}
ORDER BY a.attrelid, a.attnum;
