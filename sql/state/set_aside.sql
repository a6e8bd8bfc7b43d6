-- What:         move all objects of the given schemas into schemas of devdb's own, where they wait
-- Parameters:   schemas (list)  schemas to empty so; they keep their owners, grants and extensions
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          nothing is dropped or copied until what takes the place of it is there. What is part of another object
--               moves with that one, but for the functions and the multirange that come with a range type.

{% import "state/moving.sql" as macro %}
\warn setting the old objects aside
CREATE SCHEMA devdb_reset;
COMMENT ON SCHEMA devdb_reset IS 'What devdb reset has set aside; devdb reset --restore puts it back';
CREATE TABLE devdb_reset.aside (schema_name text PRIMARY KEY, aside_name text NOT NULL UNIQUE);
CREATE TABLE devdb_reset.extension AS SELECT e.extname AS name FROM pg_catalog.pg_extension AS e;
{% for schema in schemas %}
CREATE SCHEMA {{ ("devdb_reset_%s" | format(loop.index)) | ident }};
INSERT INTO devdb_reset.aside VALUES ({{ schema | literal }}, {{ ("devdb_reset_%s" | format(loop.index)) | literal }});
{% endfor %}
DO $devdb$
DECLARE
    object record;
    place record;
BEGIN
    FOR place IN SELECT a.schema_name AS old_name, a.aside_name AS new_name FROM devdb_reset.aside AS a LOOP
{{ macro.move() | sql }}
    END LOOP;
END
$devdb$;
