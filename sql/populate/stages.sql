-- What:         where rows wait whose keys are masked only when all of them are complete
-- Parameters:   staged (list)  tables with a stage (devdb.catalog.model.Table)
-- Transaction:  either
-- Repeatable:   no
-- Why:          keys are followed by what the source holds. That is nowhere but in temporary tables of one session

{% for table in staged %}
CREATE TEMPORARY TABLE {{ table.stage | ident }} AS
SELECT {{ table.loaded_columns | idents }} FROM {{ table.name.sql | sql }} WITH NO DATA;
{% endfor %}
