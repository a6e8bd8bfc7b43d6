-- What:         import the source's tables beside those of the link, to be compared and rolled back
-- Parameters:   server (str)           the foreign server
--               source_schema (str)    the schema at the source
--               schema (str)           where its tables go, for the moment
--               import_options (dict)  of IMPORT FOREIGN SCHEMA
-- Transaction:  part of the caller's
-- Repeatable:   no

CREATE SCHEMA {{ schema | ident }};
{% include "replicating/import.sql" %}
