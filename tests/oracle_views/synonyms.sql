-- Synonyms as Oracle notes them: what names an object by a public one needs that synonym, and what is not there in its
-- own schema. A chain goes over a schema of nothing but synonyms, ALIASES.

INSERT INTO sys.all_synonyms VALUES
    ('PUBLIC', 'WELLS', 'GEO', 'WELL', NULL, 0),
    ('PUBLIC', 'REGIONS', 'ALIASES', 'REGION_S', NULL, 0),
    ('ALIASES', 'REGION_S', 'CODES', 'REGION', NULL, 0),
    -- Two of them: a head and its body are one name, as are a materialized view and its table.
    ('PUBLIC', 'GEO_PKG', 'GEO', 'GEO_PKG', NULL, 0),
    ('PUBLIC', 'SUMMARY', 'GEO', 'WELL_SUMMARY', NULL, 0),
    -- Nobody makes use of the first, the second means nothing any more, the third is far away.
    ('PUBLIC', 'CODE', 'GEO', 'CODE', NULL, 0),
    ('PUBLIC', 'BROKEN', 'GEO', 'DROPPED_LONG_AGO', NULL, 0),
    ('PUBLIC', 'FAR', 'GEO', 'WELL', 'PROD.EXAMPLE.ORG', 0),
    -- A ring, which Oracle lets be made, and finds when it is asked for (ORA-01775).
    ('PUBLIC', 'RING', 'ALIASES', 'RING', NULL, 0),
    ('ALIASES', 'RING', 'PUBLIC', 'RING', NULL, 0),
    -- Oracle's own, and those of an application of its.
    ('PUBLIC', 'DUAL', 'SYS', 'DUAL', NULL, 0),
    ('PUBLIC', 'SDO_COORD_REF_SYS', 'MDSYS', 'SDO_COORD_REF_SYS', NULL, 0),
    ('PUBLIC', 'WWV_FLOWS', 'APEX_210200', 'WWV_FLOWS', NULL, 0),
    -- Of a schema whose synonyms nobody's object makes use of.
    ('CLERK', 'WELL', 'GEO', 'WELL', NULL, 0);
INSERT INTO sys.all_objects VALUES
    ('GEO', 'WELL', 'TABLE'), ('GEO', 'V_WELL', 'VIEW'), ('GEO', 'CODE', 'TABLE'), ('CODES', 'REGION', 'TABLE'),
    ('GEO', 'GEO_PKG', 'PACKAGE'), ('GEO', 'GEO_PKG', 'PACKAGE BODY'), ('GEO', 'WELL_PK', 'INDEX'),
    ('GEO', 'WELL_SUMMARY', 'TABLE'), ('GEO', 'WELL_SUMMARY', 'MATERIALIZED VIEW'),
    ('ALIASES', 'REGION_S', 'SYNONYM'), ('ALIASES', 'RING', 'SYNONYM'), ('CLERK', 'WELL', 'SYNONYM'),
    ('SYS', 'DUAL', 'TABLE'), ('MDSYS', 'SDO_COORD_REF_SYS', 'TABLE'), ('APEX_210200', 'WWV_FLOWS', 'TABLE');
INSERT INTO sys.all_objects SELECT 'PUBLIC', s.synonym_name, 'SYNONYM' FROM sys.all_synonyms AS s WHERE s.owner = 'PUBLIC';
INSERT INTO sys.all_dependencies VALUES
    ('CODES', 'V_DEEP', 'VIEW', 'PUBLIC', 'WELLS', 'SYNONYM', NULL, 'HARD'),
    ('CODES', 'V_DEEP', 'VIEW', 'CODES', 'WELLS', 'NON-EXISTENT', NULL, 'HARD'),
    ('CODES', 'V_DEEP', 'VIEW', 'PUBLIC', 'RING', 'SYNONYM', NULL, 'HARD'),
    ('CODES', 'V_DEEP', 'VIEW', 'PUBLIC', 'BROKEN', 'SYNONYM', NULL, 'HARD'),
    ('CODES', 'V_DEEP', 'VIEW', 'PUBLIC', 'FAR', 'SYNONYM', NULL, 'HARD'),
    ('CODES', 'V_DEEP', 'VIEW', 'PUBLIC', 'GEO_PKG', 'SYNONYM', NULL, 'HARD'),
    ('GEO', 'GEO_PKG', 'PACKAGE BODY', 'GEO', 'GEO_PKG', 'PACKAGE', NULL, 'HARD'),
    ('GEO', 'GEO_PKG', 'PACKAGE BODY', 'PUBLIC', 'REGIONS', 'SYNONYM', NULL, 'HARD'),
    ('GEO', 'GEO_PKG', 'PACKAGE BODY', 'GEO', 'REGIONS', 'NON-EXISTENT', NULL, 'HARD'),
    ('GEO', 'GEO_PKG', 'PACKAGE BODY', 'PUBLIC', 'DUAL', 'SYNONYM', NULL, 'HARD'),
    ('GEO', 'GEO_PKG', 'PACKAGE BODY', 'PUBLIC', 'WWV_FLOWS', 'SYNONYM', NULL, 'HARD'),
    ('GEO', 'V_REGION', 'VIEW', 'ALIASES', 'REGION_S', 'SYNONYM', NULL, 'HARD'),
    ('ALIASES', 'REGION_S', 'SYNONYM', 'CODES', 'REGION', 'TABLE', NULL, 'HARD'),
    ('PUBLIC', 'REGIONS', 'SYNONYM', 'ALIASES', 'REGION_S', 'SYNONYM', NULL, 'HARD'),
    ('PUBLIC', 'DUAL', 'SYNONYM', 'SYS', 'DUAL', 'TABLE', NULL, 'HARD'),
    ('PUBLIC', 'SDO_COORD_REF_SYS', 'SYNONYM', 'MDSYS', 'SDO_COORD_REF_SYS', 'TABLE', NULL, 'HARD');
