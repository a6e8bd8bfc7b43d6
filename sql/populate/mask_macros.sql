{# Rows of a table as they are to be loaded: what the caller's SELECT of its loaded columns finds, masked on the way. In a
   SELECT around it: within, ORDER BY would take a column's name for the masked one, and bare names could be another's. #}
{% macro masked(table) %}
{% if table.masks %}
SELECT {{ table.masked | sql }}
FROM (
{{ caller() | sql }}
) AS f
{%- else %}
{{ caller() | sql }}
{%- endif %}
{% endmacro %}
