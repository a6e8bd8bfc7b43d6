-- What:         the extension, the foreign server and the mapping of the current user alone
-- Parameters:   server_options (dict)   of the foreign server
--               user (str)              to connect as
--               password (str)          secret; null for none
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          the server's own log must not hold the password, whatever it is told to log of statements

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
BEGIN
    PERFORM pg_catalog.set_config('log_statement', 'none', true);
    PERFORM pg_catalog.set_config('log_min_duration_statement', '-1', true);
    PERFORM pg_catalog.set_config('log_min_error_statement', 'panic', true);
EXCEPTION WHEN insufficient_privilege THEN
    NULL;  -- only a superuser may; the others' servers log as they are told
END
$devdb$;
CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server OPTIONS (
    user {{ user | literal }}{% if password %}, password {{ password | secret }}{% endif %}

);
