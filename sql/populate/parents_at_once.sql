{# What:        complete a table that lies on no cycle: everything that refers to it is there already
   Parameters:  group (devdb.sampling.groups.Group) #}
{% from "populate/key_macros.sql" import empty, named_rows, missing_keys %}
{% for k in group.key_sets %}
DO $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
    asked bigint;
    fetched bigint;
    total bigint := 0;
BEGIN
{{ empty(k.asked) | sql }}
{{ missing_keys(k) | sql }}
    GET DIAGNOSTICS asked = ROW_COUNT;
    IF devdb.asked > {{ k.chunk | literal }} AND pg_catalog.to_regclass('pg_temp.{{ k.asked.name | sql }}_chunk') IS NULL THEN
        CREATE INDEX {{ (k.asked.name ~ "_chunk") | ident }} ON pg_temp.{{ k.asked.name | ident }} (chunk);
    END IF;
    <<chunks>>
    FOR chosen IN 0 .. CASE devdb.asked WHEN 0 THEN -1 ELSE (devdb.asked - 1) / {{ k.chunk | literal }} END LOOP
        INSERT INTO {{ k.table.filled | sql }} ({{ k.table.loaded_columns | idents }}) OVERRIDING SYSTEM VALUE
{{ named_rows(k, 'a.chunk = chunks.chosen') | sql }}
        ;
        GET DIAGNOSTICS fetched = ROW_COUNT;
        total := devdb.total + devdb.fetched;
    END LOOP;
    INSERT INTO pg_temp.devdb_taken
    VALUES ({{ k.table.name.sql | literal }}, 'key', devdb.total, pg_catalog.clock_timestamp());
END
$devdb$;
{% endfor %}
