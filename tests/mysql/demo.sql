-- The demo database as MySQL has it, small: some 30,000 rows in three databases. Everybody in it is invented. What
-- looks like chance is a checksum of the row's number. Arrays are JSON here, ranges two columns, and public is part of
-- registry.
SET NAMES utf8mb4, sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';
SET foreign_key_checks = 0, unique_checks = 0, autocommit = 0;
CREATE DATABASE registry CHARACTER SET utf8mb4;
CREATE DATABASE staff CHARACTER SET utf8mb4;
CREATE DATABASE lab CHARACTER SET utf8mb4;

-- Staff
CREATE TABLE staff.department (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(80) NOT NULL,
    `Kürzel` varchar(4) NOT NULL UNIQUE,
    part_of_id int,
    head_id int,
    FOREIGN KEY (part_of_id) REFERENCES staff.department (id)
);
CREATE TABLE staff.post (
    code varchar(8) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    title varchar(60) NOT NULL,
    grade enum('Junior', 'Senior', 'Head', 'Größte Erfahrung') NOT NULL,
    pay_from decimal(8, 2) NOT NULL,
    pay_to decimal(8, 2)
);
CREATE TABLE staff.employee (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    first_name varchar(60) NOT NULL,
    last_name varchar(60) NOT NULL,
    email varchar(120) NOT NULL UNIQUE,
    phone varchar(30),
    private_phone varchar(30),
    birth_date date NOT NULL,
    street text,
    city text,
    hired_on date NOT NULL,
    left_on date,
    department_id int NOT NULL,
    post_code varchar(8) CHARACTER SET ascii NOT NULL,
    manager_id int,
    salary decimal(9, 2),
    emergency_contact json COMMENT 'JSON: name, phone, relation. {{ no template }}',
    CONSTRAINT employee_left_after_hired CHECK (left_on >= hired_on),
    FOREIGN KEY (department_id) REFERENCES staff.department (id),
    FOREIGN KEY (post_code) REFERENCES staff.post (code),
    FOREIGN KEY (manager_id) REFERENCES staff.employee (id)
);
-- A department has a head, who works in a department.
ALTER TABLE staff.department ADD CONSTRAINT department_head FOREIGN KEY (head_id) REFERENCES staff.employee (id);
CREATE TABLE staff.account (
    employee_id int NOT NULL PRIMARY KEY,
    login varchar(40) NOT NULL UNIQUE,
    password_hash varchar(200) NOT NULL COMMENT 'Secret.',
    last_seen_at timestamp NULL,
    last_address varchar(45),
    settings json NOT NULL DEFAULT ('{}'),
    FOREIGN KEY (employee_id) REFERENCES staff.employee (id) ON DELETE CASCADE
);
CREATE TABLE staff.absence (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    employee_id int NOT NULL,
    kind varchar(20) NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    half_days_only tinyint(1) NOT NULL DEFAULT 0,
    remark text,
    FOREIGN KEY (employee_id) REFERENCES staff.employee (id) ON DELETE CASCADE
);

-- Registry: places, owners, drillers
CREATE TABLE registry.django_migrations (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    app varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    applied datetime(6) NOT NULL
);
CREATE TABLE registry.region (
    code char(2) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    name varchar(60) NOT NULL,
    elevation_from_m int NOT NULL,
    elevation_to_m int NOT NULL
);
CREATE TABLE registry.municipality (
    region_code char(2) CHARACTER SET ascii NOT NULL,
    municipality_no smallint unsigned NOT NULL,
    name varchar(60) NOT NULL,
    town_hall_phone varchar(30),
    PRIMARY KEY (region_code, municipality_no),
    FOREIGN KEY (region_code) REFERENCES registry.region (code)
);
CREATE TABLE registry.aquifer (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    code varchar(10) NOT NULL UNIQUE,
    name varchar(60) NOT NULL,
    part_of_id int unsigned,
    rocks json NOT NULL,
    depth_from_m decimal(7, 2) NOT NULL,
    depth_to_m decimal(7, 2),
    confined tinyint(1),
    FOREIGN KEY (part_of_id) REFERENCES registry.aquifer (id)
);
CREATE TABLE registry.`Schutzgebiet` (
    `Nr` int NOT NULL PRIMARY KEY,
    `Name` text NOT NULL,
    `Zone` varchar(4) NOT NULL,
    `gültig ab` date NOT NULL,
    `Größe_ha` decimal(8, 1) COMMENT 'Area in hectares (10,000 m²); 100% = all of it.'
) COMMENT 'Protected areas; "Zone" as in § 51 WHG.';
CREATE TABLE registry.owner (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind enum('person', 'company', 'municipality', 'cooperative') NOT NULL,
    first_name varchar(60),
    last_name varchar(60),
    company_name varchar(120),
    display_name varchar(200) AS (coalesce(company_name, concat(first_name, last_name))) STORED,
    email varchar(120),
    phone varchar(30),
    birth_date date,
    street text,
    postcode varchar(10),
    city text,
    preferences json NOT NULL DEFAULT ('{}'),
    notes text COMMENT 'Free text; names and telephone numbers of third parties occur.',
    created_at datetime NOT NULL DEFAULT current_timestamp,
    updated_at datetime NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp,
    CONSTRAINT owner_has_a_name CHECK (company_name IS NOT NULL OR last_name IS NOT NULL),
    KEY owner_name (last_name(20), first_name(20))
) COMMENT 'People and bodies that own wells.\nPersonal data: names, addresses, telephone numbers, dates of birth.';
CREATE TABLE registry.driller (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(120) NOT NULL,
    address json,
    contact_name varchar(120),
    email varchar(120),
    phone varchar(30),
    methods set('rotary', 'percussion', 'auger', 'jetting') NOT NULL,
    hourly_rate decimal(6, 2),
    active tinyint(1) NOT NULL DEFAULT 1
);
CREATE TABLE registry.driller_licence (
    driller_id int NOT NULL,
    licence_no varchar(20) NOT NULL PRIMARY KEY,
    class char(1) NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT driller_licence_class_known CHECK (class IN ('A', 'B', 'C')),
    FOREIGN KEY (driller_id) REFERENCES registry.driller (id) ON DELETE CASCADE
);
CREATE TABLE registry.lithology (
    code varchar(6) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    name varchar(40) NOT NULL,
    `group` varchar(20) NOT NULL,
    colour bit(24) NOT NULL
);

