-- What:         read at the source the children of rows
-- Parameters:   e (expansion)  over which key, how many, in which order (devdb.sampling.keys.Expansion)
--               arrays (list)  SQL of an array for each column of the key: the parents' keys
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          with a maximum each parent's are looked for by themselves: an index gives the first few of a million

{% from "direct/macros.sql" import key_rows %}
{% from "populate/mask_macros.sql" import masked %}
{% set columns = e.child.loaded_columns %}
{% call masked(e.child) %}
{% if e.follow.max is not none %}
SELECT {% if e.key.each %}DISTINCT ON (d.devdb_table, d.devdb_row) {% endif %}{{ columns | idents('d') }}
FROM {{ key_rows(e.columns, e.names, arrays) | sql }} AS a
CROSS JOIN LATERAL (
    SELECT {% if e.key.each %}f.tableoid AS devdb_table, f.ctid AS devdb_row{% if columns %}, {% endif %}{% endif %}{{ columns | idents('f') }}
    FROM {{ e.key.child.only | sql }} AS f {{ e.lateral | sql }}
    WHERE {{ e.compared('a') | sql }}
{% if e.where %}
      AND {{ e.where | sql }}
{% endif %}
    ORDER BY
{{ e.order_by | sql }}
    LIMIT {{ e.follow.max | literal }}
) AS d
{% elif e.key.each %}
SELECT {{ columns | idents('f') }}
FROM {{ e.key.child.only | sql }} AS f
WHERE EXISTS (
    SELECT
    FROM (SELECT) AS one {{ e.lateral | sql }}
    JOIN {{ key_rows(e.columns, e.names, arrays) | sql }} AS a ON {{ e.compared('a') | sql }}
)
{% if e.overlapping %}
  AND {{ e.overlapping | sql }} && {{ arrays[0] | sql }}
{% endif %}
{% if e.where %}
  AND {{ e.where | sql }}
{% endif %}
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
{% endcall %}
