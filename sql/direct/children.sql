-- What:         read at the source the children of rows
-- Parameters:   e (expansion)  over which key, how many, in which order (devdb.sampling.closure.Expansion)
--               arrays (list)  SQL of an array for each column of the key: the parents' keys
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          with a maximum each parent's are looked for by themselves: an index gives the first few of a million

{% from "direct/macros.sql" import key_rows %}
{% set columns = e.child.loaded_columns %}
{% if e.follow.max is not none %}
SELECT {{ columns | idents('d') }}
FROM {{ key_rows(e.columns, e.names, arrays) | sql }} AS a
CROSS JOIN LATERAL (
    SELECT {{ columns | idents('f') }}
    FROM {{ e.key.child.only | sql }} AS f {{ e.lateral | sql }}
    WHERE {{ e.compared('a') | sql }}
{% if e.where %}
      AND {{ e.where | sql }}
{% endif %}
    ORDER BY
{{ e.order_by | sql }}
    LIMIT {{ e.follow.max | literal }}
) AS d
{% else %}
SELECT {{ columns | idents('f') }}
FROM {{ key_rows(e.columns, e.names, arrays) | sql }} AS a
CROSS JOIN LATERAL (
    SELECT {{ columns | idents('f') }}
    FROM {{ e.key.child.only | sql }} AS f {{ e.lateral | sql }}
    WHERE {{ e.compared('a') | sql }}
{% if e.where %}
      AND {{ e.where | sql }}
{% endif %}
) AS f
{% endif %}
