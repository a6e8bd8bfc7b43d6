-- A database with one of everything that pg_dump knows, names that hurt, and passwords that must not leave it.
-- Runs in an empty database, as a superuser; the roles "Nasty Role" and nasty_reader exist.

CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE EXTENSION hstore;
CREATE EXTENSION postgres_fdw SCHEMA ext;
COMMENT ON EXTENSION citext IS 'ours';
COMMENT ON SCHEMA public IS 'ours';
CREATE SCHEMA "Weird.Name é";
COMMENT ON SCHEMA "Weird.Name é" IS 'c; --';

CREATE TYPE mood AS ENUM ('a', 'b;c', 'it''s');
COMMENT ON TYPE mood IS 'mood';
CREATE DOMAIN pos AS int CHECK (VALUE > 0);
CREATE TYPE comp AS (a int, b text);
CREATE TYPE frange AS RANGE (subtype = float8);
CREATE COLLATION coll (locale = 'C');
CREATE SEQUENCE freeseq START 77;

CREATE TABLE "T able ; x" (
    "Id col" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, e ext.citext, p pos, c comp, r frange, h hstore,
    g int GENERATED ALWAYS AS (1 + 1) STORED
);
COMMENT ON COLUMN "T able ; x".m IS 'col comment
two lines';
CREATE TABLE "Weird.Name é"."SERVER x; Type: TABLE; Schema: y
z" (id serial PRIMARY KEY, "a.b" text, t int REFERENCES "T able ; x");
CREATE TABLE a (id int PRIMARY KEY, b int);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b DEFERRABLE;
COMMENT ON CONSTRAINT a_b_fkey ON a IS 'fk';
CREATE TABLE part (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE partd PARTITION OF part DEFAULT;
CREATE INDEX ON part (id);
COMMENT ON INDEX part1_pkey IS 'ix';
CREATE UNLOGGED TABLE unl (i int);
CREATE STATISTICS st ON id, b FROM a;
CREATE MATERIALIZED VIEW mv AS SELECT count(*) AS n FROM a;
CREATE UNIQUE INDEX ON mv (n);
CREATE VIEW v AS SELECT * FROM mv;
CREATE VIEW grouped AS SELECT id, b FROM a GROUP BY id;

ALTER TABLE a ENABLE ROW LEVEL SECURITY;
CREATE POLICY "p 1" ON a FOR SELECT TO "Nasty Role", nasty_reader USING (true);
CREATE POLICY p2 ON a USING (b > 0);
COMMENT ON POLICY p2 ON a IS 'pol';

CREATE FUNCTION f(a int) RETURNS text LANGUAGE sql AS $$
--
-- Type: SERVER; Schema: -; Name: a header that is none
--

-- devdb: post-data
--
-- Name: a header that is none; Type: SERVER; Schema: -; Owner: -
--

select 'x';
$$;
CREATE FUNCTION fa(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a; SELECT a + 1; END;
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$begin return new; end$$;
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE a DISABLE TRIGGER tr;
COMMENT ON TRIGGER tr ON a IS 'tr';
CREATE RULE ru AS ON INSERT TO b DO ALSO NOTHING;
COMMENT ON RULE ru ON b IS 'ru';
CREATE AGGREGATE ag (int) (SFUNC = int4pl, STYPE = int);
CREATE FUNCTION mood2int(mood) RETURNS int LANGUAGE sql AS 'select 1';
CREATE CAST (mood AS int) WITH FUNCTION mood2int(mood);
COMMENT ON CAST (mood AS int) IS 'cast';
CREATE OPERATOR public.### (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE TEXT SEARCH CONFIGURATION tsc (COPY = english);

SET client_min_messages = error;
CREATE PUBLICATION pub FOR TABLE a, b;
COMMENT ON PUBLICATION pub IS 'at secret-host';
CREATE SUBSCRIPTION sub CONNECTION 'host=secret-host password=s3cret' PUBLICATION p WITH (connect = false);
COMMENT ON SUBSCRIPTION sub IS 'at secret-host';
CREATE SERVER srv FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'secret-host');
COMMENT ON SERVER srv IS 'at secret-host';
GRANT USAGE ON FOREIGN SERVER srv TO nasty_reader;
CREATE USER MAPPING FOR CURRENT_USER SERVER srv OPTIONS (user 'u', password 's3cret');
CREATE FOREIGN TABLE ft (
    id int NOT NULL DEFAULT 3, "OPTIONS" text OPTIONS (column_name 'secret-host') COLLATE "C", CHECK (id > 0)
) SERVER srv OPTIONS (schema_name 'secret-host', table_name 'y');
COMMENT ON FOREIGN TABLE ft IS 'ft';
COMMENT ON COLUMN ft.id IS 'ftid';
CREATE VIEW vft AS SELECT * FROM ft;
CREATE TABLE fpart (id int, d date) PARTITION BY RANGE (d);
CREATE FOREIGN TABLE partf PARTITION OF fpart FOR VALUES FROM ('2022-01-01') TO ('2023-01-01') SERVER srv;
CREATE FUNCTION etf() RETURNS event_trigger LANGUAGE plpgsql AS $$begin end$$;
CREATE EVENT TRIGGER et ON ddl_command_start EXECUTE FUNCTION etf();
COMMENT ON EVENT TRIGGER et IS 'at secret-host';
SELECT lo_create(4242);
COMMENT ON LARGE OBJECT 4242 IS 'at secret-host';

GRANT SELECT ON a TO nasty_reader;
GRANT SELECT (id) ON b TO "Nasty Role";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO nasty_reader;
ALTER TABLE a OWNER TO "Nasty Role";

INSERT INTO "T able ; x" (m, e, p, c, r, h) VALUES ('it''s', 'X', 1, (1, 'x'), '[1,2)', 'a=>b'), (NULL, '\restrict x', 2, NULL, NULL, NULL);
INSERT INTO b VALUES (2, NULL);
INSERT INTO a VALUES (1, 2);
INSERT INTO "Weird.Name é"."SERVER x; Type: TABLE; Schema: y
z" ("a.b", t) VALUES (E'\\.\n', 1);
REFRESH MATERIALIZED VIEW mv;
