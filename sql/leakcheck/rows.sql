-- What:         every row of one table as text, to be searched
-- Parameters:   table (devdb.catalog.model.Name)  the table or materialized view
--               columns (list)                     its columns; none of a table without any
--               encoding (str)                     in which the text is wanted
-- Transaction:  either
-- Repeatable:   yes
-- Why:          columns by name, so that also generated ones are there, which COPY of the table would leave out

COPY (SELECT {{ columns | idents("t") }} FROM ONLY {{ table.sql | sql }} AS t) TO STDOUT (FORMAT text, ENCODING {{ encoding | literal }});
