-- What:         once all rows are there: cut keys, drop what points at nothing, verify, position the sequences
-- Parameters:   cuts (list)        keys that become NULL where the parent is missing (devdb.sampling.references.Checked)
--               drop_keys (list)   foreign keys whose dangling rows are dropped
--               check_keys (list)  foreign keys that are checked here rather than by ADD CONSTRAINT
--               warn_keys (list)   those of which it is only told that rows point at nothing
--               sequences (list)   sequences to position (devdb.catalog.model.Sequence)
-- Transaction:  part of the caller's
-- Repeatable:   yes

{% include "populate/cut_keys.sql" %}
{% include "populate/drop_rows.sql" %}
{% include "populate/verify.sql" %}
{% include "populate/sequences.sql" %}
