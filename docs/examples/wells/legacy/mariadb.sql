-- Stands in for the legacy system: the tables of oracle.sql in MariaDB, and the rows of postgresql.sql. Nobody in it exists.

CREATE DATABASE wells CHARACTER SET utf8mb4;
USE wells;

CREATE TABLE wells_owners (
    owner_id BIGINT PRIMARY KEY,
    full_name VARCHAR(120),
    city VARCHAR(60)
);

CREATE TABLE wells_wells (
    well_id BIGINT PRIMARY KEY,
    well_tag_number INT NOT NULL UNIQUE,
    owner_id BIGINT,
    status_of_well_code VARCHAR(1) NOT NULL,
    class_of_well_code VARCHAR(2) NOT NULL,
    subclass_code VARCHAR(1),
    acceptance_status_code VARCHAR(1) NOT NULL,
    drilled_date DATETIME,
    depth_well_drilled DECIMAL(7, 2),
    general_remarks VARCHAR(2000),
    FOREIGN KEY (owner_id) REFERENCES wells_owners (owner_id)
);

CREATE TABLE wells_casings (
    casing_id BIGINT PRIMARY KEY,
    well_id BIGINT NOT NULL,
    casing_from DECIMAL(7, 2) NOT NULL,
    casing_to DECIMAL(7, 2) NOT NULL,
    diameter DECIMAL(6, 3),
    FOREIGN KEY (well_id) REFERENCES wells_wells (well_id)
);

CREATE TABLE wells_lithology_descriptions (
    well_id BIGINT NOT NULL,
    depth_from DECIMAL(7, 2) NOT NULL,
    depth_to DECIMAL(7, 2) NOT NULL,
    description VARCHAR(240) NOT NULL,
    PRIMARY KEY (well_id, depth_from),
    FOREIGN KEY (well_id) REFERENCES wells_wells (well_id)
);

INSERT INTO wells_owners (owner_id, full_name, city)
SELECT seq, CONCAT('Owner ', seq), IF(seq % 7 = 0, ' ', CONCAT('Town ', seq % 9))
FROM seq_1_to_60;

INSERT INTO wells_wells
SELECT
    seq,
    100001 + (seq - 1) * 50,
    IF(seq % 5 > 0, seq % 60 + 1, NULL),
    SUBSTR('NAXCZ', seq % 5 + 1, 1),
    SUBSTR('WSMOINZZ', seq % 4 * 2 + 1, 2),
    CASE seq % 4 WHEN 0 THEN SUBSTR('DN', seq DIV 4 % 2 + 1, 1) WHEN 1 THEN SUBSTR('PT', seq DIV 4 % 2 + 1, 1) END,
    IF(seq % 20 = 0, 'I', 'A'),
    IF(seq % 11 > 0, TIMESTAMP('1950-01-01 08:30:00') + INTERVAL seq * 61 DAY, NULL),
    IF(seq % 17 = 0, -1, 20 + seq * 13 % 900 + 0.5),
    IF(seq % 3 = 0, CONCAT('Remark ', seq, ', with a '' and a \\'), NULL)
FROM seq_1_to_400;

INSERT INTO wells_casings
SELECT w.well_id * 10 + k.seq, w.well_id, k.seq * 20, k.seq * 20 + 20, IF(k.seq = 0, 6.625, NULL)
FROM wells_wells AS w JOIN seq_0_to_2 AS k ON k.seq <= w.well_id % 3;

INSERT INTO wells_lithology_descriptions
SELECT w.well_id, k.seq * 15, k.seq * 15 + 15, ELT((w.well_id + k.seq) % 4 + 1, 'sand', 'gravel', 'clay', 'bedrock')
FROM wells_wells AS w JOIN seq_0_to_3 AS k ON k.seq <= w.well_id % 4;
