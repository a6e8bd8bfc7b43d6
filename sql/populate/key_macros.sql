{# The SQL that both ways of following keys share; k is a devdb.sampling.closure.KeySet, ask one of its asks. #}

{# The rows that the keys chosen by the condition `chosen` name. Of a composite key a superset is asked for, column by
   column; EXISTS makes it exact again. #}
{% macro named_rows(k, chosen) %}
SELECT {{ k.table.loaded_columns | idents('f') }}
FROM {{ k.foreign.sql | sql }} AS f
WHERE true
{% for column in k.columns %}
  AND f.{{ column.name | ident }} = ANY (ARRAY(SELECT a.{{ k.names[loop.index0] | ident }} FROM pg_temp.{{ k.asked | ident }} AS a WHERE {{ chosen | sql }}))
{% endfor %}
{% if k.columns | length > 1 %}
  AND EXISTS (
      SELECT FROM pg_temp.{{ k.asked | ident }} AS a
      WHERE {{ chosen | sql }}
{% for column in k.columns %}
        AND a.{{ k.names[loop.index0] | ident }} = f.{{ column.name | ident }}
{% endfor %}
  )
{% endif %}
{% if k.parent.has_children %}
  AND f.devdb_tableoid = {{ k.parent.oid | literal }}
{% endif %}
{% endmacro %}

{# The keys that the child's rows in the dev database hold. #}
{% macro held_keys(ask, k, condition) %}
SELECT {{ ask.values(k, 'c') | sql }}
FROM {{ ask.key.child.only | sql }} AS c
WHERE {{ condition | sql }}
{% for name in ask.key.child_columns %}
  AND c.{{ name | ident }} IS NOT NULL
{% endfor %}
{% endmacro %}

{# The number of the statement that a key is sent in: neighbours together. #}
{% macro chunk(k) %}
(pg_catalog.row_number() OVER (ORDER BY {{ k.names | idents('k') }}) - 1) / {{ k.chunk | literal }}
{%- endmacro %}
