-- What:         different values of some columns of a table of the source, spread over it, the same ones each time
-- Parameters:   table (devdb.catalog.model.Table)  the table
--               values (list)    SQL of what is wanted of its row t
--               percent (float)  of the table's blocks to look at; 100 is all of it
--               most (int)       values of each column
--               shortest (int)   shorter values are not wanted
-- Transaction:  either
-- Repeatable:   yes
-- Why:          for tables whose rows have no name by which the dev database could say which ones it holds

WITH sample AS (
    SELECT
        {% for value in values %}
        {{ value | sql }} AS {{ "v%d" | format(loop.index0) | ident }}{% if not loop.last %},{% endif %}

        {% endfor %}
    FROM {{ table.some_at_source(100000) | sql }} AS t
    {% if percent < 100 %}
    TABLESAMPLE SYSTEM ({{ percent | literal }}) REPEATABLE (0)
    {% endif %}
)
{% for value in values %}
{% set name = "v%d" | format(loop.index0) %}
{% if not loop.first %}
UNION ALL
{% endif %}
(
    SELECT
        {{ loop.index0 | literal }} AS number,
        s.{{ name | ident }} AS value,
        pg_catalog.count(*)::bigint AS times,
        (pg_catalog.sum(pg_catalog.count(*)) OVER ())::bigint AS rows
    FROM sample AS s
    WHERE pg_catalog.length(s.{{ name | ident }}) >= {{ shortest | literal }}
    GROUP BY s.{{ name | ident }}
    ORDER BY pg_catalog.hashtextextended(s.{{ name | ident }}, 0), s.{{ name | ident }}
    LIMIT {{ most | literal }}
)
{% endfor %};
