{#- The body of one step's function. `step` is a devdb.replicating.steps.Step.

    Statements are run as text: what they return is of no interest, what one creates the next may use, and no name of
    theirs is taken for a variable of the function's. Before each stands the place that it comes from.
-#}
{%- macro run(part) %}
    EXECUTE {{ part.sql | literal }};
    GET DIAGNOSTICS _rows = ROW_COUNT;
{% if part.table %}
    _changed := _changed + _rows;
    RAISE NOTICE USING MESSAGE = pg_catalog.concat({{ (step.function ~ ": " ~ part.shown_table ~ ": ") | literal }}, _rows, CASE _rows WHEN 1 THEN ' row ' ELSE ' rows ' END, {{ part.verb | literal }});
{% endif %}
{%- endmacro -%}
DECLARE
    _rows bigint;
    _changed bigint := 0;
BEGIN
    IF NOT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended('devdb replicate', 0)) THEN
        RAISE EXCEPTION USING
            MESSAGE = 'another replication is under way in this database',
            ERRCODE = 'lock_not_available',
            DETAIL = (
                SELECT pg_catalog.string_agg(pg_catalog.concat('server process ', k.pid, ' ', a.application_name), ', ')
                FROM pg_catalog.pg_locks AS k
                JOIN pg_catalog.pg_stat_activity AS a ON a.pid = k.pid AND a.datname = pg_catalog.current_database()
                WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
                  AND (k.classid::bigint << 32 | k.objid::bigint) = pg_catalog.hashtextextended('devdb replicate', 0)
            );
    END IF;
{% for group in step.groups %}
{% if group.differs %}
    IF _subset_ind IS NOT FALSE THEN
{% for part in group.of_subset %}
    -- {{ part.origin | comment }}
{{ run(part) | sql }}
{% endfor %}
    ELSE
{% for part in group.of_all %}
    -- {{ part.origin | comment }}
{{ run(part) | sql }}
{% endfor %}
    END IF;
{% else %}
{% for part in group.of_subset %}
    -- {{ part.origin | comment }}
{{ run(part) | sql }}
{% endfor %}
{% endif %}
{% endfor %}
    RETURN _changed;
END
