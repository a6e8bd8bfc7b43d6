{#- The condition that the catalog's questions share: pg_namespace AS n is one of the chosen schemas, or no system's. -#}
{% if schemas %}
n.nspname IN ({{ schemas | literals }})
{% else %}
n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
{% endif %}
