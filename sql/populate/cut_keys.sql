-- What:         let rows point at nothing by keys that were not followed, where the parent is not in the sample
-- Parameters:   cuts (list)  keys to cut (devdb.sampling.references.Checked, its `nulled` the columns that become NULL)
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          once all rows are there: the parent may have come for another reason

{% if cuts %}
\warn cutting keys
{% for key in cuts %}
UPDATE {{ key.child.only | sql }} AS d
SET {% for name in key.nulled %}{{ name | ident }} = NULL{% if not loop.last %}, {% endif %}{% endfor %}

FROM (
    SELECT DISTINCT c.tableoid AS devdb_table, c.ctid AS devdb_row
    FROM {{ key.dangling | sql }}
) AS gone
WHERE d.tableoid = gone.devdb_table AND d.ctid = gone.devdb_row;
{% endfor %}
{% endif %}
