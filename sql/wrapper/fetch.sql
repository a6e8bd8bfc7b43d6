-- What:         the functions that fetch rows by key, where no array of keys can be sent to the source
-- Parameters:   fetches (list)  one for each foreign table and key (devdb.sampling.fetching.Fetch)
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          a list of keys must stand in the query as literals. The value of a variable does, as long as each plan is
--               made for it. Texts that a wrapper would not quote in a list (mysql_fdw takes the list apart at commas, and
--               escapes nothing) are asked for one by one, where it does.
--               The source may send more than was asked for, as it compares texts by other rules, and is asked for every
--               combination of the columns' values: what comes is compared here, out of the wrapper's reach.

{% for fetch in fetches %}
{% set arrays = fetch.arrays | map(attribute=1) | list %}
{% macro keys() %}ROWS FROM ({% for array in arrays %}pg_catalog.unnest({{ fetch.name | ident }}.{{ array | ident }}){% if not loop.last %}, {% endif %}{% endfor %}) AS k ({{ arrays | idents }}){% endmacro %}
{% macro is_plain(array) %}(k.{{ array | ident }} ~ '^[A-Za-z0-9_.:@/+*#-]+$' AND pg_catalog.lower(k.{{ array | ident }}::text) <> 'null'){% endmacro %}
CREATE FUNCTION pg_temp.{{ fetch.name | ident }}({% for _, array, type in fetch.arrays %}{{ array | ident }} {{ type | sql }}[]{% if not loop.last %}, {% endif %}{% endfor %})
RETURNS SETOF {{ fetch.foreign.sql | sql }}
LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan
AS $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
{% for _, array, type in fetch.arrays %}
    {{ array | ident }} {{ type | sql }};
    {{ ("list_" ~ array) | ident }} {{ type | sql }}[];
{% endfor %}
BEGIN
    FOR {% for array in arrays %}{{ ("list_" ~ array) | ident }}{% if not loop.last %}, {% endif %}{% endfor %} IN
        SELECT {% for array in arrays %}pg_catalog.array_agg(n.{{ array | ident }}){% if not loop.last %}, {% endif %}{% endfor %}

        FROM (
            SELECT k.*, (pg_catalog.row_number() OVER (ORDER BY {{ arrays | idents('k') }}) - 1) / {{ fetch.max_keys | literal }} AS chunk
            FROM (SELECT DISTINCT k.* FROM {{ keys() | sql }}) AS k
            WHERE true{% for array in fetch.texts %} AND {{ is_plain(array) | sql }}{% endfor %}

        ) AS n
        GROUP BY n.chunk
        ORDER BY n.chunk
    LOOP
{% if fetch.query %}
        EXECUTE pg_catalog.format(
            'ALTER FOREIGN TABLE %s OPTIONS (SET query %L)',
            {{ fetch.foreign.sql | literal }},
            {{ fetch.query | literal }} || {{ fetch.conditions | sql }}
        );
{% endif %}
        RETURN QUERY
        SELECT f.*
        FROM (
            SELECT f.*
            FROM {{ fetch.foreign.sql | sql }} AS f
{% if not fetch.query %}
            WHERE true{% for column, array, _ in fetch.arrays %} AND f.{{ column | ident }} = ANY (devdb.{{ ("list_" ~ array) | ident }}){% endfor %}

{% endif %}
            OFFSET 0
        ) AS f
{% if not fetch.is_exact %}
        WHERE EXISTS (
            SELECT
            FROM ROWS FROM ({% for array in arrays %}pg_catalog.unnest(devdb.{{ ("list_" ~ array) | ident }}){% if not loop.last %}, {% endif %}{% endfor %}) AS k ({{ arrays | idents }})
            WHERE true{% for column, array, _ in fetch.arrays %} AND k.{{ array | ident }} = f.{{ column | ident }}{% endfor %}

        )
{% endif %}
        ;
    END LOOP;
{% if fetch.query %}
    EXECUTE pg_catalog.format(
        'ALTER FOREIGN TABLE %s OPTIONS (SET query %L)', {{ fetch.foreign.sql | literal }}, {{ fetch.query | literal }}
    );
{% endif %}
{% if fetch.texts %}
    FOR {{ arrays | idents }} IN
        SELECT DISTINCT k.*
        FROM {{ keys() | sql }}
        WHERE false{% for array in fetch.texts %} OR NOT {{ is_plain(array) | sql }}{% endfor %}

    LOOP
        RETURN QUERY
        SELECT f.*
        FROM (
            SELECT f.*
            FROM {{ fetch.foreign.sql | sql }} AS f
            WHERE true{% for column, array, _ in fetch.arrays %} AND f.{{ column | ident }} = devdb.{{ array | ident }}{% endfor %}

            OFFSET 0
        ) AS f
        WHERE true{% for column, array, _ in fetch.arrays %} AND f.{{ column | ident }} = devdb.{{ array | ident }}{% endfor %};
    END LOOP;
{% endif %}
END
$devdb$;
{% endfor %}