-- Registry: wells and what they are made of
CREATE TABLE registry.well (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    well_no char(8) CHARACTER SET ascii NOT NULL UNIQUE COMMENT 'The number on the plate: W and seven digits.',
    public_id char(36) CHARACTER SET ascii NOT NULL UNIQUE,
    status enum('planned', 'drilling', 'active', 'inactive', 'sealed', 'lost') NOT NULL DEFAULT 'planned',
    region_code char(2) CHARACTER SET ascii NOT NULL,
    municipality_no smallint unsigned NOT NULL,
    owner_id bigint unsigned,
    driller_id int,
    aquifer_id int unsigned,
    replaces_well_id bigint unsigned,
    current_inspection_id bigint,
    drilled_on date,
    depth_m decimal(7, 2),
    depth_dm decimal(9, 2) AS (depth_m * 10) STORED,
    longitude double,
    latitude double,
    uses json NOT NULL DEFAULT ('[]'),
    attributes json NOT NULL DEFAULT ('{}'),
    remarks mediumtext,
    updated_at timestamp NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp,
    CONSTRAINT depth_is_plausible CHECK (depth_m BETWEEN 0 AND 5000),
    KEY well_open (status, updated_at DESC),
    FOREIGN KEY (region_code, municipality_no)
        REFERENCES registry.municipality (region_code, municipality_no) ON UPDATE CASCADE,
    FOREIGN KEY (owner_id) REFERENCES registry.owner (id) ON DELETE SET NULL,
    FOREIGN KEY (driller_id) REFERENCES registry.driller (id),
    FOREIGN KEY (aquifer_id) REFERENCES registry.aquifer (id),
    FOREIGN KEY (replaces_well_id) REFERENCES registry.well (id)
) COMMENT 'One borehole that reached water or was meant to.';
CREATE TABLE registry.inspection (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    well_id bigint unsigned NOT NULL,
    inspector_id int,
    external_inspector varchar(120),
    inspected_on date NOT NULL,
    result enum('pass', 'pass with remarks', 'fail') NOT NULL,
    measured json,
    notes text,
    thumbnail tinyblob,
    CONSTRAINT inspection_by_somebody CHECK (inspector_id IS NOT NULL OR external_inspector IS NOT NULL),
    KEY inspection_latest (well_id, inspected_on DESC),
    FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    FOREIGN KEY (inspector_id) REFERENCES staff.employee (id)
);
-- A well names its current inspection, the inspection its well.
ALTER TABLE registry.well
    ADD CONSTRAINT well_current_inspection FOREIGN KEY (current_inspection_id) REFERENCES registry.inspection (id);
