-- What:         the positions of the source's sequences, as a foreign table
-- Parameters:   none
-- Transaction:  part of the caller's
-- Repeatable:   yes

DROP FOREIGN TABLE IF EXISTS fdw_setup.source_sequences;
CREATE FOREIGN TABLE fdw_setup.source_sequences (
    schemaname name, sequencename name, last_value bigint
) SERVER prod_server OPTIONS (schema_name 'pg_catalog', table_name 'pg_sequences');
