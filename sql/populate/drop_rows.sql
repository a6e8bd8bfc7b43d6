-- What:         drop rows that point at nothing because the source violates its own keys
-- Parameters:   drop_keys (list)  foreign keys to look at (devdb.sampling.references.Checked); none unless asked for
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          again until nothing is dropped: a dropped row may be what others pointed at

{% if drop_keys %}
\warn dropping rows that point at nothing
DO $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
    dropped bigint;
    dropped_in_round bigint;
BEGIN
    LOOP
        dropped_in_round := 0;
{% for key in drop_keys %}
        DELETE FROM {{ key.child.only | sql }} AS d
        USING (
            SELECT DISTINCT c.tableoid AS devdb_table, c.ctid AS devdb_row
            FROM {{ key.dangling | sql }}
        ) AS gone
        WHERE d.tableoid = gone.devdb_table AND d.ctid = gone.devdb_row;
        GET DIAGNOSTICS dropped = ROW_COUNT;
        IF devdb.dropped > 0 THEN
            RAISE WARNING '%: % rows pointed at nothing and were dropped', {{ key | string | literal }}, devdb.dropped;
            dropped_in_round := devdb.dropped_in_round + devdb.dropped;
            INSERT INTO pg_temp.devdb_taken
            VALUES ({{ key.child.name.sql | literal }}, 'dropped', -devdb.dropped, pg_catalog.clock_timestamp());
        END IF;
{% endfor %}
        EXIT WHEN devdb.dropped_in_round = 0;
    END LOOP;
END
$devdb$;
{% endif %}
