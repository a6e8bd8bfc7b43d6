-- What:         what follows a load by COPY, up to the post-data section
-- Parameters:   cuts (list)        keys that become NULL where the parent is missing (devdb.sampling.references.Checked)
--               drop_keys (list)   foreign keys whose dangling rows are dropped
--               check_keys (list)  foreign keys that are checked here rather than by ADD CONSTRAINT
--               warn_keys (list)   those of which it is only told that rows point at nothing
--               sequences (list)   sequences to position (devdb.catalog.model.Sequence)
-- Transaction:  either
-- Repeatable:   no

{% include "populate/taken.sql" %}
{% include "populate/settle.sql" %}
