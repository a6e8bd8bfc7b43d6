-- A column of each type, and rows of its ends.
SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = 'NO_ENGINE_SUBSTITUTION';
CREATE DATABASE every_type CHARACTER SET utf8mb4;
USE every_type;
CREATE TABLE ends (
    id int PRIMARY KEY,
    ti tinyint, tu tinyint unsigned, flag tinyint(1), si smallint, su smallint unsigned, mi mediumint,
    mu mediumint unsigned, i int, iu int unsigned, iz int(8) zerofill, bi bigint, bu bigint unsigned,
    dec_ decimal(65, 30), du decimal(5, 2) unsigned, f float, db double,
    b1 bit(1), b3 bit(3), b8 bit(8), b40 bit(40), b64 bit(64),
    c char(10), c0 char(0), vc varchar(100), vl varchar(5000), tt tinytext, tx text, mt mediumtext, lt longtext,
    latin varchar(50) CHARACTER SET latin1, bin binary(5), vb varbinary(8192), tb tinyblob,
    e enum('a', 'b''c', 'ü'), s set('x', 'y', 'z'), j json,
    da date, dt datetime(6), d0 datetime, ts timestamp(3) NULL, t time(3), y year,
    u uuid, i6 inet6, i4 inet4, p point, bl blob, vbl varbinary(9000)
);
INSERT INTO ends VALUES (
    1, -128, 255, 1, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, 42, -9223372036854775808,
    18446744073709551615, 99999999999999999999999999999999999.999999999999999999999999999999, 999.99, 1.5,
    0.30000000000000004, b'1', b'101', b'10000001', 0x8000000001, 0xFFFFFFFFFFFFFFFF,
    'ab  ', '', 'vc  ', repeat('💧', 5000), 'tiny', 'te\nxt\t😀ü\\''"', repeat('é', 40000), repeat('abcdefgh', 20000),
    'é€', 'a', concat(repeat('x', 8190), 0x00FF), 0x00,
    'ü', 'x,z', '{"a": [1, "ü😀", null]}',
    '9999-12-31', '2024-02-29 12:34:56.123456', '1000-01-01 00:00:00', '2024-10-27 00:30:00.123', '-838:59:59.123', 2155,
    '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1', '192.0.2.1', ST_GeomFromText('POINT(1 2)'),
    repeat('z', 65535), repeat('z', 9000)
);
INSERT INTO ends (id) VALUES (2);
INSERT INTO ends VALUES (
    3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '', '', '', '', '', '', '', '',
    'a', '', '[]', '1000-01-01', '1000-01-01', '9999-12-31 23:59:59', '1970-01-01 00:00:01', '25:00:00', 1901,
    '00000000-0000-0000-0000-000000000000', '::', '0.0.0.0', NULL, '', ''
);
-- What a strict source would refuse: a label that is none, numbers other than 0 and 1 in a boolean.
INSERT INTO ends (id, e, flag, t, f, db) VALUES (4, 'none such', 2, '-00:00:01', 3.40282e38, 1.7976931348623157e308);
INSERT INTO ends (id, flag, f, db) VALUES (5, -1, -1.17549e-38, 2.2250738585072014e-308);

-- Sent as UTF-8, this has more bytes than the wrapper has room for in a varchar.
CREATE TABLE wide (id int PRIMARY KEY, v varchar(60000) CHARACTER SET latin1);
INSERT INTO wide VALUES (1, 'a'), (2, repeat('é', 60000)), (3, 'b');

CREATE TABLE zero_dates (
    id int PRIMARY KEY, da date, dt datetime(3), ts timestamp NULL, needed date NOT NULL, moment timestamp NOT NULL
);
INSERT INTO zero_dates VALUES
    (1, '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00'),
    (2, '2024-00-00', '2024-05-00', NULL, '2024-00-10', '2024-05-06 07:08:09'),
    (3, '2024-02-29', '2024-02-29 01:02:03.456', '2024-02-29 01:02:03', '2024-02-29', '2024-02-29 01:02:03');
