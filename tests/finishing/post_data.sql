-- Everything that a post-data section can hold, in shapes that depend on each other.

CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE parent (
    id int PRIMARY KEY,
    code text NOT NULL,
    region int NOT NULL,
    note text,
    CONSTRAINT parent_code UNIQUE (code) INCLUDE (note),
    CONSTRAINT parent_late UNIQUE (region, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT parent_roomy UNIQUE (note, id) WITH (fillfactor = 70),
    CONSTRAINT parent_alone EXCLUDE USING btree ((id + 1) WITH =)
);
COMMENT ON CONSTRAINT parent_code ON parent IS 'by code';
ALTER TABLE parent CLUSTER ON parent_pkey;
CREATE UNIQUE INDEX "Parent; -- region" ON parent (region, code);
COMMENT ON INDEX "Parent; -- region" IS 'it''s unique';
ALTER TABLE parent REPLICA IDENTITY USING INDEX "Parent; -- region";
CREATE INDEX parent_upper ON parent (upper(note), id) WHERE region > 1;
ALTER INDEX parent_upper ALTER COLUMN 1 SET STATISTICS 7;
CREATE INDEX parent_words ON parent USING gin (to_tsvector('english', note));
CREATE STATISTICS parent_both ON region, code FROM parent;
COMMENT ON STATISTICS parent_both IS 'both';

CREATE TABLE child (
    id int PRIMARY KEY,
    parent_id int,
    code text,
    region int,
    up int,
    "The mood" mood,
    CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent ON DELETE CASCADE,
    CONSTRAINT child_code FOREIGN KEY (code) REFERENCES parent (code) DEFERRABLE,
    CONSTRAINT child_region FOREIGN KEY (code, region) REFERENCES parent (code, region) MATCH FULL,
    CONSTRAINT child_up FOREIGN KEY (up) REFERENCES child
);
COMMENT ON CONSTRAINT child_up ON child IS 'itself';
CREATE INDEX child_parent_id ON child (parent_id);
CREATE INDEX child_mood ON child ("The mood" DESC NULLS LAST);
ALTER TABLE parent ADD COLUMN favourite int CONSTRAINT parent_favourite REFERENCES child;
ALTER TABLE child ADD CONSTRAINT child_sane CHECK (id > 0) NOT VALID;
ALTER TABLE child ADD CONSTRAINT child_later FOREIGN KEY (id) REFERENCES parent NOT VALID;

-- Partitions of partitions, with keys from, to and within; one partition has more than the others.
CREATE TABLE event (
    id int, day int, kind int, parent_id int REFERENCES parent,
    PRIMARY KEY (id, day, kind)
) PARTITION BY RANGE (day);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (10);
CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM (10) TO (20) PARTITION BY LIST (kind);
CREATE TABLE event_2_a PARTITION OF event_2 FOR VALUES IN (1, 2);
CREATE TABLE event_2_b PARTITION OF event_2 DEFAULT;
CREATE INDEX event_kind ON event (kind, (day + 1));
CREATE INDEX ON ONLY event (day);
CREATE UNIQUE INDEX event_1_only ON event_1 (id);
ALTER TABLE event_1 ADD CONSTRAINT event_1_child FOREIGN KEY (id) REFERENCES child;
CREATE TABLE guest (
    id int PRIMARY KEY, event_id int, day int, kind int,
    first_id int REFERENCES event_1 (id),
    FOREIGN KEY (event_id, day, kind) REFERENCES event
);
CREATE INDEX guest_event ON guest (event_id, day, kind);

CREATE TABLE base (id int PRIMARY KEY, x int);
CREATE TABLE derived (y int, UNIQUE (id, y)) INHERITS (base);
ALTER TABLE base ADD CONSTRAINT base_x CHECK (x <> 13) NOT VALID;
CREATE INDEX ON derived (x);

CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER child_touched BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touched();
COMMENT ON TRIGGER child_touched ON child IS 'a trigger';
CREATE TRIGGER event_touched AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION touched();
CREATE CONSTRAINT TRIGGER child_checked AFTER INSERT ON child FROM parent DEFERRABLE
    FOR EACH ROW EXECUTE FUNCTION touched();
ALTER TABLE child DISABLE TRIGGER child_checked;
CREATE RULE base_kept AS ON DELETE TO base WHERE old.x = 1 DO INSTEAD INSERT INTO guest (id) VALUES (old.id);
COMMENT ON RULE base_kept ON base IS 'a rule';

-- What cannot be made before a primary key is there.
CREATE VIEW grouped AS SELECT id, note FROM parent GROUP BY id;
CREATE VIEW more AS SELECT id FROM grouped;
CREATE MATERIALIZED VIEW summed AS SELECT id, code FROM parent GROUP BY id;
CREATE UNIQUE INDEX summed_id ON summed (id);
CREATE MATERIALIZED VIEW summed_again AS SELECT id FROM summed;
CREATE INDEX ON summed_again (id);
CREATE FUNCTION first_code() RETURNS text LANGUAGE sql
BEGIN ATOMIC
    SELECT code FROM parent GROUP BY id LIMIT 1;
END;

ALTER TABLE child ENABLE ROW LEVEL SECURITY;
ALTER TABLE child FORCE ROW LEVEL SECURITY;
CREATE POLICY child_mine ON child USING (EXISTS (SELECT FROM parent AS p WHERE p.id = parent_id));
COMMENT ON POLICY child_mine ON child IS 'a policy';

INSERT INTO parent SELECT n, 'code ' || n, n % 7, 'note ' || n FROM generate_series(1, 2000) AS n;
INSERT INTO child SELECT n, n, 'code ' || n, n % 7, n / 2 + 1, 'b' FROM generate_series(1, 2000) AS n;
UPDATE parent SET favourite = id WHERE id % 3 = 0;
INSERT INTO event SELECT n, n % 20, n % 4, n FROM generate_series(1, 2000) AS n;
INSERT INTO guest SELECT n, n, n % 20, n % 4, CASE WHEN n % 20 < 10 THEN n END FROM generate_series(1, 2000) AS n;
INSERT INTO base SELECT n, n + 20 FROM generate_series(1, 100) AS n;
INSERT INTO derived SELECT n, n + 20, n FROM generate_series(1, 100) AS n;
