{# The statements of which rounds are made: a group of tables that bring rows of each other is completed by running them
   again and again. `at` says where the number of the round is found: at.step that of this round, at.before that of the
   one before, at.mark the last one whose rows were looked at for children. #}
{% from "populate/key_macros.sql" import held_keys, chunk %}

{# The row lies in this partition, or in one that this is divided into. #}
{% macro lies_in(partition, alias) %}
{{ alias | ident }}.leaf = ANY (ARRAY(SELECT p.relid FROM pg_catalog.pg_partition_tree({{ partition.name.regclass | sql }}) AS p))
{%- endmacro %}

{# What is noted of a row t; of rows without a primary key, equal ones are counted. #}
{% macro noted(group, table) %}
{% if table.oid in group.leaves %}, t.tableoid{% endif %}{% for _, value in group.remembered(table) %}, {{ value | sql }}{% endfor %}
{%- endmacro %}

{% macro noted_names(group, table) %}
{% if group.expansions %}, is_chosen, is_new{% endif %}{% if table.oid in group.leaves %}, leaf{% endif %}{% for name, _ in group.remembered(table) %}, {{ name | ident }}{% endfor %}
{%- endmacro %}

{# Round 0 are the rows taken by rules: those that are there. #}
{% macro begin(group, table) %}
{% set identity = group.identity(table) %}
INSERT INTO pg_temp.{{ group.added[table.oid].name | ident }} (round{{ noted_names(group, table) | sql }})
SELECT 0{% if group.expansions %}, true, true{% endif %}{{ noted(group, table) | sql }}
FROM {{ table.held | sql }} AS t;
{% if table.oid in group.known %}
INSERT INTO pg_temp.{{ group.known[table.oid].name | ident }} ({{ identity.names | idents }}, is_chosen)
SELECT {% for _, value in identity.values %}{{ value | sql }}, {% endfor %}{% if identity.is_numbered %}{{ identity.numbering | sql }}, {% endif %}true
FROM {{ table.held | sql }} AS t;
{% endif %}
{% endmacro %}

{# Rows of the set's table that a round brought: their keys need not be asked for; `renewed`, not even in this round. #}
{% macro remember(group, k, round, renewed=false) %}
INSERT INTO pg_temp.{{ k.asked.name | ident }}
SELECT {{ group.aliases(k.table, k.column_names) | idents('c') }}, 0, NULL
FROM pg_temp.{{ group.added[k.table.oid].name | ident }} AS c
WHERE c.round = {{ round | sql }}
{% for name in group.aliases(k.table, k.column_names) %}
  AND c.{{ name | ident }} IS NOT NULL
{% endfor %}
{% if k.parent != k.table %}
  AND {{ lies_in(k.parent, 'c') | sql }}
{% endif %}
ON CONFLICT {% if renewed %}({{ k.names | idents }}) DO UPDATE SET round = 0, chunk = NULL{% else %}DO NOTHING{% endif %};
{% endmacro %}

{# The keys that rows of the last round hold, under the names of the table. #}
{% macro added_keys(group, ask, k, at) %}
SELECT {{ ask.values(k) | sql }}
FROM (
    SELECT {{ group.renamed(ask.child, ask.key.read_columns) | sql }}
    FROM pg_temp.{{ group.added[ask.child.oid].name | ident }} AS a
    WHERE a.round = {{ at.before | sql }}
{% if ask.partition %}
      AND {{ lies_in(ask.partition, 'a') | sql }}
{% endif %}
) AS c {{ ask.lateral | sql }}
WHERE {{ ask.present | sql }}
{% endmacro %}

{# The keys that were not asked for before. #}
{% macro ask_keys(group, k, at) %}
INSERT INTO pg_temp.{{ k.asked.name | ident }}
SELECT k.*, {{ at.step | sql }}, {{ chunk(k) | sql }}
FROM (
{% for ask in k.asks %}
{% if not loop.first %}
UNION
{% endif %}
{% if ask.is_inner %}
{{ added_keys(group, ask, k, at) | sql }}
{%- else %}
{{ held_keys(ask, k, at.step ~ ' = 1') | sql }}
{%- endif %}
{% endfor %}
) AS k ({{ k.names | idents }})
ON CONFLICT DO NOTHING;
{% endmacro %}

{# What came because keys refer to it is known from now on. #}
{% macro know_parents(group, table, at) %}
{% set identity = group.identity(table) %}
INSERT INTO pg_temp.{{ group.known[table.oid].name | ident }} ({{ identity.names | idents }}, is_chosen)
SELECT {% for name, _ in identity.values %}c.{{ name | ident }}, {% endfor %}{% if identity.is_numbered %}1, {% endif %}false
FROM pg_temp.{{ group.added[table.oid].name | ident }} AS c
WHERE c.round = {{ at.step | sql }}
ON CONFLICT DO NOTHING;
{% endmacro %}

{# The keys of the rows whose children were not looked for yet. #}
{% macro ask_children(group, e, at) %}
INSERT INTO pg_temp.{{ e.asked.name | ident }}
SELECT k.*, {{ chunk(e) | sql }}
FROM (
{% if e.is_inner %}
    SELECT {{ e.parent_values('c', group.aliases(e.parent, e.key.parent_columns)) | sql }}
    FROM pg_temp.{{ group.added[e.parent.oid].name | ident }} AS c
    WHERE c.round > {{ at.mark | sql }} AND c.round < {{ at.step | sql }}
      AND c.{% if e.follow.of == 'chosen' %}is_chosen{% else %}is_new{% endif %}

{% for name in group.aliases(e.parent, e.key.parent_columns) %}
      AND c.{{ name | ident }} IS NOT NULL
{% endfor %}
{% if e.partition %}
      AND {{ lies_in(e.partition, 'c') | sql }}
{% endif %}
{% else %}
    SELECT {{ e.parent_values('p') | sql }}
    FROM {{ e.key.parent.held | sql }} AS p
    WHERE {{ at.mark | sql }} < 0
{% for name in e.key.parent_columns %}
      AND p.{{ name | ident }} IS NOT NULL
{% endfor %}
{% endif %}
) AS k ({{ e.names | idents }});
{% endmacro %}

{# The children that arrived: those that are there and not chosen become so, the others are put into the table. #}
{% macro settle_children(group, table, at) %}
{% set identity = group.identity(table) %}
{% set stage = group.stage[table.oid].name %}
{% set known = group.known[table.oid].name %}
WITH arrived AS MATERIALIZED (
    SELECT
        t.*{% for name, value in identity.values %},
        {{ value | sql }} AS devdb_{{ name | sql }}{% endfor %}{% if identity.is_numbered %},
        {{ identity.numbering | sql }} AS devdb_number{% endif %}

    FROM pg_temp.{{ stage | ident }} AS t
), there AS MATERIALIZED (
    SELECT DISTINCT ON ({% for name in identity.names %}t.devdb_{{ name | sql }}{% if not loop.last %}, {% endif %}{% endfor %})
        t.*, n.is_chosen AS devdb_is_chosen
    FROM arrived AS t
    LEFT JOIN pg_temp.{{ known | ident }} AS n ON {% for name in identity.names %}n.{{ name | ident }} = t.devdb_{{ name | sql }}{% if not loop.last %} AND {% endif %}{% endfor %}

    WHERE n.is_chosen IS DISTINCT FROM true
), noted AS (
    INSERT INTO pg_temp.{{ known | ident }} ({{ identity.names | idents }}, is_chosen)
    SELECT {% for name in identity.names %}t.devdb_{{ name | sql }}, {% endfor %}true FROM there AS t
    ON CONFLICT ({{ identity.names | idents }}) DO UPDATE SET is_chosen = true
), came AS (
    INSERT INTO {{ table.filled | sql }} AS t ({{ table.loaded_columns | idents }}) OVERRIDING SYSTEM VALUE
    SELECT {{ table.loaded_columns | idents('t') }} FROM there AS t WHERE t.devdb_is_chosen IS NULL
    RETURNING {{ at.step | sql }}, true, true{{ noted(group, table) | sql }}
), chosen AS (
    SELECT {{ at.step | sql }}, true, false{% if table.oid in group.leaves %}, (
        SELECT a.leaf
        FROM pg_temp.{{ group.added[table.oid].name | ident }} AS a
        WHERE a.is_new{% for name, _ in identity.values %} AND a.{{ name | ident }} = t.devdb_{{ name | sql }}{% endfor %}

        LIMIT 1
    ){% endif %}{% for _, value in group.remembered(table) %}, {{ value | sql }}{% endfor %}

    FROM there AS t WHERE NOT t.devdb_is_chosen
)
INSERT INTO pg_temp.{{ group.added[table.oid].name | ident }} (round{{ noted_names(group, table) | sql }})
SELECT * FROM came UNION ALL SELECT * FROM chosen;
{% endmacro %}
