-- Foreign keys of every shape that PostgreSQL allows, between tables of a few hundred rows. :chain is a number of rows.

CREATE SCHEMA keys;
CREATE SCHEMA "other keys";

-- A composite key, a unique key of one column and one of two that are listed in another order: all three are referred to.
CREATE TABLE keys.region (
    country text, code int, nick text NOT NULL UNIQUE, alt_a int NOT NULL, alt_b int NOT NULL,
    PRIMARY KEY (country, code), UNIQUE (alt_b, alt_a)
);
INSERT INTO keys.region SELECT 'c' || i % 7, i / 7, 'n' || i, i % 11, i / 11 FROM generate_series(1, 300) AS i;
CREATE TABLE keys.place (
    id int PRIMARY KEY, country text, code int, nick text REFERENCES keys.region (nick), a int, b int,
    FOREIGN KEY (code, country) REFERENCES keys.region (code, country),
    FOREIGN KEY (a, b) REFERENCES keys.region (alt_a, alt_b)
);
INSERT INTO keys.place
SELECT i, 'c' || i % 7, i / 7, 'n' || (300 - i), (i + 50) % 11, (i + 50) / 11 FROM generate_series(1, 200) AS i;

-- NULLs in a composite key: MATCH SIMPLE asks for nothing, MATCH FULL allows none or all.
CREATE TABLE keys.visit (
    id int PRIMARY KEY, country text, code int, full_country text, full_code int,
    FOREIGN KEY (country, code) REFERENCES keys.region,
    FOREIGN KEY (full_country, full_code) REFERENCES keys.region MATCH FULL
);
INSERT INTO keys.visit
SELECT
    i, CASE WHEN i % 3 <> 0 THEN 'c' || i % 7 END, CASE WHEN i % 2 = 0 THEN i / 7 WHEN i % 3 = 0 THEN 99999 END,
    CASE WHEN i % 4 = 0 THEN 'c' || i % 7 END, CASE WHEN i % 4 = 0 THEN i / 7 END
FROM generate_series(1, 280) AS i;

-- Between schemas, with several keys to one table, one of them to the same row twice.
CREATE TABLE "other keys"."Club" (id bigint PRIMARY KEY, region text REFERENCES keys.region (nick) ON DELETE SET NULL);
INSERT INTO "other keys"."Club" SELECT i, 'n' || i FROM generate_series(1, 100) AS i;
CREATE TABLE keys.match (
    id int PRIMARY KEY, home int NOT NULL REFERENCES "other keys"."Club", away int REFERENCES "other keys"."Club" ON UPDATE CASCADE,
    "where" bigint REFERENCES "other keys"."Club" DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO keys.match SELECT i, i % 40 + 1, i % 30 + 1, CASE WHEN i % 9 = 0 THEN i % 100 + 1 END FROM generate_series(1, 200) AS i;

-- A chain of references to itself, and a row that refers to itself.
CREATE TABLE keys.link (id int PRIMARY KEY, next int REFERENCES keys.link);
INSERT INTO keys.link SELECT i, CASE WHEN i > 1 THEN i - 1 END FROM generate_series(1, :chain) AS i;
INSERT INTO keys.link VALUES (20000, 20000), (20001, 20000), (20002, 20000);
-- The same by a composite key, one column of which both keys share; and by two keys at once, to different columns.
CREATE TABLE keys.tree (
    tenant int, id int, up int, root text, label text UNIQUE, PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, up) REFERENCES keys.tree, FOREIGN KEY (root) REFERENCES keys.tree (label)
);
INSERT INTO keys.tree
SELECT t, i, nullif(i / 2, 0), 't' || t % 4 || '-' || i % 5, 't' || t || '-' || i
FROM generate_series(0, 4) AS t, generate_series(0, 60) AS i;

