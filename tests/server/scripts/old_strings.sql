SET standard_conforming_strings = off;
SET escape_string_warning = off;
CREATE TABLE old (v text);
INSERT INTO old VALUES ('it\'s; '), ('back\\slash'), ('a
b\';
c'), ('one'
'two'), (E'e\'e'), ($$it\$$), ('x\\'), ('\n');
INSERT INTO old VALUES ('quote \' and ; then'); INSERT INTO old VALUES ('same \';line');
SET standard_conforming_strings = on; SELECT '\\' AS "read the old way";
SELECT 1; INSERT INTO old VALUES ('x\y;');
INSERT INTO old VALUES ('a\');
RESET standard_conforming_strings;
INSERT INTO old VALUES ('b\');
