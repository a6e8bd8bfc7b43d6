-- Quotes of every kind, and what looks like a quote, a comment or an end inside them.
CREATE TABLE quotes (id int, v text);
INSERT INTO quotes VALUES (1, 'a;b'), (2, 'it''s'), (3, E'it\'s; \\'), (4, e'two\nlines;'), (5, U&'d\0061t\+000061;'),
    (6, $$dollar; ' " -- /* $$), (7, $a$ outer $b$ inner; $b$ $$ $a$), (8, 'one '
    'string; '
    'on three lines'), (9, E'first\n' -- and a comment; between
    'it\'s the second;');
INSERT INTO quotes VALUES (10, '-- no comment; '), (11, '/* nor this; */'), (12, ':v :''v'' :"v"'), (13, '\;'), (14, '\echo');
INSERT INTO quotes VALUES (15, N'national; '), (16, B'1010'::text), (17, X'1F'::text);
CREATE TABLE "a;b""c--d" ("select" int, "x\y" text, "quote""d" text);
INSERT INTO "a;b""c--d" VALUES (1, 'a
b;
c', $tag$
;$not$;
tag$
$tag$);
COMMENT ON TABLE quotes IS 'ends with a backslash \';
COMMENT ON COLUMN quotes.v IS E'\\';
CREATE FUNCTION nested() RETURNS text LANGUAGE plpgsql AS $outer$
DECLARE
    x text := $q$it's; $$ here $$ $q$;
BEGIN
    EXECUTE $do$ SELECT 'a;b' || $in$ c; $in$ $do$ INTO x;
    RETURN x; -- :x ; \echo
END
$outer$;
INSERT INTO quotes SELECT 18, nested();
SELECT 1 AS "a;b", $é$ tag with a letter; $é$ AS é, $è$ $é$ $è$ AS z;
SELECT 'unfinished business' /* a /* nested; comment */ with ; */ AS x -- ;
;
SELECT 1 -- no semicolon at the end of the file
