{#- The source's tables, into a schema that is there. -#}
IMPORT FOREIGN SCHEMA {{ source_schema | ident }} FROM SERVER {{ server | ident }} INTO {{ schema | ident }}
{% if import_options %}
OPTIONS (
{% for name, value in import_options | dictsort %}
    {{ name | ident }} {{ value | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
)
{% endif %}
;
