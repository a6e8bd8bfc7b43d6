\restrict KEYkey123
CREATE TABLE restricted (a int);
COPY restricted FROM stdin;
1
\.
SELECT 1 \; SELECT 2;
\unrestrict KEYkey123
\echo free again
