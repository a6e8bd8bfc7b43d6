-- What roles without superuser's rights may copy (target.template: devdb_template): only a superuser can install most wrappers.
-- A superuser, as devdb is by default, needs none of this. Run once, when the server is initialized; that each wrapper's
-- library can be loaded is known from then on.

CREATE DATABASE devdb_template IS_TEMPLATE true;

\connect devdb_template

CREATE SCHEMA fdw_setup;
COMMENT ON SCHEMA fdw_setup IS 'devdb: the link to the source';
CREATE EXTENSION postgres_fdw WITH SCHEMA fdw_setup;
CREATE EXTENSION mysql_fdw WITH SCHEMA fdw_setup;
CREATE EXTENSION tds_fdw WITH SCHEMA fdw_setup;
CREATE EXTENSION oracle_fdw WITH SCHEMA fdw_setup;
