-- What:         add a row to Flyway's table, after all others
-- Parameters:   schema (str)          the schema of the table
--               table (str)           its name
--               version (str)         the migration's version; none for what is repeatable
--               description (str)     what its file's name says
--               type (str)            SQL, SQL_BASELINE, BASELINE or DELETE
--               script (str)          the file's path within its folder
--               checksum (int)        the file's; none where there is no file
--               installed_by (str)    who applied it
--               execution_time (int)  how long that took, in ms
--               success (bool)        whether it succeeded
-- Transaction:  no
-- Repeatable:   no

INSERT INTO {{ schema | ident }}.{{ table | ident }}
    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
SELECT
    coalesce(pg_catalog.max(h.installed_rank), 0) + 1, {{ version | literal }}, {{ description | literal }},
    {{ type | literal }}, {{ script | literal }}, {{ checksum | literal }}::integer, {{ installed_by | literal }},
    {{ execution_time | literal }}, {{ success | literal }}
FROM {{ schema | ident }}.{{ table | ident }} AS h;