-- Cycles of two and of three tables, one of them through composite keys, and tables that hang on them.
CREATE TABLE keys.husband (id int PRIMARY KEY, wife int);
CREATE TABLE keys.wife (id int PRIMARY KEY, husband int NOT NULL REFERENCES keys.husband DEFERRABLE);
INSERT INTO keys.husband SELECT i, i + 1 FROM generate_series(1, 200) AS i;
INSERT INTO keys.wife SELECT i, i / 2 + 1 FROM generate_series(1, 250) AS i;
ALTER TABLE keys.husband ADD FOREIGN KEY (wife) REFERENCES keys.wife;
CREATE TABLE keys.a (x int, y text, c_x int, c_y int, PRIMARY KEY (x, y));
CREATE TABLE keys.b (id uuid PRIMARY KEY, a_x int, a_y text, FOREIGN KEY (a_y, a_x) REFERENCES keys.a (y, x));
CREATE TABLE keys.c (x int, y int, b uuid REFERENCES keys.b, husband int REFERENCES keys.husband, UNIQUE (y, x));
INSERT INTO keys.a SELECT i, 'y' || i % 3, i * 7 % 100 + 1, i * 7 % 100 % 5 FROM generate_series(1, 100) AS i;
INSERT INTO keys.b SELECT md5(i::text)::uuid, i, 'y' || i % 3 FROM generate_series(1, 100) AS i;
INSERT INTO keys.c SELECT i + 1, i % 5, md5((i * 3 % 100 + 1)::text)::uuid, i + 1 FROM generate_series(0, 99) AS i;
ALTER TABLE keys.a ADD FOREIGN KEY (c_x, c_y) REFERENCES keys.c (x, y);
CREATE TABLE keys.on_the_cycle (id int PRIMARY KEY, x int, y text, wife int REFERENCES keys.wife, FOREIGN KEY (x, y) REFERENCES keys.a);
INSERT INTO keys.on_the_cycle SELECT i, i, 'y' || i % 3, i FROM generate_series(1, 100) AS i;

-- A child's column of another type than its parent's.
CREATE TABLE keys.parents (
    i int PRIMARY KEY, b bigint NOT NULL UNIQUE, t text NOT NULL UNIQUE, v varchar(9) NOT NULL UNIQUE, c char(9) NOT NULL UNIQUE,
    n numeric NOT NULL UNIQUE, f float8 NOT NULL UNIQUE, at timestamp NOT NULL UNIQUE, o oid NOT NULL UNIQUE
);
INSERT INTO keys.parents
SELECT i, i, 'k' || i, 'k' || i, 'k' || i, i + 0.0, i, date '2020-01-01' + i, i FROM generate_series(1, 900) AS i;
CREATE TABLE keys.children (
    id int PRIMARY KEY,
    big_to_int bigint REFERENCES keys.parents (i), small_to_big smallint REFERENCES keys.parents (b),
    int_to_numeric int REFERENCES keys.parents (n), numeric_to_float numeric REFERENCES keys.parents (f),
    varchar_to_text varchar REFERENCES keys.parents (t), text_to_varchar text REFERENCES keys.parents (v),
    char_to_text char(9) REFERENCES keys.parents (t), text_to_char text REFERENCES keys.parents (c),
    name_to_text name REFERENCES keys.parents (t), date_to_timestamp date REFERENCES keys.parents (at),
    class_to_oid regtype REFERENCES keys.parents (o)
);
INSERT INTO keys.children
SELECT
    i, i * 9 + 1, i * 9 + 2, i * 9 + 3, (i * 9 + 4)::numeric(9, 2), 'k' || i * 9 + 5, 'k' || i * 9 + 6, 'k' || i * 9 + 7, 'k' || i * 9 + 8,
    'k' || i * 9 + 9, date '2020-01-01' + i * 9, i
FROM generate_series(1, 90) AS i;

-- A child's column of another collation than its parent's, and two children who differ.
CREATE TABLE keys.code (code text COLLATE "C" PRIMARY KEY, same text REFERENCES keys.code);
INSERT INTO keys.code SELECT 'k' || i, CASE WHEN i > 9 THEN 'k' || i - 9 END FROM generate_series(1, 100) AS i;
CREATE TABLE keys.coded (
    id int PRIMARY KEY, posix text COLLATE "POSIX" REFERENCES keys.code, usual varchar(9) REFERENCES keys.code,
    c text COLLATE "C" REFERENCES keys.parents (t)
);
INSERT INTO keys.coded SELECT i, 'k' || i, 'k' || 101 - i, 'k' || i FROM generate_series(1, 100) AS i;

-- Parents by legacy inheritance: a key sees the parent's own rows alone, and so does a sample.
CREATE TABLE keys.vehicle (id int PRIMARY KEY, wheels int NOT NULL CHECK (wheels >= 0));
CREATE TABLE keys.truck (payload int, PRIMARY KEY (id)) INHERITS (keys.vehicle);
CREATE TABLE keys.tipper (angle int) INHERITS (keys.truck);
INSERT INTO keys.vehicle SELECT i, 4 FROM generate_series(1, 50) AS i;
INSERT INTO keys.truck SELECT i, 6, 1000 FROM generate_series(1, 90) AS i;
INSERT INTO keys.tipper SELECT i, 8, 900, 45 FROM generate_series(100, 120) AS i;
CREATE TABLE keys.trip (
    id int PRIMARY KEY, vehicle int REFERENCES keys.vehicle, truck int REFERENCES keys.truck, before int REFERENCES keys.trip
);
INSERT INTO keys.trip SELECT i, i, i * 2 - 1, nullif(i - 1, 0) FROM generate_series(1, 45) AS i;
