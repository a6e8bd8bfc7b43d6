-- What:         give a session back the role and the search path that it began with
-- Parameters:   user (str)         the role
--               search_path (str)  the search path, as SHOW tells it
-- Transaction:  no
-- Repeatable:   yes
-- Why:          a migration may have changed both, as the first lines of a pg_dump do

RESET SESSION AUTHORIZATION;
SET ROLE {{ user | ident }};
SELECT pg_catalog.set_config('search_path', {{ search_path | literal }}, false);
