-- A key of every type that can be one: each in a table on no cycle, in one that refers to itself, and in their children.

CREATE SCHEMA key_types;
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE EXTENSION ltree SCHEMA ext;
CREATE EXTENSION hstore;
CREATE TYPE key_types."Mood" AS ENUM ('so-so', 'it''s', 'fine', '100%', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');
CREATE TYPE key_types.pair AS (x int, y text);
CREATE DOMAIN key_types.positive AS int CHECK (VALUE > 0);
CREATE DOMAIN key_types.code AS varchar(12) COLLATE "C" CHECK (VALUE <> '');
CREATE DOMAIN key_types.nested AS key_types.positive CHECK (VALUE < 1000);
CREATE DOMAIN key_types.email AS ext.citext;
CREATE COLLATION key_types.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE key_types.span AS RANGE (subtype = float8);

CREATE TABLE key_types.list (name text PRIMARY KEY, type text NOT NULL, value text NOT NULL);
INSERT INTO key_types.list VALUES
    ('smallint', 'smallint', 'i'), ('bigint', 'bigint', 'i * 10000000000'), ('numeric', 'numeric', '(i || ''.50'')::numeric'),
    ('numeric n', 'numeric(20,5)', 'i'), ('real', 'real', 'i / 4.0'), ('double', 'double precision', 'i / 3.0'),
    ('bool', 'boolean', 'i > 6'), ('text', 'text', '''t '' || i || ''%\'''), ('text C', 'text COLLATE "C"', '''é'' || i'),
    ('text any case', 'text COLLATE key_types.any_case', '''Case'' || i'), ('varchar', 'varchar(20)', '''v'' || i'),
    ('char', 'char(10)', '''c'' || i'), ('"char"', '"char"', 'chr(96 + i)::"char"'), ('name', 'name', '''n'' || i'),
    ('citext', 'ext.citext', '''Ci'' || i'), ('uuid', 'uuid', 'md5(i::text)::uuid'), ('date', 'date', 'date ''2000-02-29'' + i * 365'),
    ('timestamp', 'timestamp', 'timestamp ''2000-01-01 00:00:00.000001'' * 1 + i * interval ''1 year'''),
    ('timestamptz', 'timestamptz', 'timestamptz ''2000-03-26 00:30:00.5+00'' + i * interval ''1 hour'''),
    ('time', 'time', 'time ''00:00'' + i * interval ''1 minute'''), ('timetz', 'timetz', '(''00:00+'' || i)::timetz'),
    ('interval', 'interval', 'i * interval ''1 month 1 day 1.5 s'''), ('bytea', 'bytea', 'decode(lpad(i::text, 4, ''0'') || ''00'', ''hex'')'),
    ('inet', 'inet', '''10.0.0.0/8''::inet + i'), ('cidr', 'cidr', '(''10.'' || i || ''.0.0/16'')::cidr'),
    ('macaddr', 'macaddr', '(''08:00:2b:01:02:'' || lpad(i::text, 2, ''0''))::macaddr'),
    ('macaddr8', 'macaddr8', '(''08:00:2b:01:02:03:04:'' || lpad(i::text, 2, ''0''))::macaddr8'), ('oid', 'oid', 'i::oid'),
    ('bit', 'bit(8)', 'i::bit(8)'), ('varbit', 'varbit', 'i::bit(8)::varbit'), ('money', 'money', '(i * 1000.5)::numeric::money'),
    ('pg_lsn', 'pg_lsn', '(''0/'' || i)::pg_lsn'), ('xid8', 'xid8', 'i::text::xid8'), ('jsonb', 'jsonb', 'jsonb_build_object(''k'', i)'),
    ('tsvector', 'tsvector', '(''word'' || i)::tsvector'), ('ltree', 'ext.ltree', '(''top.n'' || i)::ext.ltree'),
    ('hstore', 'hstore', 'hstore(''k'', i::text)'),
    ('enum', 'key_types."Mood"', '(enum_range(NULL::key_types."Mood"))[i]'),
    ('positive', 'key_types.positive', 'i'), ('code', 'key_types.code', '''c'' || i'), ('nested', 'key_types.nested', 'i'),
    ('email', 'key_types.email', '''A'' || i || ''@b.c'''),
    ('int[]', 'int[]', 'ARRAY[i, NULL]'), ('text[]', 'text[]', 'ARRAY[''a'', i::text]'), ('enum[]', 'key_types."Mood"[]', '(enum_range(NULL::key_types."Mood"))[1:i]'),
    ('pair', 'key_types.pair', 'ROW(i, ''y,"'' || i)::key_types.pair'), ('pair[]', 'key_types.pair[]', 'ARRAY[ROW(i, NULL)::key_types.pair]'),
    ('int4range', 'int4range', 'int4range(i, i + 5)'), ('span', 'key_types.span', 'key_types.span(i, NULL)'), ('datemultirange', 'datemultirange', 'datemultirange(daterange(date ''2020-01-01'' + i, NULL))');
UPDATE key_types.list SET value = replace(value, ' * 1 +', ' +');

SELECT format(
    'CREATE TABLE key_types.%1$I (id %2$s PRIMARY KEY, n int);'
    'CREATE TABLE key_types.%4$I (id %2$s UNIQUE NOT NULL, up %2$s REFERENCES key_types.%4$I (id));'
    'CREATE TABLE key_types.%5$I (n int PRIMARY KEY, flat %2$s REFERENCES key_types.%1$I, tree %2$s REFERENCES key_types.%4$I (id));'
    'INSERT INTO key_types.%1$I SELECT DISTINCT ON (1) %3$s, i FROM generate_series(1, 11) AS i ORDER BY 1;'
    'INSERT INTO key_types.%4$I SELECT id, lag(id, 2) OVER (ORDER BY id) FROM key_types.%1$I;'
    'INSERT INTO key_types.%5$I SELECT i, %3$s, %3$s FROM generate_series(1, 11) AS i;',
    name || ' flat', type, value, name || ' tree', name || ' child'
)
FROM key_types.list
\gexec
-- What the collation calls equal is one key, however it is written.
UPDATE key_types."text any case child" SET flat = upper(flat), tree = lower(tree);
INSERT INTO key_types."text any case child" SELECT n + 100, lower(flat), upper(tree) FROM key_types."text any case child";
UPDATE key_types."citext child" SET flat = upper(flat::text), tree = lower(tree::text);

-- Composites of such types, and on a cycle too.
CREATE TABLE key_types.composite (
    e key_types."Mood", c ext.citext, at timestamptz, p key_types.pair, d key_types.code, t text COLLATE "C", n int,
    up_e key_types."Mood", up_c ext.citext, up_at timestamptz, up_p key_types.pair, up_d key_types.code, up_t text COLLATE "C",
    PRIMARY KEY (e, c, at, p, d, t),
    FOREIGN KEY (up_t, up_d, up_p, up_at, up_c, up_e) REFERENCES key_types.composite (t, d, p, at, c, e)
);
INSERT INTO key_types.composite
SELECT
    (enum_range(NULL::key_types."Mood"))[i % 5 + 1], 'C' || i % 3, timestamptz 'epoch' + i % 7 * interval '1 day', ROW(i, 'x')::key_types.pair, 'd' || i % 2, 't', i
FROM generate_series(1, 60) AS i;
UPDATE key_types.composite AS x
SET (up_e, up_c, up_at, up_p, up_d, up_t) = (SELECT y.e, upper(y.c::text), y.at, y.p, y.d, y.t FROM key_types.composite AS y WHERE y.n = x.n - 9);
