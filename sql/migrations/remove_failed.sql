-- What:         remove the rows of migrations that failed
-- Parameters:   schema (str)  the schema of Flyway's table
--               table (str)   its name
-- Transaction:  no
-- Repeatable:   yes

DELETE FROM {{ schema | ident }}.{{ table | ident }} WHERE NOT success;
