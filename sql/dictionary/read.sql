-- What:         the rows of one relation in which a foreign source describes itself
-- Parameters:   relation (str)  name of the relation in fdw_setup
--               columns (list)  its columns
-- Transaction:  no
-- Repeatable:   yes
-- Why:          no condition and no order: a wrapper would send them to the source, which may have another mind of them

SELECT {{ columns | idents }} FROM fdw_setup.{{ relation | ident }};
