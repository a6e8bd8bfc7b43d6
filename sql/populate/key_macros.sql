{# The SQL that statements about keys share; k is a devdb.sampling.keys.KeySet, ask one of its asks. #}
{% from "populate/mask_macros.sql" import masked %}

{# The values that the condition `chosen` chooses, each once: the source's planner believes that all are different. #}
{% macro values(k, value, chosen) %}
ANY (ARRAY(SELECT {% if k.columns | length > 1 %}DISTINCT {% endif %}{{ value | sql }} FROM pg_temp.{{ k.asked.name | ident }} AS a WHERE {{ chosen | sql }}))
{%- endmacro %}

{# The rows that the keys chosen by the condition `chosen` name. Composite keys are asked for column by column, which
   names a superset; a hash has the source leave out most of it, and EXISTS makes it exact. So it does where a column
   is of a type that cannot be sent. #}
{% macro named_rows(k, chosen) %}
{% call masked(k.table) %}
SELECT {{ k.table.raw | sql }}
FROM {{ k.rows(chosen) | sql }} AS f
WHERE true
{% if not k.is_distant %}
{% for column, equals, value in k.sent %}
  AND f.{{ column | ident }} {{ equals | sql }} {{ values(k, value, chosen) | sql }}
{% endfor %}
{% endif %}
{% if not k.is_exact %}
{% if not k.is_distant and k.hash('f', k.column_names) %}
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
{% endcall %}
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
SELECT {{ ask.values(k) | sql }}
FROM {{ ask.key.child.held | sql }} AS c {{ ask.lateral | sql }}
WHERE {{ condition | sql }}
  AND {{ ask.present | sql }}
{% endmacro %}

{# Notes the keys that rows in the dev database hold, each once, but those of rows that are there. #}
{% macro missing_keys(k) %}
INSERT INTO pg_temp.{{ k.asked.name | ident }}
SELECT k.*, {{ chunk(k) | sql }}
FROM (
    SELECT DISTINCT h.*
    FROM (
{% for ask in k.asks %}
{% if not loop.first %}
UNION ALL
{% endif %}
{{ held_keys(ask, k, 'true') | sql }}
{%- endfor %}
    ) AS h
) AS k ({{ k.names | idents }})
WHERE NOT EXISTS (
    SELECT FROM {{ k.parent.held | sql }} AS p
    WHERE {{ k.compared('p', 'k') | sql }}
);
{% endmacro %}

{# The children, of the parents whose keys are chosen by the condition `chosen`; e is a devdb.sampling.keys.Expansion.
   With a maximum each parent's are asked for by themselves, so that the source reads no more of them than are wanted. #}
{% macro children(e, chosen) %}
{% call masked(e.child) %}
{% set columns = e.child.loaded_columns %}
{% if e.follow.max is none and e.key.each %}
SELECT {{ columns | idents('f') }}
FROM {{ e.rows(chosen) | sql }} AS f
WHERE EXISTS (
    SELECT
    FROM (SELECT) AS one {{ e.lateral | sql }}
    JOIN pg_temp.{{ e.asked.name | ident }} AS a ON {{ e.compared('a') | sql }}
    WHERE {{ chosen | sql }}
)
{% if e.overlapping %}
  AND {{ e.overlapping | sql }} && ARRAY(SELECT a.k1 FROM pg_temp.{{ e.asked.name | ident }} AS a WHERE {{ chosen | sql }})
{% endif %}
{% if e.key.child.has_children %}
  AND f.devdb_tableoid = {{ e.key.child.oid | literal }}
{% endif %}
{% if e.where %}
  AND {{ e.where | sql }}
{% endif %}
{% elif e.is_distant and e.follow.max is not none %}
SELECT {% if e.key.each %}DISTINCT ON (d.devdb_row) {% endif %}{{ columns | idents('d') }}
FROM (
    SELECT
        {% if e.key.each %}f.devdb_row,{% endif %}

        {% if columns %}{{ e.key.child.raw | sql }},{% endif %}

        pg_catalog.row_number() OVER (
            PARTITION BY {{ e.references | sql }}
            ORDER BY {{ e.order_by | sql }}
        ) AS devdb_number
    FROM {% if e.key.each %}(SELECT f.*, pg_catalog.row_number() OVER () AS devdb_row FROM {{ e.rows(chosen) | sql }} AS f){% else %}{{ e.rows(chosen) | sql }}{% endif %} AS f {{ e.lateral | sql }}
    WHERE EXISTS (
        SELECT FROM pg_temp.{{ e.asked.name | ident }} AS a
        WHERE {{ chosen | sql }}
          AND {{ e.compared('a') | sql }}
    )
{% if e.where %}
      AND {{ e.where | sql }}
{% endif %}
) AS d
WHERE d.devdb_number <= {{ e.follow.max | literal }}
{% elif e.follow.max is none %}
SELECT {{ e.key.child.raw | sql }}
FROM {{ e.rows(chosen) | sql }} AS f {{ e.lateral | sql }}
WHERE true
{% if not e.is_distant %}
{% for reference, equals, value in e.sent %}
  AND {{ reference | sql }} {{ equals | sql }} {{ values(e, value, chosen) | sql }}
{% endfor %}
{% endif %}
{% if not e.is_exact %}
  AND EXISTS (
      SELECT FROM pg_temp.{{ e.asked.name | ident }} AS a
      WHERE {{ chosen | sql }}
        AND {{ e.compared('a') | sql }}
  )
{% endif %}
{% if e.key.child.has_children %}
  AND f.devdb_tableoid = {{ e.key.child.oid | literal }}
{% endif %}
{% if e.where %}
  AND {{ e.where | sql }}
{% endif %}
{% else %}
SELECT {% if e.key.each %}DISTINCT ON (d.devdb_row) {% endif %}{{ columns | idents('d') }}
FROM pg_temp.{{ e.asked.name | ident }} AS a
CROSS JOIN LATERAL (
    SELECT {% if e.key.each %}f.ctid AS devdb_row{% if columns %}, {% endif %}{% endif %}{{ columns | idents('f') }}
    FROM {{ e.foreign.sql | sql }} AS f {{ e.lateral | sql }}
    WHERE {{ e.compared('a') | sql }}
{% if e.key.child.has_children %}
      AND f.devdb_tableoid = {{ e.key.child.oid | literal }}
{% endif %}
{% if e.where %}
      AND {{ e.where | sql }}
{% endif %}
    ORDER BY
{{ e.order_by | sql }}
    LIMIT {{ e.follow.max | literal }}
) AS d
WHERE {{ chosen | sql }}
{% endif %}
{% endcall %}
{% endmacro %}

{# Has a wrapper read no more children of a parent than are wanted. Without statistics it takes all parents for small, and
   would have LIMIT and ORDER BY done here: so it is kept from sorting here, and fetches but a few rows at once. #}
{% macro begin_few(e) %}
{% if e.follow.max is not none and not e.is_distant %}
ALTER FOREIGN TABLE {{ e.foreign.sql | sql }} OPTIONS (ADD fetch_size {{ e.fetch_size | string | literal }});
PERFORM pg_catalog.set_config('enable_sort', 'off', true);
{% endif %}
{% endmacro %}

{% macro end_few(e) %}
{% if e.follow.max is not none and not e.is_distant %}
PERFORM pg_catalog.set_config('enable_sort', 'on', true);
ALTER FOREIGN TABLE {{ e.foreign.sql | sql }} OPTIONS (DROP fetch_size);
{% endif %}
{% endmacro %}

{# Notes the keys of the parent's rows in the dev database, those of which the condition holds. #}
{% macro parent_keys(e, condition) %}
INSERT INTO pg_temp.{{ e.asked.name | ident }}
SELECT {{ e.names | idents('k') }}, {{ chunk(e) | sql }}
FROM (
    SELECT {{ e.parent_values('p') | sql }}
    FROM {{ e.key.parent.held | sql }} AS p
    WHERE {{ condition | sql }}
{% for name in e.key.parent_columns %}
      AND p.{{ name | ident }} IS NOT NULL
{% endfor %}
) AS k ({{ e.names | idents }});
{% endmacro %}

{# The number of the statement that a key is sent in: neighbours together. #}
{% macro chunk(k) %}
(pg_catalog.row_number() OVER (ORDER BY {{ k.names | idents('k') }}) - 1) / {{ k.chunk | literal }}
{%- endmacro %}
