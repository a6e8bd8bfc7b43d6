\set plain 42
\set text 'it''s a "value"; -- not a comment'
\set name 'Odd "Name"'
\set joined one 'two' :plain
\set path 'back\\slash'
\set nothing
\set statement 'CREATE TABLE from_variable (a int); CREATE TABLE second_one (b int);'
\set fragment '(a int, b text'
\set lines 'SELECT\n1 AS\nlines'
\set é 'accent'
CREATE TABLE :"name" (id int, v text);
INSERT INTO :"name" VALUES (:plain, :'text'), (:plain + 1, ':text :''text'' :"text"'), (3, $$:plain :'text'$$), (4, :'path');
INSERT INTO :"name" VALUES (5, :'nothing'), (6, :'joined'), (7, :'plain'::text), (8, 'x'::text), (9, :'é');
:statement
CREATE TABLE fragment :fragment );
:lines;
SELECT (ARRAY[1,2,3])[1:2], (ARRAY[1,2,3])[:plain:], '{a,b}'::text[] AS "a:plain" /* :plain */ -- :plain
;
SELECT :{?plain} AS yes, :{?undefined} AS no;
\echo :undefined :'undefined' :"undefined" :{?undefined}
\echo :plain:plain :'text' :"name" ':plain' ":plain" x:plain
\echo -n no newline
\echo ' and' -n
\qecho query :plain
\set plain
\echo [:plain]
\unset plain
\echo :plain :{?plain}
\set chained :text
\echo :chained
\set x 1 \echo on the same line :x \\ SELECT :x AS and_sql;
\set quoted "double ""quotes"""
\echo :quoted
\set tabbed 'tab\there\x41\101\'x'
\echo :tabbed
\set self :self x
\echo :self
SELECT 1 AS :"é", 2 AS é;
