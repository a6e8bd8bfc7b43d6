\set from_one yes
CREATE TABLE IF NOT EXISTS included (file text);
INSERT INTO included VALUES ('one');
\ir deeper/two.sql
INSERT INTO included VALUES ('one, again')
