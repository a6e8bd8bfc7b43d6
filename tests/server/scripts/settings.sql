\timing off
\pset pager off
\pset null '(null)'
SELECT NULL AS a, 1 AS number, 'text' AS t, 1.5 AS numeric, true AS boolean, now() IS NULL AS never;
\pset footer off
SELECT 1 AS "wide é column", 'multi
line' AS m, 'ünï' AS u, 12345678 AS n;
\x on
SELECT 1 AS a, 'two
lines' AS long_name;
SELECT generate_series(1, 2) AS a;
\x
\t on
SELECT 1, 'a' UNION SELECT 22, 'bb' ORDER BY 1;
\a
SELECT 1, 'a' UNION SELECT 22, 'bb' ORDER BY 1;
\t
\f ','
SELECT 1 AS a, 'x' AS b;
\x
SELECT 1 AS a, 'x' AS b;
\x off
\a
\pset format csv
SELECT 1 AS a, 'quote " and, comma' AS b, NULL AS c;
\pset format aligned
SELECT 1 AS a WHERE false;
SELECT;
\encoding LATIN1
\echo :ENCODING
SET client_encoding = 'UTF8';
\encoding UTF8
\encoding
\pset title 'a title'
SELECT 1;
\C
SELECT 2;
