INSERT INTO included VALUES ('quits');
\if true
\q
\endif
INSERT INTO included VALUES ('never');
