{# The SQL that statements about keys share; k is a devdb.sampling.closure.KeySet, ask one of its asks. #}

{# The values that the condition `chosen` chooses, each once: the source's planner believes that all are different. #}
{% macro values(k, value, chosen) %}
ANY (ARRAY(SELECT {% if k.columns | length > 1 %}DISTINCT {% endif %}{{ value | sql }} FROM pg_temp.{{ k.asked.name | ident }} AS a WHERE {{ chosen | sql }}))
{%- endmacro %}

{# The rows that the keys chosen by the condition `chosen` name. Composite keys are asked for column by column, which
   names a superset; a hash has the source leave out most of it, and EXISTS makes it exact. So it does where a column
   is of a type that cannot be sent. #}
{% macro named_rows(k, chosen) %}
SELECT {{ k.table.loaded_columns | idents('f') }}
FROM {{ k.foreign.sql | sql }} AS f
WHERE true
{% for column, equals, value in k.sent %}
  AND f.{{ column | ident }} {{ equals | sql }} {{ values(k, value, chosen) | sql }}
{% endfor %}
{% if not k.is_exact %}
{% if k.hash('f', k.column_names) %}
  AND {{ k.hash('f', k.column_names) | sql }} = {{ values(k, k.hash('a', k.names), chosen) | sql }}
{% endif %}
  AND EXISTS (
      SELECT FROM pg_temp.{{ k.asked.name | ident }} AS a
      WHERE {{ chosen | sql }}
        AND {{ k.compared('f', 'a') | sql }}
  )
{% endif %}
{% if k.parent.has_children %}
  AND f.devdb_tableoid = {{ k.parent.oid | literal }}
{% endif %}
{% endmacro %}

{# A temporary table, empty. #}
{% macro empty(scratch) %}
{% if scratch.is_new %}
CREATE TEMPORARY TABLE {{ scratch.name | ident }} ({{ scratch.columns | sql }}) ON COMMIT DROP;
{% else %}
TRUNCATE pg_temp.{{ scratch.name | ident }};
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

{# The child's rows, seen as c, that point at nothing; key is a devdb.catalog.model.ForeignKey. #}
{% macro dangling(key) %}
{{ key.child.only | sql }} AS c
WHERE NOT EXISTS (
    SELECT FROM {{ key.parent.only | sql }} AS p
    WHERE {{ key.joined('p', 'c') | sql }}
)
{% for name in key.child_columns %}
  AND c.{{ name | ident }} IS NOT NULL
{% endfor %}
{% endmacro %}

{# The number of the statement that a key is sent in: neighbours together. #}
{% macro chunk(k) %}
(pg_catalog.row_number() OVER (ORDER BY {{ k.names | idents('k') }}) - 1) / {{ k.chunk | literal }}
{%- endmacro %}
