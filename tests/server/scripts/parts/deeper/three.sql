INSERT INTO included VALUES ('three');
