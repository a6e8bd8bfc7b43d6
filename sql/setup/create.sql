-- What:         create the database in which the work happens
-- Parameters:   next_dbname (str)      the new database
--               old_dbname (str)       what a replaced dev database is called until it is dropped
--               template (str)         database to copy; null copies template0, with the next three
--               encoding (str)         the source's
--               lc_collate (str)       the source's when the dev server knows it; null means the dev server's
--               lc_ctype (str)         likewise
--               tablespace (str)       where the dev database lies today; null means the default
-- Transaction:  no
-- Repeatable:   yes

-- Left over from a run that was killed.
DROP DATABASE IF EXISTS {{ old_dbname | ident }} WITH (FORCE);
DROP DATABASE IF EXISTS {{ next_dbname | ident }} WITH (FORCE);

CREATE DATABASE {{ next_dbname | ident }}
    TEMPLATE {{ (template or 'template0') | ident }}
{% if not template %}
    ENCODING {{ encoding | literal }}
{% if lc_collate %}
    LC_COLLATE {{ lc_collate | literal }}
    LC_CTYPE {{ lc_ctype | literal }}
{% endif %}
{% endif %}
{% if tablespace %}
    TABLESPACE {{ tablespace | ident }}
{% endif %}
;
