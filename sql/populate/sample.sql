-- What:         take the seed rows: those that the rules choose
-- Parameters:   takes (list)  what to take from which table (devdb.sampling.rules.Take)
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          a table may have no columns, or none but generated ones: then none are named

{% from "populate/mask_macros.sql" import masked %}
{% for take in takes %}
{% set columns = take.table.loaded_columns %}
\warn {{ "taking %s" | format(take.table.name) | argument }}
{% if take.query %}
ALTER FOREIGN TABLE {{ take.foreign.sql | sql }} OPTIONS (SET query {{ take.query | literal }});
{% endif %}
INSERT INTO {{ take.table.filled | sql }} {% if columns %}({{ columns | idents }}) {% endif %}OVERRIDING SYSTEM VALUE
{% call masked(take.table) %}
SELECT {{ take.table.raw | sql }}
FROM {{ take.rows | sql }} AS f
WHERE true
{% if take.table.has_children %}
-- The source answers for the children too, which are tables of their own.
  AND f.devdb_tableoid = {{ take.table.oid | literal }}
{% endif %}
{% if take.where %}
  AND {{ take.where | sql }}
{% endif %}
{% if take.order_by %}
ORDER BY
{{ take.order_by | sql }}
{% endif %}
{% if take.limit is not none %}
LIMIT {{ take.limit | literal }}
{% endif %}
{% endcall %}
;
INSERT INTO pg_temp.devdb_taken VALUES ({{ take.table.name.sql | literal }}, 'rule', :ROW_COUNT, pg_catalog.clock_timestamp());
{% if take.query %}
ALTER FOREIGN TABLE {{ take.foreign.sql | sql }} OPTIONS (SET query {{ take.whole_query | literal }});
{% endif %}
{% endfor %}
