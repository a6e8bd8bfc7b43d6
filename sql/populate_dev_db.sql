-- What:         fill the tables by the rules, complete the keys, create what belongs after the data
-- Parameters:   takes (list)          what the rules take from which table (devdb.sampling.rules.Take)
--               value_settings (dict) how values are written and read, as at the source; its time zone among them
--               staged (list)         tables whose rows wait elsewhere until keys are masked (devdb.catalog.model.Table)
--               fetches (list)        functions that fetch rows by key, where no array can be sent (devdb.sampling.fetching.Fetch)
--               counted (list)        rules of which all rows can be counted at the source (devdb.sampling.rules.Take)
--               probed (name)         a foreign table to read something of at the end, where errors would be hidden
--               groups (list)         tables to complete together (devdb.sampling.groups.Group)
--               cuts (list)           keys that become NULL where the parent is missing (devdb.sampling.references.Checked)
--               drop_keys (list)      foreign keys whose dangling rows are dropped
--               check_keys (list)     foreign keys that are checked here rather than by ADD CONSTRAINT
--               warn_keys (list)      those of which it is only told that rows point at nothing
--               post_data (script)    the post-data section of schema.sql; none when what follows the load is done
--                                     elsewhere, over several connections
--               sequences (list)      sequences to position (devdb.catalog.model.Sequence)
--               materialized_views (list)  to refresh, in this order (devdb.catalog.model.Name)
--               analyzed (list)       tables to collect statistics of (devdb.catalog.model.Name): all would take in the
--                                     system's too, with a warning for each that the user does not own
--               single_transaction (bool)  the caller's transaction is open: open none
-- Transaction:  no
-- Repeatable:   no
-- Why:          one transaction for all that is read from the source, because it sees one snapshot. A site may put
--               its own INSERT … SELECT … FROM prod_… in place of sample.sql: what follows works from what the
--               tables hold. Whatever looks at all rows comes before the post-data section, whose policies may hide
--               rows from their own owner.

{% if not single_transaction %}
BEGIN;
{% endif %}
{% include "populate/values.sql" %}
{% include "populate/taken.sql" %}
{% include "populate/stages.sql" %}
{% include "wrapper/fetch.sql" %}
{% include "populate/sample.sql" %}
{% include "populate/parents.sql" %}
{% include "wrapper/complete.sql" %}
{% include "populate/unstage.sql" %}
{% include "populate/settle.sql" %}
{% for name, _ in value_settings | dictsort %}
SET LOCAL {{ name | ident }} = DEFAULT;
{% endfor %}
{% if not single_transaction %}
COMMIT;
{% endif %}
{% if post_data %}
{% include "populate/finish.sql" %}
{% endif %}
