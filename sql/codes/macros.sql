{# What loading code tables says of one table, and of keys into several; a table is a devdb.codes.plan.Load. #}

{# Fail where a row lacks what may not be NULL, has the key of another row of the file, or refers to nothing: with the file
   and the lines. What it refers to may be in the file of another table. #}
{% macro check(table, referring) %}
DO $devdb$
<<devdb>>
DECLARE
    mistakes text[];
BEGIN
    SELECT pg_catalog.array_agg(m.said ORDER BY m.line) INTO mistakes
    FROM (
        SELECT r.line, pg_catalog.format('%s:%s: %s', {{ table.path | literal }}, r.line, r.said) AS said
        FROM (
            SELECT s.{{ table.line_column | ident }} AS line, 'the column ' || k.name || ' is empty, and may not be NULL' AS said
            FROM pg_temp.{{ table.stage | ident }} AS s
            CROSS JOIN LATERAL (VALUES {% for name in table.never_null %}({{ name | literal }}, s.{{ name | ident }} IS NULL){% if not loop.last %}, {% endif %}{% endfor %}) AS k (name, is_empty)
            WHERE k.is_empty
            UNION ALL
            SELECT d.line, 'the key ' || d.key_text || ' stands on line ' || d.first_line || ' already'
            FROM (
                SELECT
                    s.{{ table.line_column | ident }} AS line,
                    {{ table.key_text('s') | sql }} AS key_text,
                    pg_catalog.min(s.{{ table.line_column | ident }}) OVER (PARTITION BY {{ table.key | idents('s') }}) AS first_line
                FROM pg_temp.{{ table.stage | ident }} AS s
                WHERE {% for name in table.key %}s.{{ name | ident }} IS NOT NULL{% if not loop.last %} AND {% endif %}{% endfor %}

            ) AS d
            WHERE d.line > d.first_line
{% for each in referring if each.child == table and each.is_told %}
            UNION ALL
            SELECT
                c.{{ table.line_column | ident }},
                pg_catalog.concat({{ (each.key.child_columns | join(', ') + ': ') | literal }}, {{ each.referred('c') | sql }}, {{ (' is not in %s' | format(each.key.parent.name)) | literal }})
            FROM pg_temp.{{ table.stage | ident }} AS c
            WHERE {% for name in each.key.child_columns %}c.{{ name | ident }} IS NOT NULL AND {% endfor %}

                NOT EXISTS (SELECT FROM {{ each.key.parent.only | sql }} AS p WHERE {{ each.key.joined('p', 'c') | sql }})
{% if each.parent %}
                AND NOT EXISTS (SELECT FROM pg_temp.{{ each.parent.stage | ident }} AS p WHERE {{ each.key.joined('p', 'c') | sql }})
{% endif %}
{% endfor %}
        ) AS r
        ORDER BY r.line
        LIMIT 20
    ) AS m;
    IF devdb.mistakes IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'DVC01', MESSAGE = pg_catalog.array_to_string(devdb.mistakes, E'\n');
    END IF;
END
$devdb$;
{% endmacro %}

{# What writing will do, and the rows that are in the file no more. #}
{% macro count(table) %}
CREATE TEMPORARY TABLE {{ table.gone | ident }} ON COMMIT DROP AS
SELECT t.* FROM {{ table.only | sql }} AS t
WHERE NOT EXISTS (SELECT FROM pg_temp.{{ table.stage | ident }} AS s WHERE {{ table.matched('t', 's') | sql }});
INSERT INTO pg_temp.devdb_codes
SELECT
    {{ table.place | literal }},
    {{ table.name | string | literal }},
    pg_catalog.count(*) FILTER (WHERE t.{{ table.key[0] | ident }} IS NULL),
    pg_catalog.count(*) FILTER (WHERE t.{{ table.key[0] | ident }} IS NOT NULL AND {{ table.differs('t', 's') | sql }}),
    pg_catalog.count(*) FILTER (WHERE t.{{ table.key[0] | ident }} IS NOT NULL AND NOT {{ table.differs('t', 's') | sql }}),
    (SELECT pg_catalog.count(*) FROM pg_temp.{{ table.gone | ident }}),
    ARRAY(SELECT {{ table.key_text('g') | sql }} FROM pg_temp.{{ table.gone | ident }} AS g ORDER BY {{ table.key | idents('g') }} LIMIT 20),
    0
FROM pg_temp.{{ table.stage | ident }} AS s
LEFT JOIN {{ table.only | sql }} AS t ON {{ table.matched('t', 's') | sql }};
{% endmacro %}

{# Insert the rows that are new, change those that are not as the file says. No semicolon: it may be part of a statement. #}
{% macro upsert(table) %}
INSERT INTO {{ table.name.sql | sql }} AS t ({{ table.columns | idents }}) OVERRIDING SYSTEM VALUE
SELECT {{ table.columns | idents('s') }} FROM pg_temp.{{ table.stage | ident }} AS s ORDER BY s.{{ table.line_column | ident }}
ON CONFLICT ({{ table.key | idents }}) DO
{%- if table.changed %} UPDATE SET {% for name in table.changed %}{{ name | ident }} = excluded.{{ name | ident }}{% if not loop.last %}, {% endif %}{% endfor %}

WHERE {{ table.differs('t', 'excluded') | sql }}
{%- else %} NOTHING
{%- endif %}
{% endmacro %}

{# Fail where rows that are to go are referred to by rows that are to stay. #}
{% macro refuse(referring) %}
DO $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
    found bigint;
    examples text;
    refused text[] := '{}';
BEGIN
{% for each in referring if each.parent %}
    SELECT pg_catalog.count(*), pg_catalog.array_to_string((pg_catalog.array_agg(DISTINCT {{ each.parent.key_text('g') | sql }}))[1:3], ', ')
    INTO found, examples
    FROM {{ each.key.child.only | sql }} AS c
    JOIN pg_temp.{{ each.parent.gone | ident }} AS g ON {{ each.key.joined('g', 'c') | sql }}
{% if each.child %}
    WHERE NOT EXISTS (SELECT FROM pg_temp.{{ each.child.gone | ident }} AS x WHERE {{ each.child.matched('x', 'c') | sql }})
{% endif %};
    IF devdb.found > 0 THEN
        refused := devdb.refused || pg_catalog.format(
            '%s: %s of %s (%s) %s to rows that are no longer in the file, such as %s',
            {{ each.parent.name | string | literal }},
            devdb.found || CASE WHEN devdb.found = 1 THEN ' row' ELSE ' rows' END,
            {{ each.key.child.name | string | literal }},
            {{ each.key.name | literal }},
            CASE WHEN devdb.found = 1 THEN 'refers' ELSE 'refer' END,
            devdb.examples
        );
    END IF;
{% endfor %}
    IF devdb.refused <> '{}' THEN
        RAISE EXCEPTION USING ERRCODE = 'DVC02', MESSAGE = pg_catalog.array_to_string(devdb.refused, E'\n');
    END IF;
END
$devdb$;
{% endmacro %}

{# Delete the rows that are in the file no more. No semicolon, likewise. #}
{% macro delete(table) %}
DELETE FROM {{ table.only | sql }} AS t
USING pg_temp.{{ table.gone | ident }} AS g
WHERE {{ table.matched('t', 'g') | sql }}
{%- endmacro %}