CREATE TABLE registry.inspection_finding (
    inspection_id bigint NOT NULL,
    finding_no smallint NOT NULL,
    severity tinyint unsigned NOT NULL,
    finding varchar(200) NOT NULL,
    fixed_on date,
    PRIMARY KEY (inspection_id, finding_no),
    CONSTRAINT inspection_finding_severity_known CHECK (severity BETWEEN 1 AND 5),
    FOREIGN KEY (inspection_id) REFERENCES registry.inspection (id) ON DELETE CASCADE
);
CREATE TABLE registry.lithology_layer (
    well_id bigint unsigned NOT NULL,
    depth_no smallint NOT NULL,
    lithology_code varchar(6) CHARACTER SET ascii NOT NULL,
    top_m decimal(7, 2) NOT NULL,
    bottom_m decimal(7, 2) NOT NULL,
    thickness_m decimal(7, 2) AS (bottom_m - top_m) VIRTUAL,
    description text,
    PRIMARY KEY (well_id, depth_no),
    CONSTRAINT lithology_layer_downwards CHECK (bottom_m > top_m),
    FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    FOREIGN KEY (lithology_code) REFERENCES registry.lithology (code) ON UPDATE CASCADE
);
CREATE TABLE registry.casing (
    well_id bigint unsigned NOT NULL,
    casing_no smallint NOT NULL,
    material varchar(30) NOT NULL,
    diameter_mm smallint unsigned NOT NULL,
    bottom_m decimal(6, 1) NOT NULL,
    PRIMARY KEY (well_id, casing_no),
    FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE
);
CREATE TABLE registry.screen (
    well_id bigint unsigned NOT NULL,
    screen_no smallint NOT NULL,
    layer_well_id bigint unsigned,
    layer_depth_no smallint,
    aquifer_id int unsigned,
    top_m decimal(6, 1) NOT NULL,
    slot_mm float,
    PRIMARY KEY (well_id, screen_no),
    FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    FOREIGN KEY (layer_well_id, layer_depth_no) REFERENCES registry.lithology_layer (well_id, depth_no),
    FOREIGN KEY (aquifer_id) REFERENCES registry.aquifer (id)
);
CREATE TABLE registry.pump (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    well_id bigint unsigned NOT NULL,
    serial_no binary(16) NOT NULL UNIQUE,
    maker varchar(40) NOT NULL,
    power_kw decimal(5, 2) NOT NULL,
    installed_in year NOT NULL,
    runs_at time,
    FOREIGN KEY (well_id) REFERENCES registry.well (id)
);
CREATE TABLE registry.well_ownership (
    well_id bigint unsigned NOT NULL,
    since date NOT NULL,
    owner_id bigint unsigned NOT NULL,
    until date,
    share_percent decimal(5, 2) NOT NULL DEFAULT 100,
    PRIMARY KEY (well_id, since),
    FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    FOREIGN KEY (owner_id) REFERENCES registry.owner (id)
);
CREATE TABLE registry.well_zone (
    well_id bigint unsigned NOT NULL,
    `Gebiet_Nr` int NOT NULL,
    PRIMARY KEY (well_id, `Gebiet_Nr`),
    FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    FOREIGN KEY (`Gebiet_Nr`) REFERENCES registry.`Schutzgebiet` (`Nr`)
);
-- To unique keys that are no primary keys.
CREATE TABLE registry.permit (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    permit_no varchar(12) NOT NULL UNIQUE,
    well_no char(8) CHARACTER SET ascii,
    owner_id bigint unsigned NOT NULL,
    status varchar(12) NOT NULL,
    volume_m3_a decimal(12, 0),
    expires_on date,
    conditions json,
    CONSTRAINT permit_status_known CHECK (status IN ('applied', 'granted', 'refused', 'withdrawn')),
    FOREIGN KEY (well_no) REFERENCES registry.well (well_no) ON UPDATE CASCADE,
    FOREIGN KEY (owner_id) REFERENCES registry.owner (id)
);
CREATE TABLE registry.document (
    id binary(16) NOT NULL PRIMARY KEY,
    well_id bigint unsigned,
    title varchar(200) NOT NULL,
    media_type varchar(40) NOT NULL,
    content longblob NOT NULL,
    sha256 binary(32),
    uploaded_by varchar(40),
    uploaded_at timestamp(3) NULL,
    FOREIGN KEY (well_id) REFERENCES registry.well (id),
    FOREIGN KEY (uploaded_by) REFERENCES staff.account (login) ON UPDATE CASCADE
);
-- What grows by itself. Partitioned tables may not have foreign keys; those to water_level are by habit only.
CREATE TABLE registry.water_level (
    well_id bigint unsigned NOT NULL,
    measured_at datetime NOT NULL,
    level_m decimal(7, 3) NOT NULL,
    temperature_c float,
    quality char(1) NOT NULL DEFAULT 'A',
    PRIMARY KEY (well_id, measured_at)
)
PARTITION BY RANGE COLUMNS (measured_at) (
    PARTITION earlier VALUES LESS THAN ('2016-01-01'),
    PARTITION y2016 VALUES LESS THAN ('2017-01-01'),
    PARTITION later VALUES LESS THAN (MAXVALUE)
);
CREATE TABLE registry.water_level_remark (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    well_id bigint unsigned NOT NULL,
    measured_at datetime NOT NULL,
    author_id int,
    remark text NOT NULL,
    KEY (well_id, measured_at),
    FOREIGN KEY (author_id) REFERENCES staff.employee (id)
);
-- No key and rows that occur twice: loggers repeat a message until somebody answers.
CREATE TABLE registry.logger_message (
    received_at timestamp(3) NOT NULL DEFAULT current_timestamp(3),
    logger varchar(10) NOT NULL,
    well_id bigint unsigned,
    payload json,
    raw varbinary(20),
    FOREIGN KEY (well_id) REFERENCES registry.well (id)
);
CREATE TABLE registry.audit_event (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    happened_at timestamp(6) NOT NULL DEFAULT current_timestamp(6),
    who varchar(80) NOT NULL,
    from_address varchar(45),
    table_name varchar(64) NOT NULL,
    operation char(6) NOT NULL,
    row_hash bigint unsigned,
    old_row json,
    new_row json
);

