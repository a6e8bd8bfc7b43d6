-- What:         how values are written and read while rows are chosen
-- Parameters:   value_settings (dict)  settings of the session
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          what a moment without a zone means, and the text of a row by which it is chosen, must not depend on the
--               dev server's settings: the same rows are to be chosen wherever this runs

{% for name, value in value_settings | dictsort %}
SET LOCAL {{ name | ident }} = {{ value | literal }};
{% endfor %}
