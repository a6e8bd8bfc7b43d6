-- Partitioned tables on either side of a key.

CREATE SCHEMA parts;
CREATE SCHEMA "parts, older";
CREATE TYPE parts.kind AS ENUM ('good', 'bad', 'ugly');
CREATE TABLE parts.actor (id int PRIMARY KEY, mentor int REFERENCES parts.actor);
INSERT INTO parts.actor SELECT i, CASE WHEN i % 10 <> 0 THEN i / 10 * 10 END FROM generate_series(0, 400) AS i;

-- Two levels, a default partition at each; columns in another order, dropped ones before them; one in another schema.
CREATE TABLE parts.event (
    gone text, id int, day date, kind parts.kind, actor int REFERENCES parts.actor, before int, before_day date, extra int,
    PRIMARY KEY (id, day, kind)
) PARTITION BY RANGE (day);
ALTER TABLE parts.event DROP COLUMN gone;
CREATE TABLE parts.event_default PARTITION OF parts.event DEFAULT;
CREATE TABLE parts.event_2020 PARTITION OF parts.event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (kind);
CREATE TABLE parts.event_2020_good PARTITION OF parts.event_2020 FOR VALUES IN ('good');
CREATE TABLE parts.event_2020_other PARTITION OF parts.event_2020 DEFAULT;
CREATE TABLE "parts, older"."event 2019" (
    extra int, dropped int, kind parts.kind NOT NULL, before_day date, before int, actor int, day date NOT NULL, id int NOT NULL
);
ALTER TABLE "parts, older"."event 2019" DROP COLUMN dropped;
ALTER TABLE parts.event ATTACH PARTITION "parts, older"."event 2019" FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
INSERT INTO parts.event (id, day, kind, actor, extra)
SELECT i, date '2018-12-01' + i * 2, (enum_range(NULL::parts.kind))[i % 3 + 1], i / 2, i FROM generate_series(1, 600) AS i;
-- A key to itself from the whole table, and one that a single partition has.
ALTER TABLE parts.event ADD FOREIGN KEY (before, before_day, kind) REFERENCES parts.event (id, day, kind);
UPDATE parts.event SET before = id - 60, before_day = day - 120 WHERE id > 60 AND id % 2 = 0;
CREATE TABLE parts.extra (id int PRIMARY KEY);
INSERT INTO parts.extra SELECT i FROM generate_series(1, 600) AS i;
ALTER TABLE parts.event_2020_good ADD FOREIGN KEY (extra) REFERENCES parts.extra;
ALTER TABLE "parts, older"."event 2019" ADD FOREIGN KEY (extra) REFERENCES parts.extra;

-- To the whole; to one partition, by which the rows of the others are not meant; to a partition that has partitions.
CREATE TABLE parts.note (id int PRIMARY KEY, event int, day date, kind parts.kind, FOREIGN KEY (kind, day, event) REFERENCES parts.event (kind, day, id));
INSERT INTO parts.note SELECT id, id, day, kind FROM parts.event WHERE id % 3 = 0;
ALTER TABLE "parts, older"."event 2019" ADD UNIQUE (day, id);
CREATE TABLE parts.pin (id int PRIMARY KEY, event int, day date, FOREIGN KEY (day, event) REFERENCES "parts, older"."event 2019" (day, id));
INSERT INTO parts.pin SELECT id, id, day FROM "parts, older"."event 2019" WHERE id % 5 = 0;
CREATE TABLE parts.flag (
    id int PRIMARY KEY, event int, day date, kind parts.kind, FOREIGN KEY (event, day, kind) REFERENCES parts.event_2020 (id, day, kind)
);
INSERT INTO parts.flag SELECT id, id, day, kind FROM parts.event_2020 WHERE id % 7 = 0;

-- A cycle through a partition alone, and partitions by hash: of a text, of an enum (whose hash differs everywhere).
CREATE TABLE parts.node (id int, side int, edge int, PRIMARY KEY (id, side)) PARTITION BY LIST (side);
CREATE TABLE parts.node_0 PARTITION OF parts.node FOR VALUES IN (0);
CREATE TABLE parts.node_1 PARTITION OF parts.node FOR VALUES IN (1);
CREATE TABLE parts.edge (id int PRIMARY KEY, start int, start_side int, FOREIGN KEY (start, start_side) REFERENCES parts.node_1);
INSERT INTO parts.node SELECT i, i % 2, i * 3 % 200 FROM generate_series(1, 200) AS i;
INSERT INTO parts.edge SELECT i, CASE WHEN i % 2 = 1 THEN i END, CASE WHEN i % 2 = 1 THEN 1 END FROM generate_series(0, 199) AS i;
ALTER TABLE parts.node_1 ADD FOREIGN KEY (edge) REFERENCES parts.edge;
CREATE TABLE parts.hashed (id text PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE parts.hashed_0 PARTITION OF parts.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts.hashed_1 PARTITION OF parts.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts.hashed SELECT 'h' || i FROM generate_series(1, 100) AS i;
CREATE TABLE parts.by_kind (kind parts.kind, id int, hashed text REFERENCES parts.hashed) PARTITION BY HASH (kind);
CREATE TABLE parts.by_kind_0 PARTITION OF parts.by_kind FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts.by_kind_1 PARTITION OF parts.by_kind FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts.by_kind SELECT (enum_range(NULL::parts.kind))[i % 3 + 1], i, 'h' || i FROM generate_series(1, 100) AS i;
CREATE TABLE parts.empty (id int, d date) PARTITION BY RANGE (d);
