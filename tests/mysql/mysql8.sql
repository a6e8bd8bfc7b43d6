-- The information_schema of MySQL 8 as far as it is asked, as tables: no MySQL is to be had where the tests run. Rows as
-- MySQL 8.0 prints them for
--   CREATE TABLE shop.item (
--       id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'it''s \\ 1',
--       status enum('new','old') DEFAULT 'new', price decimal(8,2) NOT NULL DEFAULT 1.5, data json DEFAULT (json_array()),
--       made datetime DEFAULT CURRENT_TIMESTAMP, flag tinyint(1) NOT NULL DEFAULT 0, mask bit(4) DEFAULT b'101',
--       code varbinary(4) DEFAULT 0x00FF, twice decimal(9,2) GENERATED ALWAYS AS (price * 2) STORED,
--       UNIQUE KEY lowered ((lower(name))), KEY by_name (name(5), price DESC),
--       CONSTRAINT named CHECK (name <> ''), CONSTRAINT off CHECK (price > 0) NOT ENFORCED)
CREATE DATABASE mysql8_schema CHARACTER SET utf8mb4;
CREATE DATABASE mysql8_performance CHARACTER SET utf8mb4;
USE mysql8_schema;
CREATE TABLE `TABLES` (
    TABLE_SCHEMA varchar(64), TABLE_NAME varchar(64), TABLE_TYPE varchar(20), ENGINE varchar(64),
    TABLE_ROWS bigint unsigned, DATA_LENGTH bigint unsigned, INDEX_LENGTH bigint unsigned, TABLE_COMMENT text
);
INSERT INTO `TABLES` VALUES ('shop', 'item', 'BASE TABLE', 'InnoDB', 12, 16384, 32768, ''),
    ('shop', 'shown', 'VIEW', NULL, NULL, NULL, NULL, 'VIEW'), ('sys', 'host', 'VIEW', NULL, NULL, NULL, NULL, 'VIEW');
CREATE TABLE `COLUMNS` (
    TABLE_SCHEMA varchar(64), TABLE_NAME varchar(64), COLUMN_NAME varchar(64), ORDINAL_POSITION int unsigned,
    COLUMN_DEFAULT text, IS_NULLABLE varchar(3), DATA_TYPE longtext, CHARACTER_MAXIMUM_LENGTH bigint,
    NUMERIC_PRECISION bigint unsigned, NUMERIC_SCALE bigint unsigned, DATETIME_PRECISION int unsigned,
    COLUMN_TYPE mediumtext, COLUMN_KEY varchar(3), EXTRA varchar(256), COLUMN_COMMENT text, GENERATION_EXPRESSION longtext
);
INSERT INTO `COLUMNS` VALUES
    ('shop', 'item', 'id', 1, NULL, 'NO', 'bigint', NULL, 20, 0, NULL, 'bigint unsigned', 'PRI', 'auto_increment', '', ''),
    ('shop', 'item', 'name', 2, 'it''s \\ 1', 'NO', 'varchar', 20, NULL, NULL, NULL, 'varchar(20)', '', '', '', ''),
    ('shop', 'item', 'status', 3, 'new', 'YES', 'enum', 3, NULL, NULL, NULL, 'enum(''new'',''old'')', '', '', '', ''),
    ('shop', 'item', 'price', 4, '1.50', 'NO', 'decimal', NULL, 8, 2, NULL, 'decimal(8,2)', '', '', '', ''),
    ('shop', 'item', 'data', 5, 'json_array()', 'YES', 'json', NULL, NULL, NULL, NULL, 'json', '', 'DEFAULT_GENERATED', '', ''),
    ('shop', 'item', 'made', 6, 'CURRENT_TIMESTAMP', 'YES', 'datetime', NULL, NULL, NULL, 0, 'datetime', '', 'DEFAULT_GENERATED', '', ''),
    ('shop', 'item', 'flag', 7, '0', 'NO', 'tinyint', NULL, 3, 0, NULL, 'tinyint(1)', '', '', '', ''),
    ('shop', 'item', 'mask', 8, 'b''101''', 'YES', 'bit', NULL, 4, NULL, NULL, 'bit(4)', '', '', '', ''),
    ('shop', 'item', 'code', 9, '0x00FF', 'YES', 'varbinary', 4, NULL, NULL, NULL, 'varbinary(4)', '', '', '', ''),
    ('shop', 'item', 'twice', 10, NULL, 'YES', 'decimal', NULL, 9, 2, NULL, 'decimal(9,2)', '', 'STORED GENERATED', '', '(`price` * 2)'),
    ('information_schema', 'STATISTICS', 'EXPRESSION', 18, NULL, 'YES', 'longtext', NULL, NULL, NULL, NULL, 'longtext', '', '', '', ''),
    ('information_schema', 'CHECK_CONSTRAINTS', 'CHECK_CLAUSE', 4, NULL, 'NO', 'longtext', NULL, NULL, NULL, NULL, 'longtext', '', '', '', '');
