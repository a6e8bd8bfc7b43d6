SELECT 'a' AS "percent % %s %(x)s", '100%' AS v, 1 % 2 AS m, $$ {{ braces }} {% x %} $$ AS b;
SELECT 1 AS a;SELECT 2 AS b;SELECT (3) AS c
;SELECT '(' AS d; SELECT ((4)) AS "e(";
CREATE OPERATOR @#@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
SELECT 1 @#@ 2 AS op, 3 +/*comment;*/- 1 AS x, 2 /-1 AS y;
CREATE TABLE "üñí" ("ключ" int, "名前" text DEFAULT '値;');
INSERT INTO "üñí" VALUES (1, 'é;è');
SELECT * FROM "üñí"; SELECT 1 AS é$1, 2 AS _x, 3 AS "U&x", U&"d\0061t" FROM (SELECT 4 AS dat) s;
PREPARE p (int) AS SELECT $1 + 1 AS p;
EXECUTE p(1); EXECUTE p(2); EXECUTE p(3); EXECUTE p(4); EXECUTE p(5); EXECUTE p(6); EXECUTE p(7);
SELECT 1e3 AS f, .5 AS g, 1. AS h, 1.5e-3 AS i, - 1 AS neg, 2 - -1 AS sub;
TABLE "üñí";
VALUES (1, 'a'), (2, 'b');
WITH x AS (SELECT 1 AS a) SELECT * FROM x;
SHOW standard_conforming_strings;
EXPLAIN (COSTS OFF) SELECT 1;
DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 3) AS n; FETCH 2 FROM c; CLOSE c;
INSERT INTO "üñí" VALUES (2, 'r') RETURNING *;
