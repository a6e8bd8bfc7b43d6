-- What:         fill the materialized views, each after those that it reads
-- Parameters:   materialized_views (list)  to refresh, in this order (devdb.catalog.model.Name)
-- Transaction:  either
-- Repeatable:   yes

-- Views write money as the database does.
RESET lc_monetary;
{% for view in materialized_views %}
\warn {{ "refreshing %s" | format(view) | argument }}
REFRESH MATERIALIZED VIEW {{ view.sql | sql }};
{% endfor %}
