-- What:         position the sequences: past every value taken, and not before the source's own position
-- Parameters:   sequences (list)  sequences to position (devdb.catalog.model.Sequence)
-- Transaction:  either
-- Repeatable:   yes
-- Why:          read after the rows were: a position read before them could be behind values that they hold

{% if sequences %}
\warn positioning sequences
CREATE TEMPORARY TABLE devdb_positions AS
SELECT s.schemaname, s.sequencename, s.last_value
FROM fdw_setup.source_sequences AS s
WHERE s.last_value IS NOT NULL;
DO $devdb$
<<devdb>>
DECLARE
    wanted numeric;
BEGIN
{% for sequence in sequences %}
{% set ascending = sequence.increment > 0 %}
    SELECT {% if ascending %}pg_catalog.max(v.value){% else %}pg_catalog.min(v.value){% endif %} INTO wanted
    FROM (
        SELECT s.last_value::numeric AS value
        FROM pg_temp.devdb_positions AS s
        WHERE s.schemaname = {{ sequence.name.schema | literal }} AND s.sequencename = {{ sequence.name.name | literal }}
{% if sequence.owner %}
        UNION ALL
        SELECT {% if ascending %}pg_catalog.ceil(pg_catalog.max(c.{{ sequence.owner[1] | ident }})){% else %}pg_catalog.floor(pg_catalog.min(c.{{ sequence.owner[1] | ident }})){% endif %}::numeric
        FROM {{ sequence.owner[0].sql | sql }} AS c
{% endif %}
    ) AS v;
    IF devdb.wanted IS NOT NULL THEN
        PERFORM pg_catalog.setval(
            {{ sequence.name.regclass | sql }},
            LEAST(GREATEST(devdb.wanted, {{ sequence.minimum | literal }}), {{ sequence.maximum | literal }})::bigint
        );
    END IF;
{% endfor %}
END
$devdb$;
{% endif %}
