SELECT 1 AS one, 'it''s' AS two, NULL AS three \gset
\echo :one :two :{?three}
SELECT 5 AS one, 6 AS "Two"
\gset prefix_
\echo :prefix_one :prefix_Two
SELECT 'x' AS v \gset \\ CREATE TABLE after_gset (v text); INSERT INTO after_gset VALUES (:'v');
SELECT format('CREATE TABLE %I (a int, b text)', 'gen' || n) FROM generate_series(1, 3) n
UNION ALL SELECT NULL
ORDER BY 1
\gexec
SELECT 'SELECT 1 AS a', 'SELECT 2 AS b' \gexec
SELECT 1 AS a, 2 AS b \g
SELECT 1 AS a, 'long value' AS "column b" \gx
\g
SELECT 'previous' AS query;
\g
SELECT count(*) AS counted FROM pg_class WHERE relname LIKE 'gen_' \gset
SELECT :counted AS counted,
\echo in between
    2 AS two
\echo at the end
\g
SELECT 1 AS a \; SELECT 2 AS b, 'x' AS c \; CREATE TABLE combined (a int) ;
BEGIN \; INSERT INTO combined VALUES (1) \; COMMIT;
SELECT 1 \; SELECT 7 AS seven \gset
\echo :seven :ROW_COUNT :ERROR :SQLSTATE
INSERT INTO combined SELECT generate_series(1, 5);
\echo :ROW_COUNT
SELECT 1 AS x \r
SELECT 2 AS x;
SELECT 3 AS x
\p
;
SELECT 4 AS x;
\p
SELECT 4 AS "last" \g (format=unaligned tuples_only=on)
