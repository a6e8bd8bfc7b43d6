-- What:         the statements by which tables are completed in rounds, each named by a line before it
-- Parameters:   group (devdb.sampling.groups.Group)  the tables
-- Transaction:  either
-- Repeatable:   no
-- Why:          the same rounds as in populate/in_rounds.sql; who runs them fetches the rows in between, and keeps the
--               number of the round in a setting

{% from "populate/round_macros.sql" import noted, noted_names, begin, remember, ask_keys, know_parents, ask_children, settle_children %}
{% from "direct/dev_macros.sql" import fresh, key_arrays %}
{% set step = "pg_catalog.current_setting('devdb.step')::integer" %}
{% set at = {"step": step, "before": step ~ " - 1", "mark": "pg_catalog.current_setting('devdb.mark')::integer"} %}
-- devdb: begin
{% for table in group.tables %}
{{ fresh(group.added[table.oid], "round") | sql }}
{{ fresh(group.stage[table.oid]) | sql }}
{% if table.oid in group.known %}
{{ fresh(group.known[table.oid]) | sql }}
{% endif %}
{{ begin(group, table) | sql }}
{% endfor %}
{% for k in group.key_sets %}
{{ fresh(k.asked, "round, chunk") | sql }}
{{ remember(group, k, '0') | sql }}
{% endfor %}
{% for e in group.expansions %}
{{ fresh(e.asked, "chunk") | sql }}
{% endfor %}
{% for k in group.key_sets %}
-- devdb: ask keys {{ loop.index0 | string | sql }}
{{ ask_keys(group, k, at) | sql }}
-- devdb: last of keys {{ loop.index0 | string | sql }}
SELECT pg_catalog.max(a.chunk) FROM pg_temp.{{ k.asked.name | ident }} AS a WHERE a.round = {{ at.step | sql }};
-- devdb: keys {{ loop.index0 | string | sql }}
{{ key_arrays(k, "a.round = " ~ at.step) | sql }}
-- devdb: settle keys {{ loop.index0 | string | sql }}
WITH came AS (
    INSERT INTO {{ k.table.filled | sql }} AS t ({{ k.table.loaded_columns | idents }}) OVERRIDING SYSTEM VALUE
    SELECT {{ k.table.loaded_columns | idents('s') }}
    FROM pg_temp.{{ group.stage[k.table.oid].name | ident }} AS s
{% if k.own_references %}
    WHERE NOT EXISTS (
        SELECT FROM pg_temp.{{ k.asked.name | ident }} AS a
        WHERE {{ k.compared('s', 'a') | sql }} AND a.round < {{ at.step | sql }}
    )
{% endif %}
    RETURNING {{ at.step | sql }}{% if group.expansions %}, false, true{% endif %}{{ noted(group, k.table) | sql }}
)
INSERT INTO pg_temp.{{ group.added[k.table.oid].name | ident }} (round{{ noted_names(group, k.table) | sql }})
SELECT * FROM came;
-- devdb: remember keys {{ loop.index0 | string | sql }}
{% for other in group.key_sets %}
{% if other.table == k.table %}
{% if other is not sameas k %}
{{ remember(group, other, at.step) | sql }}
{% elif k.own_references %}
{{ remember(group, other, at.step, renewed=true) | sql }}
{% endif %}
{% endif %}
{% endfor %}
{% endfor %}
-- devdb: know
{% for table in group.tables if table.oid in group.known %}
{{ know_parents(group, table, at) | sql }}
{% endfor %}
{% for e in group.expansions %}
-- devdb: ask children {{ loop.index0 | string | sql }}
TRUNCATE pg_temp.{{ e.asked.name | ident }};
{{ ask_children(group, e, at) | sql }}
-- devdb: last of children {{ loop.index0 | string | sql }}
SELECT pg_catalog.max(a.chunk) FROM pg_temp.{{ e.asked.name | ident }} AS a;
-- devdb: children {{ loop.index0 | string | sql }}
{{ key_arrays(e, "true") | sql }}
-- devdb: settle children {{ loop.index0 | string | sql }}
{{ settle_children(group, e.child, at) | sql }}
{% endfor %}
-- devdb: remember children
{% for k in group.key_sets if k.table.oid in group.known %}
{{ remember(group, k, at.step) | sql }}
{% endfor %}
-- devdb: count
{% for table in group.tables if table.oid in group.known %}
SELECT {{ table.oid | literal }}, pg_catalog.count(*)
FROM pg_temp.{{ group.added[table.oid].name | ident }} AS c WHERE c.round > 0 AND c.is_new AND c.is_chosen
{% if not loop.last %}
UNION ALL
{% endif %}
{% else %}
SELECT 0, 0 WHERE false
{% endfor %}
