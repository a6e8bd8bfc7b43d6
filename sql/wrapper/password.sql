-- What:         the password in the mapping of the current user
-- Parameters:   server (str)  the foreign server, whose mapping has none
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          The password is in no statement that is sent: servers note statements in their log, and show them to
--               whoever may monitor them. The session began with it as a setting (devdb.source_password, in hex), from
--               where it goes into the mapping by a statement within a statement. What notes those as well is switched
--               off where this user may. Of an error the message is all that is told: its context would be the text.

DO $devdb$
DECLARE
    quiet record;
BEGIN
    FOR quiet IN
        SELECT q.name, q.value
        FROM (VALUES
            ('debug_print_parse', 'off'),
            ('debug_print_rewritten', 'off'),
            ('log_error_verbosity', 'terse'),
            ('pg_stat_statements.track_utility', 'off'),
            ('pgaudit.log', 'none')
        ) AS q (name, value)
        WHERE pg_catalog.current_setting(q.name, true) IS NOT NULL
    LOOP
        BEGIN
            PERFORM pg_catalog.set_config(quiet.name, quiet.value, true);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;  -- before the run this was looked at, and allowed
        END;
    END LOOP;
    EXECUTE pg_catalog.format(
        'ALTER USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (ADD password %L)',
        {{ server | literal }},
        pg_catalog.convert_from(pg_catalog.decode(pg_catalog.current_setting('devdb.source_password'), 'hex'), 'UTF8')
    );
EXCEPTION WHEN query_canceled OR OTHERS THEN
    RAISE EXCEPTION USING MESSAGE = SQLERRM, ERRCODE = SQLSTATE;
END
$devdb$;
