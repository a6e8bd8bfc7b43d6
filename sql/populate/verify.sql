-- What:         fail when a row points at nothing, naming every such key, how many rows, and three of them
-- Parameters:   check_keys (list)  foreign keys to check (devdb.catalog.model.ForeignKey)
-- Transaction:  either
-- Repeatable:   yes
-- Why:          a key that ADD CONSTRAINT accepted needs no check; these are keys that are NOT VALID at the source, or
--               that ADD CONSTRAINT refused

{% from "populate/key_macros.sql" import dangling %}
{% if check_keys %}
DO $devdb$
<<devdb>>
DECLARE
    found bigint;
    examples text;
    violations text[] := '{}';
BEGIN
{% for key in check_keys %}
    SELECT pg_catalog.count(*), pg_catalog.string_agg(pg_catalog.left(d.row_text, 200), ', ') FILTER (WHERE d.position <= 3)
    INTO found, examples
    FROM (
        SELECT
            pg_catalog.row_number() OVER () AS position,
            pg_catalog.jsonb_build_object(
{% for name in key.shown_columns %}
                {{ name | literal }}, c.{{ name | ident }}{% if not loop.last %},{% endif %}

{% endfor %}
            )::text AS row_text
        FROM {{ dangling(key) | sql }}
    ) AS d;
    IF devdb.found > 0 THEN
        violations := devdb.violations || pg_catalog.format(
            '%s: %s rows point at nothing, such as %s', {{ key | string | literal }}, devdb.found, devdb.examples
        );
    END IF;
{% endfor %}
    IF devdb.violations <> '{}' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation',
            MESSAGE = pg_catalog.array_to_string(devdb.violations, E'\n');
    END IF;
END
$devdb$;
{% endif %}
