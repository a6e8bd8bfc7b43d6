-- What:         recreate the source's schemas, without what belongs after the data, and import its tables
-- Parameters:   empty_schemas (list)  schemas whose objects are dropped first; none in a new database
--               roles (list)          roles that the schema names, to be created where they are missing
--               pre_data (script)     the pre-data section of schema.sql
--               imports (list)        foreign schemas and the tables to import (devdb.server.link.Import); none when that
--                                     is done meanwhile, in a session of its own
--               extensions (list)     extensions that both sides have
--               positions (list)      of the source's sequences, where no table tells: schema, name, last value
-- Transaction:  no
-- Repeatable:   yes
-- Why:          local types must exist before the import: one missing enum undoes a whole IMPORT FOREIGN SCHEMA.
--               Each statement is a transaction unless the caller's is open: one that creates some thousands of tables
--               needs more locks than a server has room for.

SET synchronous_commit = off;
{% if empty_schemas %}
\warn emptying schemas
{% include "update/empty_schemas.sql" %}
{% endif %}
\warn creating the schema
{% include "update/roles.sql" %}
{{ pre_data | script }}
{% include "update/session.sql" %}
{% if imports %}
\warn importing foreign schemas
{% include "wrapper/import.sql" %}
{% endif %}
{% include "wrapper/sequences.sql" %}
