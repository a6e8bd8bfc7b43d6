{# What the statements about keys share that are sent to the source. Keys come as arrays, one a column. #}

{# A relation of keys. It has the collations of `columns`: two that are as good would not do. Arrays come as text, since an
   array of them has no end of theirs; values of composite types would be taken apart by a FROM. #}
{% macro key_rows(columns, names, arrays) %}
(
    SELECT {% for column in columns %}pg_catalog.unnest({{ arrays[loop.index0] | sql }}){% if column.is_array %}::{{ column.base_type | sql }}{% endif %}{% if column.collation %} COLLATE {{ column.collation | sql }}{% endif %} AS {{ names[loop.index0] | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

)
{%- endmacro %}
