-- What only a superuser may create, or restore; what administers the source; passwords that must not leave it.

-- A constraint's function uses bare names: rows come in under the usual search path, but pg_restore has an empty one.
CREATE FUNCTION public.limit_of(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 100';
CREATE FUNCTION public.is_small(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 < limit_of(1)';
CREATE FUNCTION public.is_named(text) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT count(*) >= 0 FROM names); END';
CREATE TABLE objects.bare (id int PRIMARY KEY CHECK (public.is_small(id)), t text CHECK (public.is_named(t)));
INSERT INTO objects.bare SELECT i, 't' || i FROM generate_series(1, 20) AS i;

CREATE FUNCTION objects.compare(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR CLASS objects.backwards FOR TYPE int USING btree AS
    OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 objects.compare(int, int);
CREATE INDEX watched_backwards ON objects.watched (id objects.backwards);
COMMENT ON OPERATOR CLASS objects.backwards USING btree IS 'operator class';
COMMENT ON OPERATOR FAMILY objects.backwards USING btree IS 'operator family';

SET client_min_messages = error;
CREATE EXTENSION postgres_fdw;
SELECT lo_create(4711), lo_create(4712);
CREATE PUBLICATION odd_publication FOR TABLE objects.watched;
CREATE SUBSCRIPTION odd_subscription CONNECTION 'host=far.away password=s3cret-1' PUBLICATION p WITH (connect = false);
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.away');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'far_user', password 's3cret-2');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 's3cret-3');
CREATE FOREIGN TABLE objects.far_table (id int NOT NULL, t text OPTIONS (column_name 'far col')) SERVER far OPTIONS (table_name 's3cret-4');
CREATE VIEW objects.far_view AS SELECT count(*) FROM objects.far_table;
CREATE FUNCTION objects.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO objects.audit (what) VALUES (''ddl''); END';
CREATE EVENT TRIGGER odd_event ON ddl_command_end EXECUTE FUNCTION objects.on_ddl();
