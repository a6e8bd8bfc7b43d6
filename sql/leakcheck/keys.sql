-- What:         keys of some rows of a table of the dev database, spread over it, the same ones each time
-- Parameters:   table (devdb.catalog.model.Name)  the table
--               key (list)       the columns that name a row
--               filled (list)    columns of which enough rows must have a value; empty: any rows
--               percent (float)  of the table's blocks to look at
--               most (int)       rows for each column of `filled`
-- Transaction:  either
-- Repeatable:   yes
-- Why:          values that were not taken cannot be found: the needles are those of rows that are here

WITH sample AS (
    SELECT
        {% for name in key %}
        t.{{ name | ident }}::text AS {{ "k%d" | format(loop.index0) | ident }},
        {% endfor %}
        {% for name in filled %}
        t.{{ name | ident }} IS NOT NULL AS {{ "f%d" | format(loop.index0) | ident }},
        {% endfor %}
        pg_catalog.hashtextextended(pg_catalog.concat_ws('|', {{ key | idents("t") }}), 0) AS place
    FROM {{ table.sql | sql }} AS t TABLESAMPLE SYSTEM ({{ percent | literal }}) REPEATABLE (0)
)
{% for name in filled or [none] %}
{% set number = loop.index0 %}
{% if number %}
UNION
{% endif %}
(
    SELECT
        {% for name in key %}
        s.{{ "k%d" | format(loop.index0) | ident }}{% if not loop.last %},{% endif %}

        {% endfor %}
    FROM sample AS s
    {% if name is not none %}
    WHERE s.{{ "f%d" | format(number) | ident }}
    {% endif %}
    ORDER BY s.place, s.k0
    LIMIT {{ most | literal }}
)
{% endfor %};
