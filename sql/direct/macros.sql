{# What the statements about keys share that are sent to the source. Keys come as arrays, one a column. #}

{# A relation of keys. It has the collations of `columns`: two that are as good would not do. #}
{% macro key_rows(columns, names, arrays) %}
(
    SELECT {% for column in columns %}u.{{ names[loop.index0] | ident }}{% if column.collation %} COLLATE {{ column.collation | sql }}{% endif %} AS {{ names[loop.index0] | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

    FROM ROWS FROM ({% for array in arrays %}pg_catalog.unnest({{ array | sql }}){% if not loop.last %}, {% endif %}{% endfor %}) AS u ({{ names | idents }})
)
{%- endmacro %}