-- Laboratories
CREATE TABLE lab.laboratory (
    id smallint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name varchar(80) NOT NULL,
    accredited tinyint(1) NOT NULL DEFAULT 0,
    contact_name varchar(120),
    contact_email varchar(120)
);
CREATE TABLE lab.parameter (
    code varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name varchar(40) NOT NULL,
    unit varchar(12) NOT NULL,
    `CAS-Nr.` varchar(12),
    allowed_to decimal(8, 3)
);
CREATE TABLE lab.method (
    parameter_code varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    method_no smallint NOT NULL,
    laboratory_id smallint NOT NULL,
    name varchar(40) NOT NULL,
    detection_limit decimal(8, 4),
    PRIMARY KEY (parameter_code, method_no),
    FOREIGN KEY (parameter_code) REFERENCES lab.parameter (code),
    FOREIGN KEY (laboratory_id) REFERENCES lab.laboratory (id)
);
CREATE TABLE lab.sample (
    well_id bigint unsigned NOT NULL,
    depth_no smallint NOT NULL,
    sample_no smallint NOT NULL,
    taken_by_id int,
    laboratory_id smallint,
    taken_at datetime NOT NULL,
    field_values json,
    remark text,
    PRIMARY KEY (well_id, depth_no, sample_no),
    FOREIGN KEY (well_id, depth_no) REFERENCES registry.lithology_layer (well_id, depth_no),
    FOREIGN KEY (taken_by_id) REFERENCES staff.employee (id),
    FOREIGN KEY (laboratory_id) REFERENCES lab.laboratory (id)
);
CREATE TABLE lab.analysis (
    well_id bigint unsigned NOT NULL,
    depth_no smallint NOT NULL,
    sample_no smallint NOT NULL,
    parameter_code varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    method_no smallint NOT NULL,
    value double,
    below_limit bit(1) NOT NULL DEFAULT b'0',
    approved_by_id int,
    PRIMARY KEY (well_id, depth_no, sample_no, parameter_code),
    FOREIGN KEY (well_id, depth_no, sample_no)
        REFERENCES lab.sample (well_id, depth_no, sample_no) ON DELETE CASCADE,
    FOREIGN KEY (parameter_code, method_no) REFERENCES lab.method (parameter_code, method_no),
    FOREIGN KEY (approved_by_id) REFERENCES staff.employee (id)
);
CREATE VIEW registry.active_well AS SELECT id, well_no, owner_id FROM registry.well WHERE status = 'active';
CREATE TRIGGER registry.well_touched BEFORE UPDATE ON registry.well FOR EACH ROW SET NEW.updated_at = current_timestamp;

-- Numbers and words to make rows of; gone at the end.
CREATE DATABASE making CHARACTER SET utf8mb4;
CREATE TABLE making.n (i int NOT NULL PRIMARY KEY);
INSERT INTO making.n VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
INSERT INTO making.n SELECT a.i + 10 * b.i + 100 * c.i + 1000 * d.i
FROM making.n AS a, making.n AS b, making.n AS c, making.n AS d
WHERE b.i + c.i + d.i > 0;
CREATE FUNCTION making.pick(row_no int, salt int, below int) RETURNS int DETERMINISTIC NO SQL
    RETURN crc32(concat(row_no, '.', salt)) % below;
CREATE FUNCTION making.first_name(row_no int) RETURNS varchar(60) CHARSET utf8mb4 DETERMINISTIC NO SQL
    RETURN elt(1 + making.pick(row_no, 1, 16), 'Anna', 'Björn', 'Chloé', 'Łukasz', 'Ewa', 'Françoise', 'Gül', 'Håkon',
               'Inês', 'Jürgen', 'Kateřina', 'Γιώργος', 'Ольга', 'Ana María', 'Zoë', 'Vít');
CREATE FUNCTION making.last_name(row_no int) RETURNS varchar(60) CHARSET utf8mb4 DETERMINISTIC NO SQL
    RETURN elt(1 + making.pick(row_no, 2, 12), 'Andersson', 'Černý', 'Dubois', 'Großmann', 'O''Brien', 'Müller',
               'Şahin', 'van den Berg', 'Weiß', 'Yılmaz', 'Żak', 'Fernández');
