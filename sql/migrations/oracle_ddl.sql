-- What:         what Oracle's DBMS_METADATA says of its objects, one row each, as a relation
-- Parameters:   server (str)  the foreign server
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          The text is asked of one object at a time: the conditions are sent, and Oracle makes the text of the rows
--               that are left. Nothing here can tell DBMS_METADATA what to leave out, as that takes a procedure call; the
--               text is cut afterwards. A package and its body, a type and its body are objects of their own.

CREATE FOREIGN TABLE fdw_setup.oracle_ddl (owner text, object_name text, object_type text, ddl text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT o.OWNER, o.OBJECT_NAME, o.OBJECT_TYPE,
               DBMS_METADATA.GET_DDL(
                   CASE o.OBJECT_TYPE
                       WHEN 'PACKAGE' THEN 'PACKAGE_SPEC'
                       WHEN 'TYPE' THEN 'TYPE_SPEC'
                       ELSE REPLACE(o.OBJECT_TYPE, ' ', '_')
                   END,
                   o.OBJECT_NAME, o.OWNER
               ) AS DDL
        FROM SYS.ALL_OBJECTS o
        WHERE o.OBJECT_TYPE IN (
            'TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'SYNONYM', 'INDEX', 'TRIGGER', 'FUNCTION', 'PROCEDURE',
            'PACKAGE', 'PACKAGE BODY', 'TYPE', 'TYPE BODY'
        )
    ){% endfilter %},
    readonly 'true', prefetch '1'
);
