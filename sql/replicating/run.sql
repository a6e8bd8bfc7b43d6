-- What:         run the steps: each in a transaction of its own; all in one where gates are to be passed
-- Parameters:   schema (str)      where the steps' functions are
--               steps (list)      of devdb.replicating.steps.Step
--               is_subset (bool)  the mode
--               gates (list)      of devdb.replicating.gates.Gated
-- Transaction:  no
-- Repeatable:   yes
-- Why:          a gate is about what the run leaves, and what was committed before it cannot be rolled back

{% if gates %}
BEGIN;
{% include "replicating/before.sql" %}
{% endif %}
{% for step in steps %}
\warn {{ ("step " ~ step.number ~ ": " ~ step.file) | argument }}
{% if not gates %}
BEGIN;
{% endif %}
SELECT {{ schema | ident }}.{{ step.function | ident }}({% if step.has_modes %}_subset_ind => {{ is_subset | literal }}{% endif %});
{% if not gates %}
COMMIT;
{% endif %}
{% endfor %}
{% if gates %}
{% include "replicating/after.sql" %}
COMMIT;
{% endif %}
