{# What:        complete tables that bring rows of each other together, in rounds: each follows the keys of rows that the
                last one brought; when these bring nothing more, children are looked for, and it begins anew
   Parameters:  group (devdb.sampling.groups.Group)
   Why:         the cost of a round follows the number of its rows: a chain of 10,000 takes 10,000 rounds.
                Plans are made once, while the tables of a round are all but empty: without a nudge they would read
                them from end to end, rounds long past included. #}
{% from "populate/key_macros.sql" import empty, named_rows, children, begin_few, end_few %}
{% from "populate/round_macros.sql" import noted, noted_names, begin, remember, ask_keys, know_parents, ask_children, settle_children %}
{% set at = {"step": "devdb.step", "before": "devdb.step - 1", "mark": "devdb.mark"} %}

SET LOCAL enable_seqscan = off;
DO $devdb$
-- A virtual key may name a column as a variable is named.
#variable_conflict use_column
<<devdb>>
DECLARE
    step integer := 0;
{% if group.expansions %}
    mark integer := -1;
    level integer := 0;
{% endif %}
    last_chunk bigint;
    fetched bigint;
{% for table in group.tables %}
    {{ group.total(table) | ident }} bigint := 0;
    {{ group.came(table) | ident }} bigint;
    {{ group.coming(table) | ident }} bigint := 0;
{% endfor %}
{% for table in group.tables if table.oid in group.known %}
    {{ group.children(table) | ident }} bigint := 0;
{% endfor %}
BEGIN
    -- What each round brought; round 0 are the rows taken by rules.
{% for table in group.tables %}
{{ empty(group.added[table.oid]) | sql }}
{% if group.added[table.oid].is_new %}
    CREATE INDEX ON pg_temp.{{ group.added[table.oid].name | ident }} (round);
{% endif %}
{% if table.oid in group.known %}
{{ empty(group.known[table.oid]) | sql }}
{{ empty(group.stage[table.oid]) | sql }}
{% endif %}
{{ begin(group, table) | sql }}
{% endfor %}
    -- Keys that are there or were asked for, by the round that asked.
{% for k in group.key_sets %}
{{ empty(k.asked) | sql }}
{% if k.asked.is_new %}
    CREATE INDEX ON pg_temp.{{ k.asked.name | ident }} (round, chunk);
{% endif %}
{{ remember(group, k, '0') | sql }}
{% endfor %}
{% for e in group.expansions %}
{{ empty(e.asked) | sql }}
{% endfor %}
{% if group.expansions %}
    LOOP
{% endif %}
    LOOP
        step := devdb.step + 1;
{% for table in group.tables %}
        {{ group.came(table) | ident }} := devdb.{{ group.coming(table) | ident }};
        {{ group.coming(table) | ident }} := 0;
{% endfor %}
{% for k in group.key_sets %}
        IF devdb.step = 1{% for ask in k.asks if ask.is_inner %} OR devdb.{{ group.came(ask.child) | ident }} > 0{% endfor %} THEN
{{ ask_keys(group, k, at) | sql }}
        SELECT pg_catalog.max(a.chunk) INTO last_chunk
        FROM pg_temp.{{ k.asked.name | ident }} AS a WHERE a.round = devdb.step;
        <<chunks>>
        FOR chosen IN 0 .. COALESCE(devdb.last_chunk, -1) LOOP
            WITH came AS (
                INSERT INTO {{ k.table.filled | sql }} AS t ({{ k.table.loaded_columns | idents }})
                OVERRIDING SYSTEM VALUE
{{ named_rows(k, 'a.round = devdb.step AND a.chunk = chunks.chosen') | sql }}
                RETURNING devdb.step{% if group.expansions %}, false, true{% endif %}{{ noted(group, k.table) | sql }}
            )
            INSERT INTO pg_temp.{{ group.added[k.table.oid].name | ident }} (round{{ noted_names(group, k.table) | sql }})
            SELECT * FROM came;
            GET DIAGNOSTICS fetched = ROW_COUNT;
            {{ group.coming(k.table) | ident }} := devdb.{{ group.coming(k.table) | ident }} + devdb.fetched;
            {{ group.total(k.table) | ident }} := devdb.{{ group.total(k.table) | ident }} + devdb.fetched;
        END LOOP;
{% for other in group.key_sets %}
{% if other.table == k.table and other is not sameas k %}
{{ remember(group, other, 'devdb.step') | sql }}
{% endif %}
{% endfor %}
        END IF;
{% endfor %}
        EXIT WHEN {% for table in group.tables %}devdb.{{ group.coming(table) | ident }} = 0{% if not loop.last %} AND {% endif %}{% endfor %};
{% for table in group.tables if table.oid in group.known %}
{{ know_parents(group, table, at) | sql }}
{% endfor %}
    END LOOP;
{% if group.expansions %}
    step := devdb.step + 1;
{% for e in group.expansions %}
{% if e.follow.depth is not none %}
    IF devdb.level < {{ e.follow.depth | literal }} THEN
{% endif %}
    TRUNCATE pg_temp.{{ e.asked.name | ident }};
{{ ask_children(group, e, at) | sql }}
    SELECT pg_catalog.max(a.chunk) INTO last_chunk FROM pg_temp.{{ e.asked.name | ident }} AS a;
    <<chunks>>
    FOR chosen IN 0 .. COALESCE(devdb.last_chunk, -1) LOOP
        TRUNCATE pg_temp.{{ group.stage[e.child.oid].name | ident }};
{{ begin_few(e) | sql }}
        INSERT INTO pg_temp.{{ group.stage[e.child.oid].name | ident }} ({{ e.child.loaded_columns | idents }})
{{ children(e, 'a.chunk = chunks.chosen') | sql }}
        ;
{{ end_few(e) | sql }}
{{ settle_children(group, e.child, at) | sql }}
        GET DIAGNOSTICS fetched = ROW_COUNT;
        {{ group.coming(e.child) | ident }} := devdb.{{ group.coming(e.child) | ident }} + devdb.fetched;
    END LOOP;
{% if e.follow.depth is not none %}
    END IF;
{% endif %}
{% endfor %}
{% for k in group.key_sets if k.table.oid in group.known %}
{{ remember(group, k, 'devdb.step') | sql }}
{% endfor %}
    mark := devdb.step - 1;
    level := devdb.level + 1;
    EXIT WHEN {% for table in group.tables %}devdb.{{ group.coming(table) | ident }} = 0{% if not loop.last %} AND {% endif %}{% endfor %};
    END LOOP;
{% endif %}
{% for table in group.tables %}
    INSERT INTO pg_temp.devdb_taken
    VALUES ({{ table.name.sql | literal }}, 'key', devdb.{{ group.total(table) | ident }}, pg_catalog.clock_timestamp());
{% endfor %}
{% for table in group.tables if table.oid in group.known %}
    SELECT pg_catalog.count(*) INTO fetched
    FROM pg_temp.{{ group.added[table.oid].name | ident }} AS c WHERE c.round > 0 AND c.is_new AND c.is_chosen;
    INSERT INTO pg_temp.devdb_taken
    VALUES ({{ table.name.sql | literal }}, 'child', devdb.fetched, pg_catalog.clock_timestamp());
{% endfor %}
END
$devdb$;
SET LOCAL enable_seqscan = DEFAULT;
