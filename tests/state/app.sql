-- An application's schema with objects of most kinds; other.t belongs to somebody else.
CREATE SCHEMA app;
CREATE SCHEMA other;
CREATE EXTENSION citext SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'glad');
CREATE TYPE app.span AS RANGE (subtype = int4);
CREATE TYPE app.pair AS (a int, b text);
CREATE DOMAIN app.short AS text CHECK (length(value) < 10);
CREATE SEQUENCE app.free START 5;
CREATE TABLE app.country (code text PRIMARY KEY, name text);
CREATE TABLE app.users (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name app.citext UNIQUE,
    mood app.mood,
    moods app.mood[],
    s app.span,
    p app.pair,
    sh app.short,
    country text REFERENCES app.country,
    boss int REFERENCES app.users,
    upper_name text GENERATED ALWAYS AS (upper(name::text)) STORED,
    n int DEFAULT nextval('app.free')
);
CREATE TABLE app."lookup_A b" (v text, k serial);
CREATE TABLE app.parted (id int PRIMARY KEY, note text) PARTITION BY RANGE (id);
CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES FROM (0) TO (100);
CREATE TABLE app.orders (id serial PRIMARY KEY, user_id int REFERENCES app.users);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := 'touched'; RETURN NEW; END$$;
CREATE TRIGGER touch BEFORE INSERT ON app.parted FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE FUNCTION app.cry() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'fired'; END$$;
CREATE TRIGGER cry AFTER INSERT ON app.users FOR EACH STATEMENT EXECUTE FUNCTION app.cry();
ALTER TABLE app.users DISABLE TRIGGER cry;
CREATE FUNCTION app.plus(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
CREATE OPERATOR app.<+> (leftarg = int, rightarg = int, function = app.plus);
CREATE AGGREGATE app.total(int) (sfunc = app.plus, stype = int, initcond = 0);
CREATE VIEW app.happy AS SELECT id, name FROM app.users WHERE mood = 'glad';
CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) AS n FROM app.users;
CREATE MATERIALIZED VIEW app.a_counts AS SELECT n + 1 AS n FROM app.counts;
CREATE STATISTICS app.st ON code, name FROM app.country;
CREATE TEXT SEARCH CONFIGURATION app.simple2 (COPY = simple);
CREATE COLLATION app.coll FROM "C";
CREATE FUNCTION app.number(app.mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE CAST (app.mood AS int) WITH FUNCTION app.number(app.mood);
CREATE TABLE other.t (id int);

INSERT INTO app.country VALUES ('x', 'X'), ('y', 'Y');
INSERT INTO app.users (name, mood, moods, s, p, sh, country, boss)
SELECT 'u' || n, 'glad', '{sad,glad}', '[1,5)', '(1,"a b")', 'short', 'x', n FROM generate_series(1, 5) AS n;
INSERT INTO app."lookup_A b" (v) VALUES ('one'), ('two'), ('two');
INSERT INTO app.parted VALUES (1, 'a'), (2, 'b');
UPDATE app.parted SET note = 'mine';
INSERT INTO app.orders (user_id) SELECT n FROM generate_series(1, 5) AS n;
ALTER TABLE app.users ENABLE ALWAYS TRIGGER cry;
REFRESH MATERIALIZED VIEW app.counts;
REFRESH MATERIALIZED VIEW app.a_counts;
