-- What:         fetch what the rows taken so far refer to, and the children wanted, until nothing is missing
-- Parameters:   groups (list)  tables to complete together, in order (devdb.sampling.groups.Group)
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          a wrapper sends key = ANY (ARRAY(SELECT …)) to the source as one parameter, but no join and no IN.
--               Nested loops are off: without statistics they look cheap, and compare all keys with all rows.

SET LOCAL enable_nestloop = off;
{% for group in groups %}
\warn {{ group.title | argument }}
{% if group.kind == "rounds" %}
{% include "populate/in_rounds.sql" %}
{% elif group.kind == "children" %}
{% include "populate/children_at_once.sql" %}
{% else %}
{% include "populate/parents_at_once.sql" %}
{% endif %}
{% endfor %}
SET LOCAL enable_nestloop = DEFAULT;
