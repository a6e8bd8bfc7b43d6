{#- The rows of tables with gates, before the run changes them. -#}
CREATE TEMPORARY TABLE devdb_rows_before ON COMMIT DROP AS
{% for gate in gates %}
SELECT {{ gate.shown | literal }}::text AS table_name, pg_catalog.count(*) AS row_count FROM {{ gate.schema | ident }}.{{ gate.table | ident }}{% if loop.last %};{% else %} UNION ALL{% endif %}

{% endfor %}
