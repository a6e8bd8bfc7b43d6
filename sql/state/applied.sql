-- What:         what the books of one migration tool say
-- Parameters:   tool (str)   django, alembic or flyway
--               table (str)  SQL: its table
-- Transaction:  no
-- Repeatable:   yes

{% if tool == "django" %}
SELECT m.app || '.' || m.name AS name, NULL AS version, NULL AS kind, NULL::bigint AS checksum, true AS success
FROM {{ table | sql }} AS m
ORDER BY m.id;
{% elif tool == "alembic" %}
SELECT m.version_num AS name, NULL AS version, NULL AS kind, NULL::bigint AS checksum, true AS success
FROM {{ table | sql }} AS m
ORDER BY m.version_num;
{% else %}
SELECT m.description AS name, m.version, m.type AS kind, m.checksum::bigint AS checksum, m.success
FROM {{ table | sql }} AS m
ORDER BY m.installed_rank;
{% endif %}
