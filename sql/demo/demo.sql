-- What:         fill an empty database with a registry of water wells, the production database to try devdb on
-- Parameters:   scale (float)  1.0 makes about two million rows; reference tables keep their size whatever the scale
-- Transaction:  yes
-- Repeatable:   no; wants an empty database, in which the user may create schemas and trusted extensions
-- Why:          every value comes from a hash of its row's number, so that each run on each machine makes the same rows

-- Dates and times are computed below, so the zone they are computed in must not be the session's.
SET timezone = 'UTC';
SET maintenance_work_mem = '256MB';
SET synchronous_commit = off;

CREATE FUNCTION pg_temp.scaled(row_count bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $$ SELECT greatest(1, round(row_count * {{ scale | literal }}::numeric))::bigint $$;

{% include "demo/chance.sql" %}

{% include "demo/types.sql" %}

{% include "demo/tables_registry.sql" %}

{% include "demo/tables_wells.sql" %}

{% include "demo/tables_readings.sql" %}

{% include "demo/tables_staff.sql" %}

{% include "demo/tables_lab.sql" %}

{% include "demo/data_staff.sql" %}

{% include "demo/data_registry.sql" %}

{% include "demo/data_inspections.sql" %}

{% include "demo/data_wells.sql" %}

{% include "demo/data_readings.sql" %}

{% include "demo/data_papers.sql" %}

{% include "demo/data_lab.sql" %}

{% include "demo/extensions.sql" %}

{% include "demo/keys.sql" %}

{% include "demo/foreign_keys.sql" %}

{% include "demo/indexes.sql" %}

{% include "demo/views.sql" %}

{% include "demo/functions.sql" %}

{% include "demo/triggers.sql" %}

{% include "demo/comments.sql" %}

{% include "demo/sequences.sql" %}

-- Not simply ANALYZE, which warns an owner of every system catalog that is not his.
DO $demo$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT oid
        FROM pg_class
        WHERE relkind IN ('r', 'p', 'm')
          AND NOT relispartition
          AND relnamespace::regnamespace::text IN ('registry', 'staff', 'lab', 'public')
    LOOP
        EXECUTE format('ANALYZE %s', relation);
    END LOOP;
END
$demo$;

RESET timezone;
RESET maintenance_work_mem;
RESET synchronous_commit;
