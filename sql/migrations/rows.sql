-- What:         the rows of Flyway's table, in the order in which they were written
-- Parameters:   schema (str)  the schema of the table
--               table (str)   its name
-- Transaction:  no
-- Repeatable:   yes

SELECT
    h.installed_rank, h.version, h.description, h.type, h.script, h.checksum,
    h.installed_by, h.installed_on, h.execution_time, h.success
FROM {{ schema | ident }}.{{ table | ident }} AS h
ORDER BY h.installed_rank;
