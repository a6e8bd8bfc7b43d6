CREATE TABLE data (id int, v text);
COPY data FROM stdin;
1	plain
2	tab\there
3	\\. not the end
4	\\connect postgres
5	\N
6	it's; $$ /* --
7	line\nbreak \x41 \101
8	
\.
COPY public.data (id, v) FROM STDIN WITH (FORMAT csv, HEADER);
id,v
11,"quoted, with ; and ""quotes"""
12,\connect nowhere
13,"two
lines"
14,
\.
copy data from stdin delimiter '|' null 'nil';
21|a
22|nil
\.
COPY data FROM stdin; SELECT count(*) FROM data;
31	after
\.
COPY data FROM stdin;
\.
SELECT 'COPY data FROM stdin;' AS v;
CREATE TABLE "stdin" ("from stdin" text);
COPY "stdin" FROM stdin
;
unescaped
\.
COPY (SELECT id, v FROM data WHERE id < 10 ORDER BY id) TO stdout;
COPY data TO STDOUT (FORMAT csv, FORCE_QUOTE *);
\copy data from stdin
41	by backslash
\.
\copy data (id, v) from 'tests/server/scripts/parts/data.csv' with (format csv)
\copy (select id, v from data where id > 40 order by (id)) to stdout
\copy "stdin" to pstdout csv
SELECT count(*), sum(length(v)) FROM data;