CREATE FUNCTION making.phone(row_no int) RETURNS varchar(30) CHARSET utf8mb4 DETERMINISTIC NO SQL
    RETURN concat('+49 30 23125-', lpad(making.pick(row_no, 3, 1000), 3, '0'));
CREATE FUNCTION making.street(row_no int) RETURNS varchar(60) CHARSET utf8mb4 DETERMINISTIC NO SQL
    RETURN concat(elt(1 + making.pick(row_no, 4, 5), 'Brunnenweg', 'Mühlgasse', 'St. John''s Road', 'Källvägen',
                      'Źródlana'), ' ', 1 + making.pick(row_no, 5, 180));
CREATE FUNCTION making.city(row_no int) RETURNS varchar(60) CHARSET utf8mb4 DETERMINISTIC NO SQL
    RETURN elt(1 + making.pick(row_no, 6, 5), 'Altbrunn', 'Căldări', 'Dornmühle', 'Modrá Voda', '💧 Quell');
CREATE FUNCTION making.layers(well int) RETURNS int DETERMINISTIC NO SQL
    RETURN if(making.pick(well, 7, 10) = 0, 0, 2 + making.pick(well, 8, 6));

INSERT INTO staff.department
SELECT i, concat('Department ', i), concat('D', i), if(i > 1, 1 + i % 3, NULL), if(i < 9, i, NULL)
FROM making.n WHERE i BETWEEN 1 AND 10;
UPDATE staff.department SET part_of_id = NULL WHERE id = part_of_id;
INSERT INTO staff.post
VALUES ('ADM-1', 'Clerk', 'Junior', 2400, 3100), ('FLD-2', 'Well Inspector', 'Senior', 3300, 4500),
       ('GEO-2', 'Senior Hydrogeologist', 'Größte Erfahrung', 4300, 6000), ('DIR', 'Director', 'Head', 7500, NULL);
INSERT INTO staff.employee
SELECT i, making.first_name(i), making.last_name(i), concat('e', i, '@wells.example.org'), making.phone(i),
       if(i % 3 > 0, making.phone(i + 5000), NULL), date '1957-01-01' + INTERVAL making.pick(i, 10, 15700) DAY,
       making.street(i), making.city(i), '2004-05-01', if(i % 7 = 6, '2023-01-31', NULL), 1 + i % 10,
       elt(1 + i % 4, 'DIR', 'ADM-1', 'FLD-2', 'GEO-2'), if(i > 1, 1 + (i - 2) DIV 6, NULL), 2400 + i * 7.5,
       if(i % 5 > 0, json_object('name', making.first_name(i + 6000), 'phone', making.phone(i + 6000)), NULL)
FROM making.n WHERE i BETWEEN 1 AND 120;
INSERT INTO staff.account
SELECT i, if(i % 9 = 0, concat('USER', i), concat('user', i)), concat('pbkdf2$', sha2(i, 256)),
       if(i % 6 > 0, timestamp '2024-11-01 06:00:00' + INTERVAL i * 3601 SECOND, NULL), concat('192.0.2.', i),
       json_object('language', elt(1 + i % 3, 'en', 'de', 'sv'))
FROM making.n WHERE i BETWEEN 1 AND 120 AND i % 11 <> 3;
INSERT INTO staff.absence (employee_id, kind, first_day, last_day, half_days_only, remark)
SELECT e.i, elt(1 + making.pick(e.i * 8 + k.i, 20, 3), 'holiday', 'illness', 'training'),
       date '2022-01-03' + INTERVAL k.i * 95 DAY, date '2022-01-03' + INTERVAL k.i * 95 + 1 + e.i % 20 DAY, k.i % 2, ''
FROM making.n AS e JOIN making.n AS k ON k.i < 1 + e.i % 6 WHERE e.i BETWEEN 1 AND 120;

INSERT INTO registry.django_migrations (app, name, applied)
SELECT elt(1 + i % 3, 'registry', 'staff', 'lab'), concat(lpad(i, 4, '0'), '_step'),
       timestamp '2019-03-01 10:00:00.25' + INTERVAL i DAY
FROM making.n WHERE i BETWEEN 1 AND 40;
INSERT INTO registry.region SELECT concat('R', char(64 + i USING ascii)), concat('Region ', i), i * 10, i * 100 + 200
FROM making.n WHERE i BETWEEN 1 AND 8;
INSERT INTO registry.municipality
SELECT r.code, i, concat(making.city(i), ' ', i), if(i % 4 > 0, making.phone(i + 700), NULL)
FROM registry.region AS r, making.n WHERE i BETWEEN 1 AND 12;
INSERT INTO registry.aquifer
SELECT i, concat('AQ', i), concat('Aquifer ', i), if(i > 4, 1 + i % 4, NULL), json_array('sand', 'gravel'), i,
       if(i % 3 > 0, i + 80.5, NULL),
       elt(1 + i % 3, 0, 1, NULL)
