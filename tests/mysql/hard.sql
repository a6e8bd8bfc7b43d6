-- What a dictionary can hold that is hard to tell: names, keys, literals, expressions, kinds of tables.
SET NAMES utf8mb4;
CREATE DATABASE other_db CHARACTER SET utf8mb4;
CREATE DATABASE `hard ``db"` CHARACTER SET utf8mb4;
-- Differs from other_db by case alone, which the source does not compare by.
CREATE DATABASE `Other_DB` CHARACTER SET utf8mb4;
CREATE TABLE `Other_DB`.nobody (id int PRIMARY KEY);
CREATE TABLE other_db.`Land` (`Code` char(2) PRIMARY KEY);
USE `hard ``db"`;
CREATE TABLE `Or``der "x" 'y'` (
    `select` int unsigned NOT NULL AUTO_INCREMENT COMMENT 'the key''s "comment" \\ ü',
    `Größe in ``m``` decimal(10, 2) DEFAULT 1.50,
    land char(2),
    a int NOT NULL,
    b varchar(200) NOT NULL DEFAULT 'it''s \\ "q" `b`\n%',
    c text DEFAULT 'txt',
    d datetime(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
    e timestamp NULL DEFAULT NULL,
    f date DEFAULT (curdate() + INTERVAL 1 DAY),
    g tinyint(1) NOT NULL DEFAULT 0,
    h bit(3) DEFAULT b'101',
    i varbinary(16) DEFAULT x'00ff27',
    j json DEFAULT (json_object('a', 1)),
    k int GENERATED ALWAYS AS (`a` * 2) VIRTUAL,
    l varchar(300) AS (concat(b, ifnull(q, '-'))) STORED,
    m enum('a', 'b''c', 'd\\e', 'ü,x') NOT NULL DEFAULT 'b''c',
    n set('x', 'y') DEFAULT 'x,y',
    o uuid DEFAULT uuid(),
    p int CHECK (p BETWEEN 1 AND 5),
    q varchar(10) DEFAULT NULL,
    r varchar(10) DEFAULT 'NULL',
    s varchar(10) DEFAULT '',
    t time DEFAULT '10:00:00',
    u year DEFAULT 2024,
    v double DEFAULT -1e10,
    w int DEFAULT (1 + 2),
    x tinyint(1) DEFAULT 3,
    y varbinary(16) DEFAULT 'ascii',
    z date NOT NULL DEFAULT '2020-01-02',
    aa int INVISIBLE DEFAULT 5,
    PRIMARY KEY (`select`),
    UNIQUE KEY `uni q` (a, b),
    UNIQUE KEY pre (b(10)),
    KEY des (a DESC, `select`),
    KEY `no``index` (c(20)),
    FULLTEXT KEY ft (c),
    KEY hsh (d) USING HASH,
    CONSTRAINT `chk 1` CHECK (a > 0 AND b <> '' OR b LIKE 'x%'),
    CONSTRAINT chk2 CHECK (m IN ('a', 'b''c') XOR a <=> 5),
    CHECK (length(b) > 0 AND `Größe in ``m``` DIV 1 IS NOT NULL)
) COMMENT 'a table''s comment';
CREATE TABLE child (
    id bigint PRIMARY KEY,
    pa int,
    pb varchar(200),
    land char(2),
    self bigint,
    pos point NOT NULL,
    numbered bigint unsigned,
    SPATIAL KEY sp (pos),
    CONSTRAINT fk_comp FOREIGN KEY (pa, pb) REFERENCES `Or``der "x" 'y'` (a, b) ON DELETE CASCADE ON UPDATE SET NULL,
    CONSTRAINT fk_other FOREIGN KEY (land) REFERENCES other_db.`Land` (`Code`) ON DELETE SET NULL,
    CONSTRAINT fk_self FOREIGN KEY (self) REFERENCES child (id)
);
CREATE TABLE numbers (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, free bigint unsigned);
ALTER TABLE child ADD CONSTRAINT fk_numbered FOREIGN KEY (numbered) REFERENCES numbers (id);
CREATE TABLE cyc1 (id int PRIMARY KEY, o int, KEY (o));
CREATE TABLE cyc2 (id int PRIMARY KEY, o int, FOREIGN KEY (o) REFERENCES cyc1 (id));
ALTER TABLE cyc1 ADD CONSTRAINT back FOREIGN KEY (o) REFERENCES cyc2 (id);
CREATE TABLE part (id int, y int, PRIMARY KEY (id, y))
PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE versioned (id int PRIMARY KEY, v int) WITH SYSTEM VERSIONING;
CREATE TABLE versioned2 (
    id int PRIMARY KEY,
    v int,
    a timestamp(6) GENERATED ALWAYS AS ROW START,
    b timestamp(6) GENERATED ALWAYS AS ROW END,
    PERIOD FOR SYSTEM_TIME (a, b)
) WITH SYSTEM VERSIONING;
CREATE VIEW vw AS SELECT id, o FROM cyc1;
CREATE SEQUENCE seq1 START WITH 10 INCREMENT BY 5 MINVALUE 0 MAXVALUE 1000 CACHE 20 CYCLE;
CREATE SEQUENCE `se``q "2"`;
CREATE TABLE useq (id int PRIMARY KEY DEFAULT nextval(seq1));
CREATE TRIGGER trg BEFORE INSERT ON cyc1 FOR EACH ROW SET NEW.o = NEW.o;
CREATE TEMPORARY TABLE gone (id int);
SELECT nextval(seq1);
INSERT INTO cyc1 VALUES (1, NULL), (2, NULL);
ANALYZE TABLE cyc1;
