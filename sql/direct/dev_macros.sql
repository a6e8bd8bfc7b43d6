{# What the statements about keys share that run in the dev database while rows are read from the source. #}

{# A temporary table of this session, empty, with an index on columns that are looked up. #}
{% macro fresh(scratch, indexed="") %}
CREATE TEMPORARY TABLE IF NOT EXISTS {{ scratch.name | ident }} ({{ scratch.columns | sql }});
TRUNCATE pg_temp.{{ scratch.name | ident }};
{% if indexed %}
CREATE INDEX IF NOT EXISTS {{ (scratch.name ~ "_index") | ident }} ON pg_temp.{{ scratch.name | ident }} ({{ indexed | sql }});
{% endif %}
{% endmacro %}

{# One row: an array, as text, of each column of the keys that are next; k is a KeySet or an Expansion. An array of arrays
   would be taken for one of their elements. #}
{% macro key_arrays(k, condition) %}
SELECT {% for name in k.names %}pg_catalog.array_agg(a.{{ name | ident }}{% if k.columns[loop.index0].is_array %}::text{% endif %})::text{% if not loop.last %}, {% endif %}{% endfor %}

FROM pg_temp.{{ k.asked.name | ident }} AS a
WHERE {{ condition | sql }} AND a.chunk = pg_catalog.current_setting('devdb.chunk')::bigint;
{% endmacro %}
