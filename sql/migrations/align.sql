-- What:         make a row of Flyway's table say what the migration's file says
-- Parameters:   schema (str)          the schema of the table
--               table (str)           its name
--               installed_rank (int)  which row
--               description (str)     what the file's name says
--               type (str)            SQL or SQL_BASELINE
--               checksum (int)        the file's
-- Transaction:  no
-- Repeatable:   yes

UPDATE {{ schema | ident }}.{{ table | ident }}
SET description = {{ description | literal }}, type = {{ type | literal }}, checksum = {{ checksum | literal }}
WHERE installed_rank = {{ installed_rank | literal }};
