-- What:         one table of a source whose tables are declared here, and not by the wrapper
-- Parameters:   table (devdb.server.link.ForeignTable)  the table
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          the wrapper's own import guesses types; these are the ones that schema.sql has

CREATE FOREIGN TABLE {{ table.name.sql | sql }} (
{% for name, type, options in table.columns %}
    {{ name | ident }} {{ type | sql }}{% if options %} OPTIONS ({% for option, value in options | dictsort %}{{ option | ident }} {{ value | literal }}{% if not loop.last %}, {% endif %}{% endfor %}){% endif %}{% if not loop.last %},{% endif %}

{% endfor %}
)
{% if table.parent %}
INHERITS ({{ table.parent.sql | sql }})
{% endif %}
SERVER prod_server OPTIONS (
{% for name, value in table.options | dictsort %}
    {{ name | ident }} {{ value | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
);
