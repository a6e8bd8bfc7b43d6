-- Objects that act on rows or hang on tables; what administers the source; passwords that must not leave it.

CREATE SCHEMA objects;
COMMENT ON SCHEMA objects IS E'it''s {{ x }} \\ %s\n-- Name: x; Type: TABLE';

-- Sequences: free and owned, downwards, going round, behind the rows, owned by a column of another type.
CREATE SEQUENCE objects.free START 77;
SELECT nextval('objects.free'), nextval('objects.free');
CREATE SEQUENCE objects.never_used START 1000;
CREATE SEQUENCE objects.down INCREMENT -3 START -10;
SELECT nextval('objects.down'), nextval('objects.down');
CREATE SEQUENCE objects.round MINVALUE 5 MAXVALUE 7 CYCLE CACHE 2;
SELECT nextval('objects.round') FROM generate_series(1, 7);
CREATE SEQUENCE objects."S eq.é" AS smallint;
SELECT nextval('objects."S eq.é"');
CREATE TABLE objects.counted (behind serial, down int, n numeric DEFAULT 0, tiny smallint, shared bigint);
CREATE SEQUENCE objects.counted_down INCREMENT -1 OWNED BY objects.counted.down;
CREATE SEQUENCE objects.counted_n OWNED BY objects.counted.n;
CREATE SEQUENCE objects.counted_tiny AS smallint MINVALUE 1 MAXVALUE 20 CYCLE OWNED BY objects.counted.tiny;
INSERT INTO objects.counted (behind, down, n, tiny) SELECT i + 500, -i, i + 0.5, i % 20 + 1 FROM generate_series(1, 40) AS i;
CREATE TABLE objects.many_serials (a serial, b bigserial, c smallserial);
INSERT INTO objects.many_serials SELECT FROM generate_series(1, 5);
CREATE TABLE objects.text_owner (t text);
CREATE SEQUENCE objects.text_seq OWNED BY objects.text_owner.t;
SELECT setval('objects.text_seq', 42);

-- A trigger that writes elsewhere, one that would refuse every row, a rule, a deferred constraint trigger: none may act on the load.
CREATE TABLE objects.audit (id serial PRIMARY KEY, what text);
CREATE TABLE objects.watched (id int PRIMARY KEY, t text, changed timestamptz DEFAULT '2020-01-01');
INSERT INTO objects.watched SELECT i, 'w' || i FROM generate_series(1, 20) AS i;
CREATE FUNCTION objects.note() RETURNS trigger LANGUAGE plpgsql AS $devdb$
BEGIN
    INSERT INTO objects.audit (what) VALUES (TG_NAME || ' {{ x }} %');
    NEW.changed := now();
    RETURN NEW;
END
$devdb$;
CREATE FUNCTION objects.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE TRIGGER noted BEFORE INSERT OR UPDATE ON objects.watched FOR EACH ROW EXECUTE FUNCTION objects.note();
UPDATE objects.watched SET t = 'x' WHERE id = 3;
CREATE TRIGGER refused BEFORE INSERT ON objects.watched FOR EACH ROW EXECUTE FUNCTION objects.refuse();
CREATE TRIGGER refused_truncate BEFORE TRUNCATE ON objects.watched EXECUTE FUNCTION objects.refuse();
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON objects.watched DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION objects.refuse();
CREATE TRIGGER sleeping AFTER DELETE ON objects.watched FOR EACH ROW WHEN (OLD.id > 5) EXECUTE FUNCTION objects.note();
ALTER TABLE objects.watched DISABLE TRIGGER sleeping;
ALTER TABLE objects.watched ENABLE ALWAYS TRIGGER noted;
CREATE TABLE objects.ruled (id int PRIMARY KEY, t text);
INSERT INTO objects.ruled SELECT i, 'r' || i FROM generate_series(1, 20) AS i;
CREATE RULE nowhere AS ON INSERT TO objects.ruled DO INSTEAD NOTHING;

-- Row security: for a role, and forced on the owner, who sees no row at all.
CREATE TABLE objects.secured (id serial PRIMARY KEY, owner text);
INSERT INTO objects.secured SELECT i, 'o' || i % 3 FROM generate_series(1, 20) AS i;
ALTER TABLE objects.secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON objects.secured FOR SELECT TO "Odd Reader", odd_writer USING (owner = current_user);
CREATE POLICY nobody ON objects.secured AS RESTRICTIVE USING (id < 0);

-- A constraint that is not valid; an exclusion constraint; one on an expression's index.
CREATE TABLE objects.checked (
    id int PRIMARY KEY, t text, during tsrange, quantity int,
    EXCLUDE USING gist (during WITH &&) WHERE (quantity > 0) DEFERRABLE
);
INSERT INTO objects.checked SELECT i, 't' || i, tsrange(timestamp 'epoch' + i * interval '1 day', timestamp 'epoch' + (i + 1) * interval '1 day'), i - 5 FROM generate_series(1, 20) AS i;
ALTER TABLE objects.checked ADD CONSTRAINT not_for_the_old CHECK (quantity > 0) NOT VALID;
CREATE UNIQUE INDEX checked_expression ON objects.checked (lower(t) text_pattern_ops, (id % 100) DESC NULLS LAST) INCLUDE (quantity) WHERE id > 0;
CREATE TABLE objects.not_valid (id int PRIMARY KEY, watched int);
INSERT INTO objects.not_valid SELECT i, i FROM generate_series(1, 15) AS i;
ALTER TABLE objects.not_valid ADD CONSTRAINT holds_all_the_same FOREIGN KEY (watched) REFERENCES objects.watched NOT VALID;