CREATE TABLE `STATISTICS` (
    TABLE_SCHEMA varchar(64), TABLE_NAME varchar(64), NON_UNIQUE int, INDEX_NAME varchar(64), SEQ_IN_INDEX int unsigned,
    COLUMN_NAME varchar(64), `COLLATION` varchar(1), SUB_PART bigint, INDEX_TYPE varchar(11), EXPRESSION longtext
);
INSERT INTO `STATISTICS` VALUES ('shop', 'item', 0, 'PRIMARY', 1, 'id', 'A', NULL, 'BTREE', NULL),
    ('shop', 'item', 0, 'lowered', 1, NULL, 'A', NULL, 'BTREE', 'lower(`name`)'),
    ('shop', 'item', 1, 'by_name', 1, 'name', 'A', 5, 'BTREE', NULL),
    ('shop', 'item', 1, 'by_name', 2, 'price', 'D', NULL, 'BTREE', NULL);
CREATE TABLE `KEY_COLUMN_USAGE` (
    TABLE_SCHEMA varchar(64), TABLE_NAME varchar(64), CONSTRAINT_NAME varchar(64), ORDINAL_POSITION int unsigned,
    COLUMN_NAME varchar(64), REFERENCED_TABLE_SCHEMA varchar(64), REFERENCED_TABLE_NAME varchar(64),
    REFERENCED_COLUMN_NAME varchar(64)
);
CREATE TABLE `REFERENTIAL_CONSTRAINTS` (
    CONSTRAINT_SCHEMA varchar(64), TABLE_NAME varchar(64), CONSTRAINT_NAME varchar(64), UPDATE_RULE varchar(64),
    DELETE_RULE varchar(64)
);
CREATE TABLE `TABLE_CONSTRAINTS` (
    TABLE_SCHEMA varchar(64), TABLE_NAME varchar(64), CONSTRAINT_NAME varchar(64), CONSTRAINT_TYPE varchar(11),
    ENFORCED varchar(3)
);
INSERT INTO `TABLE_CONSTRAINTS` VALUES ('shop', 'item', 'PRIMARY', 'PRIMARY KEY', 'YES'),
    ('shop', 'item', 'named', 'CHECK', 'YES'), ('shop', 'item', 'off', 'CHECK', 'NO');
-- CHECK_CONSTRAINTS has no TABLE_NAME.
CREATE TABLE `CHECK_CONSTRAINTS` (CONSTRAINT_SCHEMA varchar(64), CONSTRAINT_NAME varchar(64), CHECK_CLAUSE longtext);
INSERT INTO `CHECK_CONSTRAINTS` VALUES ('shop', 'named', '(`name` <> _utf8mb4\\''\\'')'), ('shop', 'off', '(`price` > 0)');
CREATE TABLE `TRIGGERS` (EVENT_OBJECT_SCHEMA varchar(64), EVENT_OBJECT_TABLE varchar(64), TRIGGER_NAME varchar(64));
CREATE TABLE mysql8_performance.global_variables (VARIABLE_NAME varchar(64), VARIABLE_VALUE varchar(1024));
INSERT INTO mysql8_performance.global_variables
VALUES ('version', '8.0.36'), ('version_comment', 'MySQL Community Server - GPL');
