-- What:         set the sequences past the numbers that the data uses
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   yes

DO $demo$
DECLARE
    sequence regclass;
    owner regclass;
    column_name name;
BEGIN
    FOR sequence, owner, column_name IN
        SELECT d.objid, d.refobjid, a.attname
        FROM pg_depend AS d
             JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
             JOIN pg_class AS t ON t.oid = d.refobjid
             JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass
          AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i')
          AND t.relnamespace::regnamespace::text IN ('registry', 'staff', 'lab', 'public')
    LOOP
        EXECUTE format('SELECT setval(%L, max(%I)) FROM %s', sequence, column_name, owner);
    END LOOP;

    PERFORM setval('registry.well_number_seq', max(id)) FROM registry.well;
    -- Numbers were drawn for applications that were never filed.
    PERFORM setval('registry.permit_number_seq', max(id) + 100017) FROM registry.permit;
END
$demo$;
