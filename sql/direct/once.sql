-- What:         the statements by which a table is completed in one pass, each named by a line before it
-- Parameters:   group (devdb.sampling.groups.Group)  the table
-- Transaction:  either
-- Repeatable:   no
-- Why:          as populate/parents_at_once.sql and children_at_once.sql; who runs them fetches the rows in between

{% from "populate/key_macros.sql" import missing_keys, parent_keys %}
{% from "direct/dev_macros.sql" import fresh, key_arrays %}
{% for k in group.key_sets %}
-- devdb: ask keys {{ loop.index0 | string | sql }}
{{ fresh(k.asked, "chunk") | sql }}
{{ missing_keys(k) | sql }}
-- devdb: last of keys {{ loop.index0 | string | sql }}
SELECT pg_catalog.max(a.chunk) FROM pg_temp.{{ k.asked.name | ident }} AS a;
-- devdb: keys {{ loop.index0 | string | sql }}
{{ key_arrays(k, "true") | sql }}
{% endfor %}
{% for e in group.expansions %}
-- devdb: ask children {{ loop.index0 | string | sql }}
{{ fresh(e.asked, "chunk") | sql }}
{{ parent_keys(e, 'true') | sql }}
-- devdb: last of children {{ loop.index0 | string | sql }}
SELECT pg_catalog.max(a.chunk) FROM pg_temp.{{ e.asked.name | ident }} AS a;
-- devdb: children {{ loop.index0 | string | sql }}
{{ key_arrays(e, "true") | sql }}
{% endfor %}
