{# What:        complete tables on a cycle together, in rounds: each follows the keys of rows that the last one brought
   Parameters:  group (devdb.sampling.closure.Group)
   Why:         the cost of a round follows the number of its rows: a chain of 10,000 takes 10,000 rounds.
                Plans are made once, while the tables of a round are all but empty: without a nudge they would read
                them from end to end, rounds long past included. #}
{% from "populate/key_macros.sql" import empty, named_rows, held_keys, chunk %}

{# The row lies in this partition, or in one that this is divided into. #}
{% macro lies_in(partition) %}
c.leaf = ANY (ARRAY(SELECT p.relid FROM pg_catalog.pg_partition_tree({{ partition.name.regclass | sql }}) AS p))
{%- endmacro %}

{# Rows of the set's table that a round brought: their keys need not be asked for. #}
{% macro remember(k, round) %}
INSERT INTO pg_temp.{{ k.asked.name | ident }}
SELECT {{ group.aliases(k.table, k.column_names) | idents('c') }}, 0, NULL
FROM pg_temp.{{ group.added[k.table.oid].name | ident }} AS c
WHERE c.round = {{ round | sql }}
{% for name in group.aliases(k.table, k.column_names) %}
  AND c.{{ name | ident }} IS NOT NULL
{% endfor %}
{% if k.parent != k.table %}
  AND {{ lies_in(k.parent) | sql }}
{% endif %}
ON CONFLICT DO NOTHING;
{% endmacro %}

{# The keys that rows of the last round hold. #}
{% macro added_keys(ask, k) %}
SELECT {{ ask.values(k, 'c', group) | sql }}
FROM pg_temp.{{ group.added[ask.child.oid].name | ident }} AS c
WHERE c.round = devdb.step - 1
{% for name in group.aliases(ask.child, ask.key.child_columns) %}
  AND c.{{ name | ident }} IS NOT NULL
{% endfor %}
{% if ask.partition %}
  AND {{ lies_in(ask.partition) | sql }}
{% endif %}
{% endmacro %}

SET LOCAL enable_seqscan = off;
DO $devdb$
<<devdb>>
DECLARE
    step integer := 0;
    last_chunk bigint;
    fetched bigint;
{% for table in group.tables %}
    {{ group.total(table) | ident }} bigint := 0;
    {{ group.came(table) | ident }} bigint;
    {{ group.coming(table) | ident }} bigint := 0;
{% endfor %}
BEGIN
    -- What each round brought; round 0 are the rows taken by rules.
{% for table in group.tables %}
{{ empty(group.added[table.oid]) | sql }}
{% if group.added[table.oid].is_new %}
    CREATE INDEX ON pg_temp.{{ group.added[table.oid].name | ident }} (round);
{% endif %}
    INSERT INTO pg_temp.{{ group.added[table.oid].name | ident }}
    SELECT
        0 AS round,
{% if table.oid in group.leaves %}
        t.tableoid AS leaf,
{% endif %}
{% for name in group.remembered(table) %}
        t.{{ name | ident }} AS {{ group.aliases(table, [name])[0] | ident }}{% if not loop.last %},{% endif %}

{% endfor %}
    FROM {{ table.only | sql }} AS t;
{% endfor %}
    -- Keys that are there or were asked for, by the round that asked.
{% for k in group.key_sets %}
{{ empty(k.asked) | sql }}
{% if k.asked.is_new %}
    CREATE INDEX ON pg_temp.{{ k.asked.name | ident }} (round, chunk);
{% endif %}
{{ remember(k, '0') | sql }}
{% endfor %}
    LOOP
        step := devdb.step + 1;
{% for table in group.tables %}
        {{ group.came(table) | ident }} := devdb.{{ group.coming(table) | ident }};
        {{ group.coming(table) | ident }} := 0;
{% endfor %}
{% for k in group.key_sets %}
        IF devdb.step = 1{% for ask in k.asks if ask.is_inner %} OR devdb.{{ group.came(ask.child) | ident }} > 0{% endfor %} THEN
        INSERT INTO pg_temp.{{ k.asked.name | ident }}
        SELECT k.*, devdb.step, {{ chunk(k) | sql }}
        FROM (
{% for ask in k.asks %}
{% if not loop.first %}
UNION
{% endif %}
{% if ask.is_inner %}
{{ added_keys(ask, k) | sql }}
{%- else %}
{{ held_keys(ask, k, 'devdb.step = 1') | sql }}
{%- endif %}
{% endfor %}
        ) AS k ({{ k.names | idents }})
        ON CONFLICT DO NOTHING;
        SELECT pg_catalog.max(a.chunk) INTO last_chunk
        FROM pg_temp.{{ k.asked.name | ident }} AS a WHERE a.round = devdb.step;
        <<chunks>>
        FOR chosen IN 0 .. COALESCE(devdb.last_chunk, -1) LOOP
            WITH came AS (
                INSERT INTO {{ k.table.name.sql | sql }} AS t ({{ k.table.loaded_columns | idents }})
                OVERRIDING SYSTEM VALUE
{{ named_rows(k, 'a.round = devdb.step AND a.chunk = chunks.chosen') | sql }}
                RETURNING {% if k.table.oid in group.leaves %}t.tableoid, {% endif %}{{ group.remembered(k.table) | idents('t') }}
            )
            INSERT INTO pg_temp.{{ group.added[k.table.oid].name | ident }}
            SELECT devdb.step, came.* FROM came;
            GET DIAGNOSTICS fetched = ROW_COUNT;
            {{ group.coming(k.table) | ident }} := devdb.{{ group.coming(k.table) | ident }} + devdb.fetched;
            {{ group.total(k.table) | ident }} := devdb.{{ group.total(k.table) | ident }} + devdb.fetched;
        END LOOP;
{% for other in group.key_sets %}
{% if other.table == k.table and other is not sameas k %}
{{ remember(other, 'devdb.step') | sql }}
{% endif %}
{% endfor %}
        END IF;
{% endfor %}
        EXIT WHEN {% for table in group.tables %}devdb.{{ group.coming(table) | ident }} = 0{% if not loop.last %} AND {% endif %}{% endfor %};
    END LOOP;
{% for table in group.tables %}
    INSERT INTO pg_temp.devdb_taken
    VALUES ({{ table.name.sql | literal }}, 'key', devdb.{{ group.total(table) | ident }}, pg_catalog.clock_timestamp());
{% endfor %}
END
$devdb$;
SET LOCAL enable_seqscan = DEFAULT;
