-- What:         make Flyway's table as Flyway 5 and later make it, and its schema if there is none
-- Parameters:   schema (str)        the schema of the table
--               table (str)         its name
--               new_schema (str)    the schema as Flyway tells of it, in quotes; none if it is there already
--               description (str)   of the row that tells of the schema
--               installed_by (str)  whom that row names
-- Transaction:  yes
-- Repeatable:   no

{% if new_schema is not none %}
CREATE SCHEMA {{ schema | ident }};
{% endif %}
CREATE TABLE {{ schema | ident }}.{{ table | ident }} (
    installed_rank integer NOT NULL,
    version varchar(50),
    description varchar(200) NOT NULL,
    type varchar(20) NOT NULL,
    script varchar(1000) NOT NULL,
    checksum integer,
    installed_by varchar(100) NOT NULL,
    installed_on timestamp NOT NULL DEFAULT pg_catalog.now(),
    execution_time integer NOT NULL,
    success boolean NOT NULL
);
ALTER TABLE {{ schema | ident }}.{{ table | ident }}
    ADD CONSTRAINT {{ (table ~ "_pk") | ident }} PRIMARY KEY (installed_rank);
CREATE INDEX {{ (table ~ "_s_idx") | ident }} ON {{ schema | ident }}.{{ table | ident }} (success);
{% if new_schema is not none %}
INSERT INTO {{ schema | ident }}.{{ table | ident }}
    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
VALUES (0, NULL, {{ description | literal }}, 'SCHEMA', {{ new_schema | literal }}, NULL, {{ installed_by | literal }}, 0, true);
{% endif %}
