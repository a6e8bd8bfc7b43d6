\set yes on
\set no 0
\if :yes
    CREATE TABLE taken (a int);
    \if :no
        CREATE TABLE not_taken (a int);
        \include nowhere.sql
        \set yes 'changed; \\'
        SELECT 'quote; \endif' /* \endif */ "\endif" $$ \endif $$ 1/0;
        \echo `false`
    \elif :{?undefined}
        nonsense :undefined :'undefined' ;
    \elif tru
        CREATE TABLE elif_taken (a int);
        \if f \else \\ CREATE TABLE else_taken (a int); \endif
    \elif :yes
        CREATE TABLE too_late (a int);
    \else
        CREATE TABLE nor_this (a int);
    \endif
\else
    SELECT 1/0;
\endif
SELECT 1
\if :no
    + 100 ( ( ' unbalanced; '
\else
    + 1
\endif
AS two;
CREATE TABLE mixed (
\if yes
    a int,
\else
    b int,
\endif
    c int
);
\if false
\if true
SELECT 1/0;
\elif true
SELECT 1/0;
\else
SELECT 1/0;
\endif
\elif false
\else
\echo :yes
\endif
\if n \echo no \elif y \echo yes \endif
