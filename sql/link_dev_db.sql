-- What:         put the link to the source back, after the dump was written without it
-- Parameters:   wrapper (str)          the extension, which is also what it calls its foreign data wrapper
--               server_options (dict)  of the foreign server
--               user_option (str)      the option of the mapping that names the user
--               user (str)             to connect to the source as
--               password (str)         secret; null for none
--               imports (list)         foreign schemas and the tables to import (devdb.server.link.Import)
--               extensions (list)      extensions that both sides have
--               positions (list)       of the source's sequences, where no table tells: schema, name, last value
-- Transaction:  yes
-- Repeatable:   yes

BEGIN;
{% include "wrapper/link.sql" %}
{% include "wrapper/import.sql" %}
{% include "wrapper/sequences.sql" %}
COMMIT;
