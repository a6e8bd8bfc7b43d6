{# What:        put children into a table, all of whose rows are children over one key: nothing can come twice
   Parameters:  group (devdb.sampling.groups.Group) #}
{% from "populate/key_macros.sql" import empty, children, parent_keys, begin_few, end_few with context %}
{% set e = group.expansions[0] %}
DO $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
    asked bigint;
    fetched bigint;
    total bigint := 0;
BEGIN
{{ empty(e.asked) | sql }}
{{ parent_keys(e, 'true') | sql }}
    GET DIAGNOSTICS asked = ROW_COUNT;
    IF devdb.asked > {{ e.chunk | literal }} AND pg_catalog.to_regclass('pg_temp.{{ e.asked.name | sql }}_chunk') IS NULL THEN
        CREATE INDEX {{ (e.asked.name ~ "_chunk") | ident }} ON pg_temp.{{ e.asked.name | ident }} (chunk);
    END IF;
{{ begin_few(e) | sql }}
    <<chunks>>
    FOR chosen IN 0 .. CASE devdb.asked WHEN 0 THEN -1 ELSE (devdb.asked - 1) / {{ e.chunk | literal }} END LOOP
        INSERT INTO {{ e.child.filled | sql }} ({{ e.child.loaded_columns | idents }}) OVERRIDING SYSTEM VALUE
{{ children(e, 'a.chunk = chunks.chosen') | sql }}
        ;
        GET DIAGNOSTICS fetched = ROW_COUNT;
        total := devdb.total + devdb.fetched;
    END LOOP;
{{ end_few(e) | sql }}
    INSERT INTO pg_temp.devdb_taken
    VALUES ({{ e.child.name.sql | literal }}, 'child', devdb.total, pg_catalog.clock_timestamp());
END
$devdb$;
