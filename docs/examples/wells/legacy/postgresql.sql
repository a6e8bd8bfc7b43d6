-- Stands in for the legacy system: the tables of oracle.sql in PostgreSQL, and invented rows. Nobody in it exists.

CREATE SCHEMA wells;

CREATE TABLE wells.wells_owners (
    owner_id bigint PRIMARY KEY,
    full_name varchar(120),
    city varchar(60)
);

CREATE TABLE wells.wells_wells (
    well_id bigint PRIMARY KEY,
    well_tag_number integer NOT NULL UNIQUE,
    owner_id bigint REFERENCES wells.wells_owners,
    status_of_well_code varchar(1) NOT NULL,
    class_of_well_code varchar(2) NOT NULL,
    subclass_code varchar(1),
    acceptance_status_code varchar(1) NOT NULL,
    drilled_date timestamp(0),
    depth_well_drilled numeric(7, 2),
    general_remarks varchar(2000)
);

CREATE TABLE wells.wells_casings (
    casing_id bigint PRIMARY KEY,
    well_id bigint NOT NULL REFERENCES wells.wells_wells,
    casing_from numeric(7, 2) NOT NULL,
    casing_to numeric(7, 2) NOT NULL,
    diameter numeric(6, 3)
);

CREATE TABLE wells.wells_lithology_descriptions (
    well_id bigint NOT NULL REFERENCES wells.wells_wells,
    depth_from numeric(7, 2) NOT NULL,
    depth_to numeric(7, 2) NOT NULL,
    description varchar(240) NOT NULL,
    PRIMARY KEY (well_id, depth_from)
);

INSERT INTO wells.wells_owners (owner_id, full_name, city)
SELECT n, 'Owner ' || n, CASE WHEN n % 7 = 0 THEN ' ' ELSE 'Town ' || n % 9 END
FROM generate_series(1, 60) AS n;

INSERT INTO wells.wells_wells
SELECT
    n,
    100001 + (n - 1) * 50,
    CASE WHEN n % 5 > 0 THEN n % 60 + 1 END,
    substr('NAXCZ', n % 5 + 1, 1),
    substr('WSMOINZZ', n % 4 * 2 + 1, 2),
    CASE n % 4 WHEN 0 THEN substr('DN', n / 4 % 2 + 1, 1) WHEN 1 THEN substr('PT', n / 4 % 2 + 1, 1) END,
    CASE WHEN n % 20 = 0 THEN 'I' ELSE 'A' END,
    CASE WHEN n % 11 > 0 THEN timestamp '1950-01-01 08:30:00' + n * interval '61 days' END,
    CASE WHEN n % 17 = 0 THEN -1 ELSE 20 + n * 13 % 900 + 0.5 END,
    CASE WHEN n % 3 = 0 THEN 'Remark ' || n || ', with a '' and a \' END
FROM generate_series(1, 400) AS n;

INSERT INTO wells.wells_casings
SELECT w.well_id * 10 + k, w.well_id, k * 20, k * 20 + 20, CASE WHEN k = 0 THEN 6.625 END
FROM wells.wells_wells AS w CROSS JOIN generate_series(0, 2) AS k
WHERE k <= w.well_id % 3;

INSERT INTO wells.wells_lithology_descriptions
SELECT w.well_id, k * 15, k * 15 + 15, (ARRAY['sand', 'gravel', 'clay', 'bedrock'])[(w.well_id + k) % 4 + 1]
FROM wells.wells_wells AS w CROSS JOIN generate_series(0, 3) AS k
WHERE k <= w.well_id % 4;
