-- What:         put back what was set aside, and drop what has come in its place meanwhile
-- Parameters:   empty_schemas (list)  the schemas that were emptied
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          an extension that the rebuild created was not there before

{% import "state/moving.sql" as macro %}
\warn putting the old objects back
{% include "update/empty_schemas.sql" %}
DO $devdb$
DECLARE
    object record;
    place record;
BEGIN
    FOR object IN
        SELECT e.extname AS name
        FROM pg_catalog.pg_extension AS e
        WHERE NOT EXISTS (SELECT FROM devdb_reset.extension AS b WHERE b.name = e.extname)
    LOOP
        EXECUTE pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', object.name);
    END LOOP;
    FOR place IN SELECT a.aside_name AS old_name, a.schema_name AS new_name FROM devdb_reset.aside AS a LOOP
{{ macro.move() | sql }}
        EXECUTE pg_catalog.format('DROP SCHEMA %I', place.old_name);
    END LOOP;
END
$devdb$;
DROP TABLE devdb_reset.aside, devdb_reset.extension;
DROP SCHEMA devdb_reset;
