-- What:         fail when a row points at nothing, naming every such key, how many rows, and three of them
-- Parameters:   check_keys (list)  foreign keys to check (devdb.sampling.references.Checked)
--               warn_keys (list)   those of which it is only told that rows point at nothing
-- Transaction:  either
-- Repeatable:   yes
-- Why:          a key that ADD CONSTRAINT accepted needs no check; these are keys that are NOT VALID at the source, or
--               that ADD CONSTRAINT refused

{% if check_keys or warn_keys %}
DO $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
    found bigint;
    examples text;
    violations text[] := '{}';
BEGIN
{% for key in check_keys + warn_keys %}
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
        FROM {{ key.dangling | sql }}
    ) AS d;
    IF devdb.found > 0 THEN
{% if loop.index <= check_keys | length %}
        violations := devdb.violations || pg_catalog.format(
            '%s: %s rows point at nothing, such as %s', {{ key | string | literal }}, devdb.found, devdb.examples
        );
{% else %}
        RAISE WARNING '%: % rows point at nothing, such as %', {{ key | string | literal }}, devdb.found, devdb.examples;
{% endif %}
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
