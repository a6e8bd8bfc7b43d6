-- What:         the settings under which a dev database is filled
-- Parameters:   none
-- Transaction:  either
-- Repeatable:   yes
-- Why:          pg_dump's own settings, an empty search_path among them, are not those under which the source's
--               functions ran. The database takes its place only when it is complete: losing the last commits in a
--               crash loses nothing. XML fragments are legal values. Money is read as the link has the source write it.

RESET search_path;
RESET row_security;
RESET client_min_messages;
SET check_function_bodies = off;
SET xmloption = content;
SET lc_monetary = 'C';
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET synchronous_commit = off;
DO $devdb$
BEGIN
    IF pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem')) < pg_catalog.pg_size_bytes('256MB') THEN
        SET maintenance_work_mem = '256MB';
    END IF;
END
$devdb$;
