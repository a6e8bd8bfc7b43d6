-- Windows line ends
\set v 'value'
CREATE TABLE crlf (a int, b text);
INSERT INTO crlf VALUES (1, 'one
two'), (2, :'v');
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN 1;
END
$$;
\if true
COPY crlf FROM stdin;
3	x
4	y
\.
\else
SELECT 1/0;
\endif
SELECT a, b FROM crlf WHERE a > 1 ORDER BY a;
\echo :v
SELECT 1 AS g \gset
SELECT :g AS x, 'c' -- comment
  'd' AS y;
\copy crlf from stdin
5	z
\.
