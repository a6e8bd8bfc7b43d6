-- What:         create the database in which the work happens, and link it to the source
-- Parameters:   create (bool)          make a new database; false uses the one that is connected to
--               is_created (bool)      it has been made already, while other things were looked at
--               next_dbname (str)      the new database
--               old_dbname (str)       what a replaced dev database is called until it is dropped
--               template (str)         database to copy; null copies template0, with the next three
--               encoding (str)         the source's
--               lc_collate (str)       the source's when the dev server knows it; null means the dev server's
--               lc_ctype (str)         likewise
--               tablespace (str)       where the dev database lies today; null means the default
--               single_transaction (bool)  the caller's transaction is open: open none
--               wrapper (str)          the extension, which is also what it calls its foreign data wrapper
--               server_options (dict)  of the foreign server
--               user_option (str)      the option of the mapping that names the user
--               user (str)             to connect to the source as
--               password (str)         secret; null for none
-- Transaction:  no
-- Repeatable:   yes

{% if create %}
{% if not is_created %}
{% include "setup/create.sql" %}
{% endif %}

\connect {{ next_dbname | argument }}
{% endif %}

{% if not single_transaction %}
BEGIN;
{% endif %}
{% include "wrapper/link.sql" %}
{% if not single_transaction %}
COMMIT;
{% endif %}