-- Views of all kinds: materialized on views on materialized ones, one that is not filled, one that reads a function.
CREATE MATERIALIZED VIEW objects.m3 AS SELECT id, t FROM objects.watched WITH NO DATA;
CREATE VIEW objects.b2 AS SELECT id * 2 AS id, t FROM objects.m3;
CREATE MATERIALIZED VIEW objects.a1 AS SELECT count(*) AS n, max(t) AS t FROM objects.b2 WITH NO DATA;
CREATE VIEW objects."Z" WITH (security_barrier) AS SELECT n, (SELECT count(*) FROM objects.m3) AS m FROM objects.a1;
CREATE MATERIALIZED VIEW objects."0 last" AS SELECT * FROM objects."Z" WITH NO DATA;
REFRESH MATERIALIZED VIEW objects.m3;
REFRESH MATERIALIZED VIEW objects.a1;
REFRESH MATERIALIZED VIEW objects."0 last";
CREATE UNIQUE INDEX m3_id ON objects.m3 (id);
CREATE MATERIALIZED VIEW objects.unpopulated AS SELECT 1 / (id - 1) AS fails FROM objects.watched WITH NO DATA;
CREATE FUNCTION objects.watchers() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT n FROM objects."0 last"';
CREATE MATERIALIZED VIEW objects.by_function AS SELECT objects.watchers() AS n;
CREATE VIEW objects.recursive AS WITH RECURSIVE r (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r;

-- Everything else that a schema may hold.
CREATE STATISTICS objects.more (dependencies, ndistinct, mcv) ON id, t FROM objects.watched;
CREATE STATISTICS objects.of_expression ON (id % 3), t FROM objects.watched;
CREATE FUNCTION objects.pair_to_text(key_types.pair) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1.x || '/' || $1.y $$;
CREATE CAST (key_types.pair AS text) WITH FUNCTION objects.pair_to_text(key_types.pair) AS ASSIGNMENT;
CREATE FUNCTION objects.near(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 2';
CREATE OPERATOR objects.~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = objects.near, COMMUTATOR = OPERATOR(objects.~~~));
CREATE AGGREGATE objects.product (numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');
CREATE TEXT SEARCH DICTIONARY objects.plain (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION objects.search (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION objects.search ALTER MAPPING FOR asciiword WITH objects.plain;
CREATE INDEX watched_search ON objects.watched USING gin (to_tsvector('objects.search', t));
CREATE PROCEDURE objects.proceed(INOUT a int, VARIADIC b text[]) LANGUAGE plpgsql AS $_$ BEGIN a := array_length(b, 1); END $_$;
CREATE FUNCTION objects.atomic(a int DEFAULT 1, OUT b int, OUT c text) BEGIN ATOMIC SELECT a AS a, 'x;'::text AS text; END;
CREATE FUNCTION objects.table_of(int) RETURNS SETOF objects.watched LANGUAGE sql STABLE SET search_path = objects AS 'SELECT * FROM watched WHERE id = $1';
CREATE FUNCTION objects.overloaded(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION objects.overloaded(text) RETURNS int LANGUAGE sql AS 'SELECT 2';
CREATE COLLATION objects.german (provider = icu, locale = 'de-u-co-phonebk');
CREATE CONVERSION objects.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TABLE objects.settings (id int PRIMARY KEY, t text COMPRESSION pglz) WITH (fillfactor = 70, autovacuum_enabled = off);
ALTER TABLE objects.settings ALTER COLUMN t SET STORAGE EXTERNAL, ALTER COLUMN t SET STATISTICS 500, REPLICA IDENTITY FULL;
ALTER TABLE objects.watched CLUSTER ON watched_pkey;

COMMENT ON TABLE objects.watched IS E'\\ it''s %\nnew line';
COMMENT ON COLUMN objects.watched.t IS '{{ x }}';
COMMENT ON CONSTRAINT watched_pkey ON objects.watched IS 'constraint';
COMMENT ON CONSTRAINT positive_check ON DOMAIN key_types.positive IS 'of a domain';
COMMENT ON INDEX objects.checked_expression IS 'index';
COMMENT ON TRIGGER noted ON objects.watched IS 'trigger';
COMMENT ON RULE nowhere ON objects.ruled IS 'rule';
COMMENT ON POLICY nobody ON objects.secured IS 'policy';
COMMENT ON SEQUENCE objects.free IS 'sequence';
COMMENT ON VIEW objects."Z" IS 'view';
COMMENT ON MATERIALIZED VIEW objects.m3 IS 'materialized view';
COMMENT ON FUNCTION objects.near(int, int) IS 'function';
COMMENT ON PROCEDURE objects.proceed(int, text[]) IS 'procedure';
COMMENT ON AGGREGATE objects.product(numeric) IS 'aggregate';
COMMENT ON OPERATOR objects.~~~ (int, int) IS 'operator';
COMMENT ON CAST (key_types.pair AS text) IS 'cast';
COMMENT ON COLLATION objects.german IS 'collation';
COMMENT ON CONVERSION objects.latin IS 'conversion';
COMMENT ON STATISTICS objects.more IS 'statistics';
COMMENT ON TEXT SEARCH CONFIGURATION objects.search IS 'configuration';
COMMENT ON TEXT SEARCH DICTIONARY objects.plain IS 'dictionary';
COMMENT ON TYPE key_types.pair IS 'type';
COMMENT ON COLUMN key_types.pair.x IS 'of a type';
COMMENT ON DOMAIN key_types.positive IS 'domain';
