-- What:         create the roles that the schema names and the dev server lacks; nobody can log in as one
-- Parameters:   roles (list)  names of roles; none when the user may not create any
-- Transaction:  either
-- Repeatable:   yes

{% for role in roles %}
DO $devdb$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = {{ role | literal }}) THEN
        CREATE ROLE {{ role | ident }} NOLOGIN;
    END IF;
END
$devdb$;
{% endfor %}
