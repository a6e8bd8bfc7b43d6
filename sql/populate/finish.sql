-- What:         create what belongs after the data; fill the materialized views; collect statistics
-- Parameters:   post_data (script)    the post-data section of schema.sql
--               materialized_views (list)  to refresh, in this order (devdb.catalog.model.Name)
--               analyzed (list)       tables to collect statistics of (devdb.catalog.model.Name): all would take in the
--                                     system's too, with a warning for each that the user does not own
--               single_transaction (bool)  the caller's transaction is open
-- Transaction:  either
-- Repeatable:   no
-- Why:          policies in the post-data section may hide rows from their own owner: whatever looks at all rows of the
--               load comes before.

\warn creating indexes, keys and triggers
{% if single_transaction %}
-- From here the rows can be looked at again, should a key refuse them.
SAVEPOINT devdb_loaded;
{% endif %}
{{ post_data | script }}
{% include "update/session.sql" %}
{% include "populate/refresh.sql" %}
{% if analyzed %}
\warn collecting statistics
ANALYZE {% for name in analyzed %}{{ name.sql | sql }}{% if not loop.last %}, {% endif %}{% endfor %};
{% endif %}
