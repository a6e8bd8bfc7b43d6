-- What:         read at the source the rows that keys name
-- Parameters:   k (key set)    columns of the keys (devdb.sampling.keys.KeySet)
--               arrays (list)  SQL of an array for each column: the keys
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          joined with the keys, not compared with any of them: the planner finds the cheapest way for so many.
--               Rows of a table that refer to rows of the same table come along, however many there are in a row: asked
--               for one after the other, each would be a journey to the source

{% from "direct/macros.sql" import key_rows %}
{% from "populate/mask_macros.sql" import masked %}
{% call masked(k.table) %}
{% if k.own_references %}
WITH RECURSIVE a ({{ k.names | idents }}) AS (
    SELECT * FROM {{ key_rows(k.columns, k.names, arrays) | sql }} AS given
    UNION
    SELECT n.*
    FROM a
    JOIN {{ k.parent.only | sql }} AS f ON {{ k.compared('f', 'a') | sql }}
    CROSS JOIN LATERAL (
{% for values in k.own_values('f') %}
{% if not loop.first %}
        UNION ALL
{% endif %}
        SELECT {{ values | sql }}
{% endfor %}
    ) AS n ({{ k.names | idents }})
    WHERE {% for name in k.names %}n.{{ name | ident }} IS NOT NULL{% if not loop.last %} AND {% endif %}{% endfor %}

)
SELECT {{ k.table.loaded_columns | idents('f') }}
FROM a
JOIN {{ k.parent.only | sql }} AS f ON {{ k.compared('f', 'a') | sql }}
{% else %}
SELECT {{ k.table.loaded_columns | idents('f') }}
FROM {{ key_rows(k.columns, k.names, arrays) | sql }} AS a
JOIN {{ k.parent.only | sql }} AS f ON {{ k.compared('f', 'a') | sql }}
{% endif %}
{% endcall %}