FROM making.n WHERE i BETWEEN 1 AND 30;
INSERT INTO registry.`Schutzgebiet`
SELECT 7000 + i, concat('Gebiet „', making.city(i), '“'), elt(1 + i % 3, 'I', 'II', 'IIIa'), '1995-07-01', i * 12.5
FROM making.n WHERE i BETWEEN 1 AND 60;
INSERT INTO registry.owner (id, kind, first_name, last_name, company_name, email, phone, birth_date, street, postcode,
       city, preferences, notes, created_at, updated_at)
SELECT i, if(i % 5 = 0, 'company', 'person'), making.first_name(i), making.last_name(i), if(i % 5 = 0,
       concat(making.last_name(i), ' & Söhne'), NULL),
       if(i % 4 > 0, concat('o', i, '@example.com'), NULL), making.phone(i + 900), if(i % 5 > 0, date '1940-01-01' +
       INTERVAL making.pick(i, 30, 22000) DAY, NULL),
       making.street(i), lpad(making.pick(i, 31, 99999), 5, '0'), making.city(i), json_object('paper', i % 2 = 0,
       'emoji', '💧'),
       if(i % 9 = 0, concat('Neighbour: ', making.first_name(i + 77), ', ', making.phone(i + 77)), NULL),
       '2020-02-29 12:00:00', '2024-05-05 05:05:05'
FROM making.n WHERE i BETWEEN 1 AND 750;
INSERT INTO registry.driller
SELECT i, concat(making.last_name(i), ' Bohrtechnik'), json_object('street', making.street(i), 'city',
       making.city(i)), making.first_name(i), concat('d', i, '@example.net'),
       making.phone(i + 300), 1 + i % 15, if(i % 4 > 0, 60 + i, NULL), i % 6 > 0
FROM making.n WHERE i BETWEEN 1 AND 40;
INSERT INTO registry.driller_licence
SELECT d.i, concat('L-', d.i, '/', k.i), elt(1 + d.i % 3, 'A', 'B', 'C'), date '2005-01-01' + INTERVAL k.i * 2000 DAY,
       if(k.i = 0, '2010-06-30', NULL)
FROM making.n AS d JOIN making.n AS k ON k.i < 1 + d.i % 2 WHERE d.i BETWEEN 1 AND 40;
INSERT INTO registry.lithology
SELECT concat('L', i), concat('rock ', i), elt(1 + i % 4, 'soil', 'loose rock', 'sedimentary', 'crystalline'),
       i * 654321 & 16777215 FROM making.n WHERE i BETWEEN 1 AND 24;
INSERT INTO registry.well (id, well_no, public_id, status, region_code, municipality_no, owner_id, driller_id,
       aquifer_id, replaces_well_id,
                           drilled_on, depth_m, longitude, latitude, uses, attributes, remarks, updated_at)
SELECT i, concat('W', lpad(i, 7, '0')), insert(insert(insert(insert(left(sha2(i, 256), 32), 9, 0, '-'), 14, 0, '-'),
       19, 0, '-'), 24, 0, '-'),
       elt(1 + making.pick(i, 40, 8), 'planned', 'active', 'active', 'active', 'inactive', 'sealed', 'lost',
       'drilling'),
       concat('R', char(65 + making.pick(i, 41, 8) USING ascii)), 1 + making.pick(i, 42, 12), if(i % 25 > 0,
       1 + making.pick(i, 43, 750), NULL),
       if(i % 11 > 0, if(i % 3 = 0, 1, 1 + making.pick(i, 44, 40)), NULL), if(i % 3 > 0, 1 + making.pick(i, 45, 30),
       NULL),
       if(i % 25 = 0 AND i > 25, i - 25, NULL), if(i % 16 > 0, date '1960-01-01' + INTERVAL making.pick(i, 46,
       23000) DAY, NULL),
       5 + making.pick(i, 47, 30000) / 100, 8 + making.pick(i, 48, 700000) / 100000, 47 + making.pick(i, 49,
       700000) / 100000,
       if(i % 13 = 0, '[]', json_array('irrigation', 'cooling')), json_object('yield', i % 90), if(i % 14 = 0,
       concat('Key with ', making.first_name(i)), NULL),
       timestamp '2023-01-01 00:00:00' + INTERVAL i * 7777 SECOND
FROM making.n WHERE i BETWEEN 1 AND 1000;
INSERT INTO registry.inspection (id, well_id, inspector_id, external_inspector, inspected_on, result, measured, notes,
       thumbnail)
