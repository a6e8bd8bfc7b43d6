-- What:         values of some columns in the rows of the source that these keys name
-- Parameters:   table (devdb.catalog.model.Table)  the table
--               values (list)  SQL of what is wanted of its row t
--               key (list)     of each of the key's columns: its name, its type, how it is compared, what it holds, and
--                              whether a wrapper sends that to the source
-- Transaction:  either
-- Repeatable:   yes
-- Why:          a value may be an expression over the table's bare column names: names of ours are none of theirs

SELECT
    {% for value in values %}
    {{ value | sql }} AS {{ "v%d" | format(loop.index0) | ident }}{% if not loop.last %},{% endif %}

    {% endfor %}
FROM ROWS FROM (
    {% for part in key %}
    pg_catalog.unnest(ARRAY[{{ part.held | literals }}]::text[]){% if not loop.last %},{% endif %}

    {% endfor %}
) AS devdb_k ({% for part in key %}{% if not loop.first %}, {% endif %}{{ "devdb_k%d" | format(loop.index0) | ident }}{% endfor %})
JOIN {% if table.is_distant %}(
    SELECT * FROM {{ table.only | sql }} AS s
    WHERE true
    {% for part in key if part.is_sent %}
      AND s.{{ part.name | ident }} = ANY (ARRAY[{{ part.held | literals }}]::{{ part.type | sql }}[])
    {% endfor %}
    OFFSET 0
){% else %}{{ table.only | sql }}{% endif %} AS t ON true
{% for part in key %}
    AND t.{{ part.name | ident }} {{ part.equals | sql }} devdb_k.{{ "devdb_k%d" | format(loop.index0) | ident }}::{{ part.type | sql }}
{% endfor %};
