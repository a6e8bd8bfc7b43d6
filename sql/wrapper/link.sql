-- What:         the extension, the foreign server and the mapping of the current user alone
-- Parameters:   wrapper (str)           the extension, which is also what it calls its foreign data wrapper
--               server_options (dict)   of the foreign server
--               user_option (str)       the option of the mapping that names the user
--               user (str)              to connect as
--               password (str)          secret; null for none
-- Transaction:  part of the caller's
-- Repeatable:   yes

CREATE SCHEMA IF NOT EXISTS fdw_setup;
COMMENT ON SCHEMA fdw_setup IS 'devdb: the link to the source';
CREATE EXTENSION IF NOT EXISTS {{ wrapper | ident }} WITH SCHEMA fdw_setup;

DROP SERVER IF EXISTS prod_server CASCADE;
CREATE SERVER prod_server FOREIGN DATA WRAPPER {{ wrapper | ident }} OPTIONS (
{% for name, value in server_options | dictsort %}
    {{ name | ident }} {{ value | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
);
CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server OPTIONS ({{ user_option | ident }} {{ user | literal }});
{% set server = "prod_server" %}
{% if password %}
{% include "wrapper/password.sql" %}
{% endif %}
{% include "wrapper/only_ours.sql" %}
