-- Objects of every type, needing each other in every way that PostgreSQL notes, and in those that it does not.
CREATE ROLE deps_reader;
CREATE SCHEMA app;
CREATE SCHEMA log;
CREATE SCHEMA "Odd ""one";
CREATE SCHEMA tools;
CREATE EXTENSION citext SCHEMA public;
CREATE EXTENSION pg_trgm SCHEMA tools;
CREATE EXTENSION postgres_fdw SCHEMA public;

-- Types of types.
CREATE TYPE app.mood AS ENUM ('a', 'b');
CREATE DOMAIN app.feeling AS app.mood CHECK (VALUE <> 'b');
CREATE TYPE app.pair AS (l int, r app.feeling[]);
CREATE TYPE app.span AS RANGE (subtype = int4);
CREATE COLLATION app.by_code (provider = libc, locale = 'C');

-- A cycle of two tables, a sequence of another schema, an identity, a serial, a name in a text.
CREATE SEQUENCE log.numbers;
CREATE TABLE app.a (id int PRIMARY KEY, b int, f app.feeling[], e public.citext, p app.pair, s app.span, c text COLLATE app.by_code);
CREATE TABLE app.b (id int PRIMARY KEY DEFAULT nextval('log.numbers'), a int REFERENCES app.a, n int GENERATED ALWAYS AS IDENTITY);
ALTER TABLE app.a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES app.b;
CREATE TABLE app.s (id serial PRIMARY KEY, old int DEFAULT nextval(('log.numbers'::text)::regclass));
CREATE TABLE app.self (id int PRIMARY KEY, up int REFERENCES app.self, whole app.s);
CREATE TABLE app.adopted (id int DEFAULT nextval('app.s_id_seq'));

-- A generated column, an index, a check and statistics that call something.
CREATE FUNCTION app.twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE FUNCTION app.is_fine(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0';
CREATE TABLE app.g (id int CHECK (app.is_fine(id)), d int GENERATED ALWAYS AS (app.twice(id)) STORED);
CREATE INDEX g_twice ON app.g (app.twice(id));
CREATE STATISTICS app.gs ON id, d FROM app.g;

-- A view on a function on a view; a body that PostgreSQL looks into.
CREATE VIEW app.v1 AS SELECT * FROM app.g;
CREATE FUNCTION app.over_v1() RETURNS SETOF app.g LANGUAGE sql AS 'SELECT * FROM app.v1';
CREATE VIEW app.v2 AS SELECT * FROM app.over_v1();
CREATE FUNCTION app.std(x int) RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM app.v2 WHERE id = x; END;
CREATE MATERIALIZED VIEW app.mv AS SELECT * FROM app.v2;
CREATE INDEX mv_trgm ON app.mv USING gin ((id::text) tools.gin_trgm_ops);

-- A trigger whose function writes to another table, a policy that reads another, a rule.
CREATE TABLE app.trail (id int);
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.trail VALUES (NEW.id); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT ON app.g FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON app.g DEFERRABLE FOR EACH ROW EXECUTE FUNCTION app.note();
ALTER TABLE app.g ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.g TO deps_reader USING (id IN (SELECT id FROM app.s));
CREATE VIEW app.writable AS SELECT 1 AS id;
CREATE RULE "to trail" AS ON INSERT TO app.writable DO INSTEAD INSERT INTO app.trail VALUES (NEW.id);

-- Partitions with a key and a trigger, a key that refers to them, and inheritance of old.
CREATE TABLE app.m (id int, at date, PRIMARY KEY (id, at), a int REFERENCES app.a) PARTITION BY RANGE (at);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TRIGGER pnote AFTER INSERT ON app.m FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE TABLE app.ref (m int, at date, FOREIGN KEY (m, at) REFERENCES app.m);
CREATE TABLE app.base (id int);
CREATE TABLE app.heir () INHERITS (app.base);

-- An aggregate, an operator, a cast, and views that use them.
CREATE FUNCTION app.plus(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2';
CREATE AGGREGATE app.total(int) (SFUNC = app.plus, STYPE = int);
SET search_path = app, public;
CREATE OPERATOR #+# (LEFTARG = int, RIGHTARG = int, FUNCTION = plus);
RESET search_path;
CREATE VIEW app.v3 AS SELECT app.total(id OPERATOR(app.#+#) 1) FROM app.base;
CREATE FUNCTION app.mood_of(int) RETURNS app.mood IMMUTABLE LANGUAGE sql AS $$SELECT 'a'::app.mood$$;
CREATE CAST (int AS app.mood) WITH FUNCTION app.mood_of(int);
CREATE VIEW app.v4 AS SELECT id::app.mood FROM app.base;

CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE app.far (id int) SERVER away;

CREATE TABLE "Odd ""one"."T (x)" ("é""" int);
CREATE PROCEDURE app.proc(int) LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE FUNCTION app.proc(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION app.proc(text, app.mood[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
