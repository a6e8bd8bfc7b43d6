-- What:         the extension, the foreign server and the mapping of the current user alone
-- Parameters:   server_options (dict)   of the foreign server
--               user (str)              to connect as
--               password (str)          secret; null for none
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          the server's own log and statistics must not hold the password, whatever they are told to note

CREATE SCHEMA IF NOT EXISTS fdw_setup;
COMMENT ON SCHEMA fdw_setup IS 'devdb: the link to the source';
CREATE EXTENSION IF NOT EXISTS postgres_fdw WITH SCHEMA fdw_setup;

DROP SERVER IF EXISTS prod_server CASCADE;
CREATE SERVER prod_server FOREIGN DATA WRAPPER postgres_fdw OPTIONS (
{% for name, value in server_options | dictsort %}
    {{ name | ident }} {{ value | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
);

DO $devdb$
DECLARE
    quiet record;
BEGIN
    FOR quiet IN
        SELECT q.name, q.value
        FROM (VALUES
            ('log_statement', 'none'),
            ('log_min_duration_statement', '-1'),
            ('log_min_duration_sample', '-1'),
            ('log_min_error_statement', 'panic'),
            ('log_transaction_sample_rate', '0'),
            ('pg_stat_statements.track_utility', 'off'),
            ('pgaudit.log', 'none')
        ) AS q (name, value)
        WHERE pg_catalog.current_setting(q.name, true) IS NOT NULL
    LOOP
        BEGIN
            PERFORM pg_catalog.set_config(quiet.name, quiet.value, true);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;  -- only a superuser may; the others' servers log as they are told
        END;
    END LOOP;
END
$devdb$;
CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server OPTIONS (
    user {{ user | literal }}{% if password %}, password {{ password | secret }}{% endif %}

);