SELECT (w.i - 1) * 4 + k.i + 1, w.i, if(w.i % 16 > 0, 1 + making.pick(w.i, 50, 120), NULL), if(w.i % 16 = 0,
       making.first_name(w.i + 200), NULL),
       date '2015-03-01' + INTERVAL k.i * 500 + w.i % 400 DAY, elt(1 + making.pick(w.i * 4 + k.i, 51, 3), 'pass',
       'pass with remarks', 'fail'),
       if(k.i % 2, json_object('ph', 6 + w.i % 25 / 10), NULL), if(w.i % 3 = 0, 'Saw C:\\scans\\2021, 100 % "ok"',
       NULL), if(w.i % 7 = 0, concat(0xFFD8FFE000, unhex(sha2(w.i, 256))), NULL)
FROM making.n AS w JOIN making.n AS k ON k.i < making.pick(w.i, 52, 5) WHERE w.i BETWEEN 1 AND 1000;
UPDATE registry.well AS w JOIN (SELECT well_id, max(id) AS latest
FROM registry.inspection GROUP BY well_id) AS i ON i.well_id = w.id
SET w.current_inspection_id = i.latest, w.updated_at = w.updated_at;
INSERT INTO registry.inspection_finding
SELECT i.id, 1 + k.i, 1 + making.pick(i.id * 3 + k.i, 53, 5), elt(1 + making.pick(i.id * 3 + k.i, 54, 3),
       'casing corroded', 'no access', 'cover cracked; children play here'), NULL
FROM registry.inspection AS i JOIN making.n AS k ON k.i < 1 + i.id % 3 WHERE i.result <> 'pass';
INSERT INTO registry.lithology_layer (well_id, depth_no, lithology_code, top_m, bottom_m, description)
SELECT w.i, k.i + 1, concat('L', 1 + making.pick(w.i * 8 + k.i, 60, 24)), k.i * 3.5, k.i * 3.5 + 3.5, if(k.i = 1,
       'colour changes to "rust"', NULL)
FROM making.n AS w JOIN making.n AS k ON k.i < making.layers(w.i) WHERE w.i BETWEEN 1 AND 1000;
INSERT INTO registry.casing
SELECT w.i, k.i + 1, elt(1 + making.pick(w.i, 61, 3), 'steel', 'PVC-U', 'wood'), 600 - k.i * 125, (k.i + 1) * 4
FROM making.n AS w JOIN making.n AS k ON k.i < w.i % 3 WHERE w.i BETWEEN 1 AND 1000;
INSERT INTO registry.screen
SELECT w.i, k.i + 1, if(k.i = 0 AND making.layers(w.i) > 0, w.i, NULL), if(k.i = 0 AND making.layers(w.i) > 0,
       making.layers(w.i), NULL), if(w.i % 2, 1 + w.i % 30, NULL), 3.5 * k.i, 0.25 * (1 + w.i % 12)
FROM making.n AS w JOIN making.n AS k ON k.i < 1 + w.i % 2 WHERE w.i BETWEEN 1 AND 1000;
INSERT INTO registry.pump (well_id, serial_no, maker, power_kw, installed_in, runs_at)
SELECT 1 + making.pick(i, 62, 1000), unhex(left(sha2(i + 5000, 256), 32)), elt(1 + i % 3, 'Pumpenwerk', 'Källa',
       'Żuraw & Syn'), 0.37 * (1 + i % 60), 1990 + i % 30, if(i % 2, sec_to_time(i * 60), NULL)
FROM making.n WHERE i BETWEEN 1 AND 650;
INSERT INTO registry.well_ownership
SELECT w.i, date '2024-06-01' - INTERVAL (k.i + 1) * 4000 - w.i DAY, 1 + making.pick(w.i + k.i, 43, 750), if(k.i > 0,
       date '2024-06-01' - INTERVAL k.i * 4000 - w.i DAY, NULL), if(w.i % 31 = 0, 50, 100)
FROM making.n AS w JOIN making.n AS k ON k.i < 1 + w.i % 3 WHERE w.i BETWEEN 1 AND 1000;
INSERT INTO registry.well_zone SELECT i, 7001 + making.pick(i, 63, 60)
FROM making.n WHERE i BETWEEN 1 AND 1000 AND i % 5 = 0;
INSERT INTO registry.permit (permit_no, well_no, owner_id, status, volume_m3_a, expires_on, conditions)
SELECT concat('P-', 99999 + i), if(i % 20 > 0, concat('W', lpad(1 + making.pick(i, 64, 1000), 7, '0')), NULL),
       1 + making.pick(i, 65, 750), elt(1 + i % 4, 'granted', 'applied', 'refused', 'withdrawn'),
       if(i % 4 = 0, i * 250, NULL), if(i % 4 = 0, '2031-12-31', NULL), if(i % 3 = 0, json_array('max. 80 % of yield',
       NULL), NULL)
