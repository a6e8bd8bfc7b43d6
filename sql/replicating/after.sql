{#- The gates: what is wrong with any table is told at once, and undoes the run. -#}
DO $devdb$
DECLARE
    gate record;
    failed text[] := '{}';
BEGIN
    FOR gate IN
        SELECT g.*, b.row_count AS before, n.row_count AS now, pg_catalog.abs(n.row_count - b.row_count) * 100.0 / NULLIF(b.row_count, 0) AS change
        FROM (VALUES
{% for gate in gates %}
            ({{ gate.shown | literal }}::text, {{ gate.min_rows | literal }}::bigint, {{ gate.max_rows | literal }}::bigint, {{ gate.max_change_percent | literal }}::numeric){% if not loop.last %},{% endif %}

{% endfor %}
        ) AS g (table_name, min_rows, max_rows, max_change)
        JOIN pg_temp.devdb_rows_before AS b ON b.table_name = g.table_name
        JOIN (
{% for gate in gates %}
            SELECT {{ gate.shown | literal }}::text AS table_name, pg_catalog.count(*) AS row_count FROM {{ gate.schema | ident }}.{{ gate.table | ident }}{% if not loop.last %} UNION ALL{% endif %}

{% endfor %}
        ) AS n ON n.table_name = g.table_name
    LOOP
        RAISE NOTICE 'gate: %: % rows, before % rows', gate.table_name, gate.now, gate.before;
        IF gate.now < gate.min_rows THEN
            failed := failed || pg_catalog.format('%s has %s rows, less than %s', gate.table_name, gate.now, gate.min_rows);
        END IF;
        IF gate.now > gate.max_rows THEN
            failed := failed || pg_catalog.format('%s has %s rows, more than %s', gate.table_name, gate.now, gate.max_rows);
        END IF;
        IF gate.change > gate.max_change THEN
            failed := failed || pg_catalog.format(
                '%s has %s rows and had %s: a change of %s%%, more than %s%%',
                gate.table_name, gate.now, gate.before, pg_catalog.round(gate.change, 1), pg_catalog.trim_scale(gate.max_change)
            );
        END IF;
    END LOOP;
    IF failed <> '{}' THEN
        RAISE EXCEPTION USING MESSAGE = pg_catalog.array_to_string(failed, E'\n'), ERRCODE = 'DVG01';
    END IF;
END
$devdb$;
