-- What:         fail when the source sent fewer rows than it has
-- Parameters:   counted (list)  rules of which all rows can be counted at the source (devdb.sampling.rules.Take)
--               probed (name)   a foreign table to read something of; null when the wrapper hides no errors
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          mysql_fdw takes an error for the end of the rows, as when the source ends the session. The next query in
--               the same session fails then; and within one snapshot, what is counted is what was to be read.

{% if probed %}
\warn counting at the source
DO $devdb$
<<devdb>>
DECLARE
    there bigint;
    taken bigint;
BEGIN
    PERFORM FROM {{ probed.sql | sql }} AS f LIMIT 1;
{% for take in counted %}
    SELECT pg_catalog.count(*) INTO there
    FROM {{ take.foreign.sql | sql }} AS f{% if take.where %} WHERE {{ take.where | sql }}{% endif %};
    SELECT t.row_count INTO taken
    FROM pg_temp.devdb_taken AS t
    WHERE t.table_name = {{ take.table.name.sql | literal }} AND t.phase = 'rule';
    IF devdb.there <> devdb.taken THEN
        RAISE EXCEPTION USING
            ERRCODE = 'fdw_error',
            MESSAGE = pg_catalog.format('the source sent %s rows of %s, and has %s', devdb.taken, {{ take.table.name | string | literal }}, devdb.there),
            HINT = 'a value may be too long for the wrapper, or the source may have ended the query';
    END IF;
{% endfor %}
END
$devdb$;
{% endif %}
