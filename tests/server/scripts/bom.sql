CREATE TABLE bom (a int);
SELECT 1 AS a;
