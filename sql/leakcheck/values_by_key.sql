-- What:         values of some columns in the rows of the source that these keys name
-- Parameters:   table (devdb.catalog.model.Table)  the table
--               values (list)  SQL of what is wanted of its row t
--               key (list)     of each of the key's columns: its name, its type, how it is compared, and what is held in the rows
-- Transaction:  either
-- Repeatable:   yes

SELECT
    {% for value in values %}
    {{ value | sql }} AS {{ "v%d" | format(loop.index0) | ident }}{% if not loop.last %},{% endif %}

    {% endfor %}
FROM ROWS FROM (
    {% for part in key %}
    pg_catalog.unnest(ARRAY[{{ part.held | literals }}]::text[]){% if not loop.last %},{% endif %}

    {% endfor %}
) AS k ({% for part in key %}{% if not loop.first %}, {% endif %}{{ "k%d" | format(loop.index0) | ident }}{% endfor %})
JOIN {{ table.only | sql }} AS t ON true
{% for part in key %}
    AND t.{{ part.name | ident }} {{ part.equals | sql }} k.{{ "k%d" | format(loop.index0) | ident }}::{{ part.type | sql }}
{% endfor %};
