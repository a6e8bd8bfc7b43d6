-- What:         where the load notes how many rows it took, for the summary
-- Parameters:   none
-- Transaction:  either
-- Repeatable:   no

CREATE TEMPORARY TABLE devdb_taken (
    table_name text NOT NULL,
    phase text NOT NULL,
    row_count bigint NOT NULL,
    finished timestamptz NOT NULL
);
INSERT INTO pg_temp.devdb_taken VALUES ('', 'start', 0, pg_catalog.clock_timestamp());
