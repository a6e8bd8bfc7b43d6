{#- The foreign server and the mapping of the current user. The password is where the session began with it. -#}
CREATE SERVER {{ server | ident }} FOREIGN DATA WRAPPER {{ wrapper | ident }} OPTIONS (
{% for name, value in server_options | dictsort %}
    {{ name | ident }} {{ value | literal }}{% if not loop.last %},{% endif %}

{% endfor %}
);
CREATE USER MAPPING FOR CURRENT_USER SERVER {{ server | ident }} OPTIONS ({{ user_option | ident }} {{ user | literal }});
{% include "wrapper/password.sql" %}
