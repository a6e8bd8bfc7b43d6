{#- The operator pg_operator AS o of the schema pg_namespace AS s, as an expression names it. -#}
CASE s.nspname WHEN 'pg_catalog' THEN o.oprname ELSE pg_catalog.format('OPERATOR(%I.%s)', s.nspname, o.oprname) END
