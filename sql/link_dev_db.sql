-- What:         put the link to the source back, after the dump was written without it
-- Parameters:   server_options (dict)   of the foreign server
--               user (str)             to connect to the source as
--               password (str)         secret; null for none
--               imports (list)          foreign schemas and the tables to import (devdb.server.link.Import)
--               extensions (list)       extensions that both sides have
-- Transaction:  yes
-- Repeatable:   yes

BEGIN;
{% include "wrapper/postgres_fdw.sql" %}
{% include "wrapper/import.sql" %}
{% include "wrapper/sequences.sql" %}
COMMIT;
