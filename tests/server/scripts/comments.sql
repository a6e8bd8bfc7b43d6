-- first ; comment
/* second ; /* nested ' " $$ */ still ; */ CREATE TABLE c1 (a int); -- trailing ; 'quote
CREATE TABLE c2 ( -- it's a comment
    a int /* ; */,
    -- another "one
    b int
) /* $$ */ ;
--
/**/
/* only a comment */
;
;;
CREATE TABLE c3 (a int) /* to the end
of ; the
line */ ; CREATE TABLE c4 (a int);
SELECT 1 --x
, 2 AS two/* y */;
-- the end
