-- Keys of texts that must be quoted with care, and that MariaDB takes for equal when they differ in case; composite keys
-- whose combinations name more rows than are meant; a table that refers to itself, and two that refer to each other.
CREATE DATABASE `Shop`; USE `Shop`;
CREATE TABLE country (code varchar(20) PRIMARY KEY COMMENT 'as it is spoken', name text NOT NULL) COLLATE utf8mb4_general_ci;
CREATE TABLE person (
    id int unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(80) NOT NULL, email varchar(80) UNIQUE, country varchar(20)
    CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, boss int unsigned, note json, born date, is_vip tinyint(1) NOT NULL
    DEFAULT 0, favourite int, KEY (country), FOREIGN KEY (country) REFERENCES country (code), FOREIGN KEY (boss) REFERENCES person (id));
CREATE TABLE shelf (room char(2), number smallint, PRIMARY KEY (room, number), label enum('a', 'b') DEFAULT 'a');
CREATE TABLE item (
    id int PRIMARY KEY, room char(2), number smallint, owner int unsigned NOT NULL, price decimal(8, 2) CHECK (price >= 0),
    picture blob, FOREIGN KEY (room, number) REFERENCES shelf (room, number), FOREIGN KEY (owner) REFERENCES person (id));
ALTER TABLE person ADD FOREIGN KEY (favourite) REFERENCES item (id);
CREATE TABLE `Order Line` (
    `order` bigint, `line` int, item int NOT NULL, `taken at` datetime(3), PRIMARY KEY (`order`, `line`),
    FOREIGN KEY (item) REFERENCES item (id)) COMMENT 'a quoted ''name''';
INSERT INTO country VALUES ('O''Neill', 'quote'), ('back\\slash', 'b'), ('de,at', 'comma'), ('ünïcødé 🎉', ''), ('{x}', 'y');
INSERT INTO country SELECT CONCAT('c', seq), 'plain' FROM seq_1_to_1500;
INSERT INTO person (id, name, email, country, boss, note, born, is_vip)
SELECT seq, CONCAT('Person ', seq, ' 🎉'), CONCAT('p', seq, '@example.org'),
    CASE seq % 400 WHEN 0 THEN 'O''Neill' WHEN 1 THEN 'back\\slash' WHEN 2 THEN 'de,at' WHEN 3 THEN 'ünïcødé 🎉' WHEN 4 THEN '{x}'
    WHEN 5 THEN NULL ELSE CONCAT('c', seq % 1500 + 1) END,
    CASE WHEN seq > 1 THEN seq DIV 2 END, '{"a": [1, null]}', DATE '1980-02-29' + INTERVAL seq DAY, seq % 2
FROM seq_1_to_6000;
INSERT INTO shelf SELECT CONCAT(CHAR(65 + r.seq), CHAR(97 + r.seq)), n.seq, IF(n.seq % 2, 'a', 'b')
FROM seq_0_to_9 AS r JOIN seq_1_to_40 AS n;
INSERT INTO item SELECT seq, CONCAT(CHAR(65 + seq % 10), CHAR(97 + seq % 10)), IF(seq % 7, seq % 40 + 1, NULL), seq * 2, seq / 4, X'00ff27'
FROM seq_1_to_3000;
UPDATE person SET favourite = id DIV 2 WHERE id % 10 = 0;
INSERT INTO `Order Line` SELECT seq DIV 3, seq % 3, seq % 2999 + 1, TIMESTAMP '2024-01-01 00:00:00' + INTERVAL seq MINUTE FROM seq_1_to_9000;