FROM making.n WHERE i BETWEEN 1 AND 750;
INSERT INTO registry.document
SELECT unhex(left(sha2(-i, 256), 32)), if(i % 16 > 0, 1 + making.pick(i, 66, 1000), NULL), concat('Drilling log ', i,
       '.pdf'), 'application/pdf', repeat(unhex(sha2(i, 256)), i),
       unhex(sha2(i, 256)), (SELECT a.login
FROM staff.account AS a
WHERE a.employee_id = 1 + i % 120), if(i % 9 > 0, timestamp '2020-01-07 10:00:00.125' + INTERVAL i HOUR, NULL)
FROM making.n WHERE i BETWEEN 1 AND 400;
INSERT INTO registry.water_level
SELECT w.i * 12, timestamp '2014-07-01 05:00:00' + INTERVAL m.i MONTH, 10 + making.pick(w.i * 256 + m.i, 70,
       400) / 1000, if(w.i % 5 > 0, 8 + making.pick(m.i, 71, 60) / 10, NULL), elt(1 + m.i % 3, 'A', 'B', 'C')
FROM making.n AS w JOIN making.n AS m ON m.i < 132 WHERE w.i BETWEEN 1 AND 83;
INSERT INTO registry.water_level_remark (well_id, measured_at, author_id, remark)
SELECT well_id, measured_at, if(well_id % 5 > 0, 1 + well_id % 120, NULL), 'outlier?'
FROM registry.water_level WHERE level_m < 10.006;
-- Message 50n is message 50n - 1 once more.
INSERT INTO registry.logger_message
SELECT timestamp '2024-06-01 00:00:00' + INTERVAL (i - (i % 50 = 0)) * 31 SECOND, concat('LG-',
       (i - (i % 50 = 0)) % 97), if(i % 7 > 1, 1 + making.pick(i - (i % 50 = 0), 72, 1000), NULL),
       json_object('v', 3 + (i - (i % 50 = 0)) % 9 / 10), if(i % 3 = 0, 0x007F00, NULL)
FROM making.n WHERE i BETWEEN 1 AND 1500;
INSERT INTO registry.audit_event (happened_at, who, from_address, table_name, operation, row_hash, old_row, new_row)
SELECT timestamp '2023-05-02 07:00:00.654321' + INTERVAL i * 1200 SECOND, concat('user', 1 + i % 120), if(i % 8 > 0,
       '198.51.100.7', NULL), 'registry.owner', 'UPDATE',
       18446744073709551615 - i, json_object('id', i, 'phone', making.phone(i + 1)), json_object('id', i, 'phone',
       making.phone(i))
FROM making.n WHERE i BETWEEN 1 AND 700;

INSERT INTO lab.laboratory SELECT i, concat('Labor ', making.city(i), ' ', i), i % 4 > 0, making.first_name(i + 50),
       if(i % 5 > 0, concat('l', i, '@lab.example.net'), NULL) FROM making.n WHERE i BETWEEN 1 AND 12;
INSERT INTO lab.parameter VALUES ('pH', 'pH value', '1', NULL, 9.5), ('EC', 'Conductivity', 'µS/cm', NULL, 2790),
       ('NO3', 'Nitrate', 'mg/l', '14797-55-8', 50),
    ('Cl', 'Chloride', 'mg/l', '16887-00-6', 250), ('Fe', 'Iron', 'mg/l', '7439-89-6', 0.2), ('Ecoli', 'E. coli',
        '1/100 ml', NULL, 0), ('hardness', 'Hardness', '°dH', NULL, NULL);
INSERT INTO lab.method SELECT p.code, 1 + k.i, 1 + k.i, concat('DIN ', 38400 + k.i), 0.001
FROM lab.parameter AS p, making.n AS k WHERE k.i < 2;
INSERT INTO lab.sample
SELECT w.i, 1 + making.pick(w.i * 8 + k.i, 80, making.layers(w.i)), k.i + 1, if(k.i > 0, 1 + w.i % 120, NULL),
       if(w.i % 20 > 0, 1 + w.i % 12, NULL),
       timestamp '2012-04-02 08:00:00' + INTERVAL k.i * 550 + w.i DAY, if(k.i % 2, json_object('t',
       8 + w.i % 60 / 10), NULL), NULL
FROM making.n AS w JOIN making.n AS k ON k.i < 1 + w.i % 4
WHERE w.i BETWEEN 1 AND 1000 AND w.i % 3 = 0 AND making.layers(w.i) > 0;
INSERT INTO lab.analysis
SELECT s.well_id, s.depth_no, s.sample_no, p.code, 1 + s.well_id % 2, if(s.well_id % 6 > 0,
       making.pick(s.well_id * 8 + s.sample_no, 81, 1000) / 320, NULL), s.well_id % 6 = 0, if(s.well_id % 10 > 0,
       1 + s.well_id % 20, NULL)
FROM lab.sample AS s, lab.parameter AS p WHERE (s.well_id + length(p.code)) % 2 = 0;

DROP DATABASE making;
COMMIT;
