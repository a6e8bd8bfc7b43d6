-- What:         put the rows that waited for their keys where they belong, masked
-- Parameters:   staged (list)  tables with a stage (devdb.catalog.model.Table)
-- Transaction:  either
-- Repeatable:   no
-- Why:          a shuffled column takes the value of another row of the sample, each row's once: rows and values are put
--               in two orders that only the key knows, and matched by their numbers. NULL stays where it was

{% for table in staged %}
\warn {{ "masking keys of %s" | format(table.name) | argument }}
INSERT INTO {{ table.name.sql | sql }} ({{ table.loaded_columns | idents }}) OVERRIDING SYSTEM VALUE
SELECT {{ table.settled | sql }}
FROM {% if table.shuffled %}(
    SELECT r.*{% for column, order, _ in table.shuffled %}, pg_catalog.row_number() OVER (PARTITION BY r.{{ column | ident }} IS NULL ORDER BY {{ order | sql }}) AS devdb_{{ loop.index | literal }}{% endfor %}

    FROM {{ table.filled | sql }} AS r
) AS f
{% for column, _, order in table.shuffled %}
LEFT JOIN (
    SELECT r.{{ column | ident }} AS value, pg_catalog.row_number() OVER (ORDER BY {{ order | sql }}) AS number
    FROM {{ table.filled | sql }} AS r
    WHERE r.{{ column | ident }} IS NOT NULL
) AS s{{ loop.index | literal }} ON s{{ loop.index | literal }}.number = f.devdb_{{ loop.index | literal }} AND f.{{ column | ident }} IS NOT NULL
{% endfor %}
{%- else %}{{ table.filled | sql }} AS f
{% endif %};
DROP TABLE {{ table.filled | sql }};
{% endfor %}
