-- What:         read at the source the rows that a rule chooses
-- Parameters:   take (take)  what to read (devdb.sampling.rules.Take)
-- Transaction:  part of the caller's
-- Repeatable:   yes

{% from "populate/mask_macros.sql" import masked %}
{% call masked(take.table) %}
SELECT {{ take.table.loaded_columns | idents('f') }}
FROM {{ take.table.only | sql }} AS f
{% if take.conditions %}
WHERE {{ take.conditions | sql }}
{% endif %}
{% if take.order_by %}
ORDER BY
{{ take.order_by | sql }}
{% endif %}
{% if take.limit is not none %}
LIMIT {{ take.limit | literal }}
{% endif %}
{% endcall %}
