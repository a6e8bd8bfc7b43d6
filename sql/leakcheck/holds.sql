-- What:         which of these values a column of the source holds, as they are or in other letters
-- Parameters:   table (devdb.catalog.model.Table)  the table
--               column (str)      the column
--               type (str)        its type, as a cast spells it; none when only its text can be compared
-- Transaction:  either
-- Repeatable:   yes
-- Why:          the values are the one parameter of the statement, $1: neither a log nor pg_stat_activity shows them.
--               By the type itself an index may help. What comes through a wrapper, which may take a condition for
--               done, is read once, and compared here

{% if table.is_distant %}
SELECT DISTINCT v.value
FROM pg_catalog.unnest($1::text[]) AS v (value)
JOIN {{ table.at_source | sql }} AS t ON pg_catalog.lower(t.{{ column | ident }}::text) = pg_catalog.lower(v.value);
{% else %}
SELECT v.value
FROM pg_catalog.unnest($1::text[]) AS v (value)
WHERE
    {% if type is not none %}
    EXISTS (SELECT FROM {{ table.only | sql }} AS t WHERE t.{{ column | ident }} = v.value::{{ type | sql }})
    OR
    {% endif %}
    EXISTS (
        SELECT FROM {{ table.only | sql }} AS t WHERE pg_catalog.lower(t.{{ column | ident }}::text) = pg_catalog.lower(v.value)
    );
{% endif %}
