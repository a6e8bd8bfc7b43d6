-- What:         install the steps as functions, in place of those of before
-- Parameters:   schema (str)     where they go
--               dropped (list)   those of before that none replaces: name and arguments
--               steps (list)     those to be installed (devdb.replicating.steps.Step)
-- Transaction:  yes
-- Repeatable:   no

BEGIN;
{% for old in dropped %}
DROP FUNCTION {{ schema | ident }}.{{ old.name | ident }}({{ old.arguments | sql }});
{% endfor %}
{% for step in steps %}

CREATE OR REPLACE FUNCTION {{ schema | ident }}.{{ step.function | ident }}({% if step.has_modes %}_subset_ind boolean DEFAULT true{% endif %})
RETURNS bigint
LANGUAGE plpgsql
AS $devdb$
{% include "replicating/step.sql" %}
$devdb$;
COMMENT ON FUNCTION {{ schema | ident }}.{{ step.function | ident }}({% if step.has_modes %}boolean{% endif %}) IS {{ ("devdb replicate: " ~ step.file) | literal }};
{% endfor %}
COMMIT;
