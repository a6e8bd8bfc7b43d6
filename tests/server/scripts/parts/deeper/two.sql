INSERT INTO included VALUES ('two');
\ir three.sql
\ir ../fragment.sql
