-- What:         make a foreign table of the names of the source's schemas, for who misspelled one; to be rolled back
-- Parameters:   wrapper (str)          the extension
--               server (str)           a foreign server, for the moment
--               server_options (dict)  its options
--               user_option (str)      the option of the mapping that names the user
--               user (str)             to connect to the source as
-- Transaction:  part of the caller's
-- Repeatable:   no

CREATE EXTENSION IF NOT EXISTS {{ wrapper | ident }};
{% include "replicating/server.sql" %}
CREATE FOREIGN TABLE pg_temp.devdb_source_schemas (
    {% if wrapper == "mysql_fdw" %}"SCHEMA_NAME"{% elif wrapper == "postgres_fdw" %}nspname{% else %}name{% endif %} text
)
SERVER {{ server | ident }} OPTIONS (
{% if wrapper == "mysql_fdw" %}
    dbname 'information_schema', table_name 'SCHEMATA'
{% elif wrapper == "postgres_fdw" %}
    schema_name 'pg_catalog', table_name 'pg_namespace'
{% elif wrapper == "oracle_fdw" %}
    "table" '(SELECT DISTINCT owner FROM all_tables)', readonly 'true'
{% else %}
    query 'SELECT name FROM sys.schemas'
{% endif %}
);
