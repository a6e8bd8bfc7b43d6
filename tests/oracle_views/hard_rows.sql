-- What Oracle 19c and 23ai say of a schema that holds the hard cases, written down as they say it: statistics missing,
-- names of their own making, objects that belong to others.

INSERT INTO sys.v_$version VALUES ('Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - Production', 0);

INSERT INTO sys.all_tables (owner, table_name, num_rows, avg_row_len, iot_name, iot_type, temporary, secondary, nested, partitioned, dropped) VALUES
    ('GEO', 'WELL', 120000, 310, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'WELL_TEST', 0, 0, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    -- Never analyzed.
    ('GEO', 'every TYPE', NULL, NULL, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'mixed Case', 3, 12, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'READING', 5000000, 40, NULL, NULL, 'N', 'N', 'NO', 'YES', 'NO'),
    ('GEO', 'CODE', 40, 20, NULL, 'IOT', 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'SYS_IOT_OVER_71502', NULL, NULL, 'CODE', 'IOT_OVERFLOW', 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'SYS_IOT_MAP_71502', NULL, NULL, 'CODE', 'IOT_MAPPING', 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'NT_SAMPLES', NULL, NULL, NULL, NULL, 'N', 'N', 'YES', 'NO', 'NO'),
    ('GEO', 'WORK', NULL, NULL, NULL, NULL, 'Y', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'LAB_FILE', NULL, NULL, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'BIN$Kx8oJ0aWQ5mZ7l0t2bYc1g==$0', 17, 10, NULL, NULL, 'N', 'N', 'NO', 'NO', 'YES'),
    ('GEO', 'MLOG$_WELL', NULL, NULL, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'RUPD$_WELL', NULL, NULL, NULL, NULL, 'Y', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'WELL_SUMMARY', 12, 25, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'DR$WELL_NOTES_CTX$I', NULL, NULL, NULL, NULL, 'N', 'Y', 'NO', 'NO', 'NO'),
    ('GEO', 'MDRT_11D3C$', NULL, NULL, NULL, NULL, 'N', 'Y', 'NO', 'NO', 'NO'),
    ('GEO', 'JOB_QUEUE_T', NULL, NULL, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('GEO', 'AQ$_JOB_QUEUE_T_S', NULL, NULL, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('CODES', 'REGION', 8, 30, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('O''HARA$X$Y', 'T#1', NULL, NULL, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('SYS', 'DUAL', 1, 2, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('MDSYS', 'SDO_COORD_REF_SYS', 5000, 90, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO'),
    ('APEX_210200', 'WWV_FLOWS', 10, 400, NULL, NULL, 'N', 'N', 'NO', 'NO', 'NO');
INSERT INTO sys.all_external_tables VALUES ('GEO', 'LAB_FILE', 'ORACLE_LOADER');
INSERT INTO sys.all_queue_tables VALUES ('GEO', 'JOB_QUEUE_T', 'GEO.JOB_T');
INSERT INTO sys.all_views (owner, view_name) VALUES ('GEO', 'V_WELL'), ('GEO', 'AQ$JOB_QUEUE_T');
INSERT INTO sys.all_tab_comments VALUES
    ('GEO', 'WELL', 'TABLE', 'Drilled wells; it''s "all" of them'),
    ('GEO', 'WELL_TEST', 'TABLE', NULL),
    ('GEO', 'WELL_SUMMARY', 'TABLE', 'snapshot table for snapshot GEO.WELL_SUMMARY'),
    ('GEO', 'BIN$Kx8oJ0aWQ5mZ7l0t2bYc1g==$0', 'TABLE', 'gone');

-- WELL: an identity, a key of its own into itself, virtual, hidden, unused and invisible columns.
INSERT INTO sys.all_tab_cols (owner, table_name, column_name, data_type, data_length, data_precision, data_scale, nullable, column_id, data_default, char_length, char_used, hidden_column, virtual_column, internal_column_id) VALUES
    ('GEO', 'WELL', 'WELL_ID', 'NUMBER', 22, 10, 0, 'N', 1, '"GEO"."ISEQ$$_71490".nextval', 0, NULL, 'NO', 'NO', 1),
    ('GEO', 'WELL', 'TAG', 'VARCHAR2', 10, NULL, NULL, 'N', 2, NULL, 10, 'B', 'NO', 'NO', 2),
    ('GEO', 'WELL', 'PARENT_ID', 'NUMBER', 22, 10, 0, 'Y', 3, NULL, 0, NULL, 'NO', 'NO', 3),
    ('GEO', 'WELL', 'REGION', 'CHAR', 12, NULL, NULL, 'N', 4, '''N''  ', 3, 'C', 'NO', 'NO', 4),
    ('GEO', 'WELL', 'STATUS', 'VARCHAR2', 4, NULL, NULL, 'Y', 5, '''''', 1, 'C', 'NO', 'NO', 5),
    ('GEO', 'WELL', 'DEPTH', 'NUMBER', 22, 7, 2, 'Y', 6, 'NULL', 0, NULL, 'NO', 'NO', 6),
    ('GEO', 'WELL', 'DEPTH_FT', 'NUMBER', 22, NULL, NULL, 'Y', 7, '"DEPTH"*3.28084', 0, NULL, 'NO', 'YES', 7),
    ('GEO', 'WELL', 'CREATED', 'DATE', 7, NULL, NULL, 'N', 8, 'SYSDATE ' || chr(10), 0, NULL, 'NO', 'NO', 8),
    ('GEO', 'WELL', 'PERMIT_NO', 'NUMBER', 22, NULL, 0, 'Y', 9, '"GEO"."PERMIT_SEQ"."NEXTVAL"', 0, NULL, 'NO', 'NO', 9),
    ('GEO', 'WELL', 'SYS_NC00010$', 'VARCHAR2', 10, NULL, NULL, 'Y', NULL, 'UPPER("TAG")', 10, NULL, 'YES', 'YES', 10),
    ('GEO', 'WELL', 'SYS_NC00011$', 'DATE', 8, NULL, NULL, 'Y', NULL, '"CREATED"', 0, NULL, 'YES', 'YES', 11),
    ('GEO', 'WELL', 'SYS_C00012_21030412:15:59$', 'NUMBER', 22, NULL, NULL, 'Y', NULL, NULL, 0, NULL, 'YES', 'NO', 12),
    ('GEO', 'WELL', 'SECRET_NOTE', 'VARCHAR2', 80, NULL, NULL, 'Y', NULL, NULL, 20, 'C', 'YES', 'NO', 13),
    ('GEO', 'WELL', 'ORA_ARCHIVE_STATE', 'VARCHAR2', 4000, NULL, NULL, 'Y', NULL, '0', 4000, 'B', 'YES', 'NO', 14),
    ('GEO', 'WELL', 'SYS_STUZ$7Q0Q2VJ', 'NUMBER', 22, NULL, NULL, 'Y', NULL, 'SYS_OP_COMBINED_HASH("TAG","REGION")', 0, NULL, 'YES', 'YES', 15),
    ('GEO', 'WELL_TEST', 'WELL_ID', 'NUMBER', 22, 10, 0, 'N', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('GEO', 'WELL_TEST', 'TEST_NO', 'NUMBER', 22, 3, 0, 'N', 2, NULL, 0, NULL, 'NO', 'NO', 2),
    ('GEO', 'WELL_TEST', 'LAB', 'VARCHAR2', 30, NULL, NULL, 'Y', 3, 'USER', 30, 'B', 'NO', 'NO', 3),
    ('GEO', 'WELL_TEST', 'RESULT_NO', 'NUMBER', 22, 3, 0, 'Y', 4, NULL, 0, NULL, 'NO', 'NO', 4),
    ('GEO', 'mixed Case', 'id', 'NUMBER', 22, NULL, NULL, 'N', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('GEO', 'mixed Case', 'Wert', 'VARCHAR2', 20, NULL, NULL, 'Y', 2, NULL, 5, 'C', 'NO', 'NO', 2),
    ('GEO', 'READING', 'READ_AT', 'TIMESTAMP(9)', 11, NULL, 9, 'N', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('GEO', 'CODE', 'CODE', 'VARCHAR2', 5, NULL, NULL, 'N', 1, NULL, 5, 'B', 'NO', 'NO', 1),
    ('GEO', 'WORK', 'N', 'NUMBER', 22, NULL, NULL, 'Y', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('GEO', 'LAB_FILE', 'LINE', 'VARCHAR2', 4000, NULL, NULL, 'Y', 1, NULL, 4000, 'B', 'NO', 'NO', 1),
    ('GEO', 'WELL_SUMMARY', 'REGION', 'CHAR', 12, NULL, NULL, 'Y', 1, NULL, 3, 'C', 'NO', 'NO', 1),
    ('GEO', 'BIN$Kx8oJ0aWQ5mZ7l0t2bYc1g==$0', 'X', 'NUMBER', 22, NULL, NULL, 'Y', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('GEO', 'V_WELL', 'WELL_ID', 'NUMBER', 22, 10, 0, 'N', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('CODES', 'REGION', 'REGION', 'CHAR', 12, NULL, NULL, 'N', 1, NULL, 3, 'C', 'NO', 'NO', 1),
    ('O''HARA$X$Y', 'T#1', 'C#', 'NUMBER', 22, NULL, NULL, 'Y', 1, NULL, 0, NULL, 'NO', 'NO', 1),
    ('SYS', 'DUAL', 'DUMMY', 'VARCHAR2', 1, NULL, NULL, 'Y', 1, NULL, 1, 'B', 'NO', 'NO', 1);
-- Every type that a column can have, as the dictionary spells it.
INSERT INTO sys.all_tab_cols (owner, table_name, column_id, internal_column_id, column_name, data_type, data_type_mod, data_type_owner, data_length, data_precision, data_scale, char_length, char_used)
SELECT 'GEO', 'every TYPE', n, n, column_name, data_type, data_type_mod, data_type_owner, data_length, data_precision, data_scale, COALESCE(char_length, 0), char_used
FROM (VALUES
    (1, 'N', 'NUMBER', NULL, NULL, 22, NULL, NULL, NULL, NULL),
    (2, 'N38', 'NUMBER', NULL, NULL, 22, 38, 0, NULL, NULL),
    (3, 'INT', 'NUMBER', NULL, NULL, 22, NULL, 0, NULL, NULL),
    (4, 'NEG', 'NUMBER', NULL, NULL, 22, 3, -2, NULL, NULL),
    (5, 'SMALL', 'NUMBER', NULL, NULL, 22, 3, 5, NULL, NULL),
    (6, 'F126', 'FLOAT', NULL, NULL, 22, 126, NULL, NULL, NULL),
    (7, 'F24', 'FLOAT', NULL, NULL, 22, 24, NULL, NULL, NULL),
    (8, 'BF', 'BINARY_FLOAT', NULL, NULL, 4, NULL, NULL, NULL, NULL),
    (9, 'BD', 'BINARY_DOUBLE', NULL, NULL, 8, NULL, NULL, NULL, NULL),
    (10, 'NV', 'NVARCHAR2', NULL, NULL, 60, NULL, NULL, 30, 'C'),
    (11, 'NC', 'NCHAR', NULL, NULL, 4, NULL, NULL, 2, 'C'),
    (12, 'TS', 'TIMESTAMP(6)', NULL, NULL, 11, NULL, 6, NULL, NULL),
    (13, 'TZ', 'TIMESTAMP(3) WITH TIME ZONE', NULL, NULL, 13, NULL, 3, NULL, NULL),
    (14, 'LTZ', 'TIMESTAMP(0) WITH LOCAL TIME ZONE', NULL, NULL, 11, NULL, 0, NULL, NULL),
    (15, 'YM', 'INTERVAL YEAR(2) TO MONTH', NULL, NULL, 5, 2, 0, NULL, NULL),
    (16, 'DS', 'INTERVAL DAY(2) TO SECOND(6)', NULL, NULL, 11, 2, 6, NULL, NULL),
    (17, 'GUID', 'RAW', NULL, NULL, 16, NULL, NULL, NULL, NULL),
    (18, 'BYTES', 'RAW', NULL, NULL, 8, NULL, NULL, NULL, NULL),
    (19, 'L', 'LONG', NULL, NULL, 0, NULL, NULL, NULL, NULL),
    (20, 'C', 'CLOB', NULL, NULL, 4000, NULL, NULL, NULL, NULL),
    (21, 'NCL', 'NCLOB', NULL, NULL, 4000, NULL, NULL, NULL, NULL),
    (22, 'B', 'BLOB', NULL, NULL, 4000, NULL, NULL, NULL, NULL),
    (23, 'FILE', 'BFILE', NULL, NULL, 530, NULL, NULL, NULL, NULL),
    (24, 'X', 'XMLTYPE', NULL, 'SYS', 2000, NULL, NULL, NULL, NULL),
    (25, 'J', 'JSON', NULL, NULL, 8200, NULL, NULL, NULL, NULL),
    (26, 'BOOL', 'BOOLEAN', NULL, NULL, 1, NULL, NULL, NULL, NULL),
    (27, 'R', 'ROWID', NULL, NULL, 10, NULL, NULL, NULL, NULL),
    (28, 'UR', 'UROWID', NULL, NULL, 4000, NULL, NULL, NULL, NULL),
    (29, 'G', 'SDO_GEOMETRY', NULL, 'MDSYS', 1, NULL, NULL, NULL, NULL),
    (30, 'ADDR', 'ADDRESS_T', NULL, 'GEO', 1, NULL, NULL, NULL, NULL),
    (31, 'LINK', 'ADDRESS_T', 'REF', 'GEO', 50, NULL, NULL, NULL, NULL),
    (32, 'ANY', 'ANYDATA', NULL, 'SYS', 1, NULL, NULL, NULL, NULL),
    (33, 'VEC', 'VECTOR', NULL, NULL, 8200, NULL, NULL, NULL, NULL),
    (34, 'XML_OF_OURS', 'XMLTYPE', NULL, 'GEO', 1, NULL, NULL, NULL, NULL)
) AS c (n, column_name, data_type, data_type_mod, data_type_owner, data_length, data_precision, data_scale, char_length, char_used);
INSERT INTO sys.all_col_comments VALUES ('GEO', 'WELL', 'TAG', 'as painted'), ('GEO', 'WELL', 'DEPTH', NULL);
INSERT INTO sys.all_tab_identity_cols VALUES
    ('GEO', 'WELL', 'WELL_ID', 'BY DEFAULT', 'ISEQ$$_71490', 'START WITH: 1, INCREMENT BY: 1, MAX_VALUE: 9999');

INSERT INTO sys.all_constraints (owner, constraint_name, constraint_type, table_name, search_condition, r_owner, r_constraint_name, delete_rule, status, "deferrable", "deferred", validated, index_owner, index_name) VALUES
    ('GEO', 'WELL_PK', 'P', 'WELL', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, 'WELL_PK'),
    ('GEO', 'WELL_TAG_UK', 'U', 'WELL', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', 'GEO', 'WELL_TAG_REGION_IX'),
    ('GEO', 'WELL_PARENT_FK', 'R', 'WELL', NULL, 'GEO', 'WELL_PK', 'SET NULL', 'ENABLED', 'DEFERRABLE', 'DEFERRED', 'VALIDATED', NULL, NULL),
    ('GEO', 'WELL_REGION_FK', 'R', 'WELL', NULL, 'CODES', 'REGION_PK', 'NO ACTION', 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'NOT VALIDATED', NULL, NULL),
    ('GEO', 'WELL_HIDDEN_FK', 'R', 'WELL', NULL, 'NOT_SEEN', 'NOT_SEEN_PK', 'NO ACTION', 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'WELL_OFF_FK', 'R', 'WELL', NULL, 'GEO', 'WELL_PK', 'CASCADE', 'DISABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'NOT VALIDATED', NULL, NULL),
    ('GEO', 'WELL_TEST_PK', 'P', 'WELL_TEST', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', 'GEO', 'WELL_TEST_PK'),
    ('GEO', 'WELL_TEST_WELL_FK', 'R', 'WELL_TEST', NULL, 'GEO', 'WELL_PK', 'CASCADE', 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'WELL_TEST_RESULT_FK', 'R', 'WELL_TEST', NULL, 'GEO', 'WELL_TEST_PK', 'NO ACTION', 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'SYS_C008812', 'C', 'WELL', '"WELL_ID" IS NOT NULL', NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'WELL_STATUS_CK', 'C', 'WELL', 'status IN (''A'', ''C'')', NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'WELL_DEPTH_CK', 'C', 'WELL', 'depth > 0', NULL, NULL, NULL, 'DISABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'WELL_OLD_CK', 'C', 'WELL', 'depth < 9000', NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'NOT VALIDATED', NULL, NULL),
    ('GEO', 'MIXED_CK', 'C', 'mixed Case', '"Wert" IS NOT NULL OR "id" > 0', NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'V_WELL_CK', 'V', 'V_WELL', 'x', NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'V_WELL_PK', 'P', 'V_WELL', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'NOT VALIDATED', NULL, NULL),
    ('GEO', 'BIN$Kx8oJ0aXQ5mZ7l0t2bYc1g==$0', 'P', 'BIN$Kx8oJ0aWQ5mZ7l0t2bYc1g==$0', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', NULL, NULL),
    ('GEO', 'CODE_PK', 'P', 'CODE', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', 'GEO', 'CODE_PK'),
    ('CODES', 'REGION_PK', 'P', 'REGION', NULL, NULL, NULL, NULL, 'ENABLED', 'NOT DEFERRABLE', 'IMMEDIATE', 'VALIDATED', 'CODES', 'REGION_PK');
INSERT INTO sys.all_cons_columns VALUES
    ('GEO', 'WELL_PK', 'WELL', 'WELL_ID', 1), ('GEO', 'WELL_TAG_UK', 'WELL', 'TAG', 1),
    ('GEO', 'WELL_PARENT_FK', 'WELL', 'PARENT_ID', 1), ('GEO', 'WELL_REGION_FK', 'WELL', 'REGION', 1),
    ('GEO', 'WELL_HIDDEN_FK', 'WELL', 'TAG', 1), ('GEO', 'WELL_OFF_FK', 'WELL', 'WELL_ID', 1),
    ('GEO', 'WELL_TEST_PK', 'WELL_TEST', 'WELL_ID', 1), ('GEO', 'WELL_TEST_PK', 'WELL_TEST', 'TEST_NO', 2),
    ('GEO', 'WELL_TEST_WELL_FK', 'WELL_TEST', 'WELL_ID', 1),
    ('GEO', 'WELL_TEST_RESULT_FK', 'WELL_TEST', 'WELL_ID', 1), ('GEO', 'WELL_TEST_RESULT_FK', 'WELL_TEST', 'RESULT_NO', 2),
    ('GEO', 'SYS_C008812', 'WELL', 'WELL_ID', NULL), ('GEO', 'WELL_STATUS_CK', 'WELL', 'STATUS', NULL),
    ('GEO', 'V_WELL_PK', 'V_WELL', 'WELL_ID', 1), ('GEO', 'CODE_PK', 'CODE', 'CODE', 1),
    ('GEO', 'BIN$Kx8oJ0aXQ5mZ7l0t2bYc1g==$0', 'BIN$Kx8oJ0aWQ5mZ7l0t2bYc1g==$0', 'X', 1),
    ('CODES', 'REGION_PK', 'REGION', 'REGION', 1);

INSERT INTO sys.all_indexes (owner, index_name, index_type, table_owner, table_name, table_type, uniqueness, join_index, dropped) VALUES
    ('GEO', 'WELL_PK', 'NORMAL', 'GEO', 'WELL', 'TABLE', 'UNIQUE', 'NO', 'NO'),
    -- A unique key that makes use of an index with one column more.
    ('GEO', 'WELL_TAG_REGION_IX', 'NORMAL', 'GEO', 'WELL', 'TABLE', 'NONUNIQUE', 'NO', 'NO'),
    ('GEO', 'WELL_UPPER_IX', 'FUNCTION-BASED NORMAL', 'GEO', 'WELL', 'TABLE', 'UNIQUE', 'NO', 'NO'),
    ('GEO', 'WELL_STATUS_BX', 'BITMAP', 'GEO', 'WELL', 'TABLE', 'NONUNIQUE', 'NO', 'NO'),
    ('GEO', 'WELL_DEPTH_REV', 'NORMAL/REV', 'GEO', 'WELL', 'TABLE', 'NONUNIQUE', 'NO', 'NO'),
    ('CODES', 'WELL_BY_CODES', 'NORMAL', 'GEO', 'WELL', 'TABLE', 'NONUNIQUE', 'NO', 'NO'),
    ('GEO', 'WELL_NOTES_CTX', 'DOMAIN', 'GEO', 'WELL', 'TABLE', 'NONUNIQUE', 'NO', 'NO'),
    ('GEO', 'WELL_JOIN_BX', 'BITMAP', 'GEO', 'WELL', 'TABLE', 'NONUNIQUE', 'YES', 'NO'),
    ('GEO', 'SYS_IL0000071490C00009$$', 'LOB', 'GEO', 'WELL', 'TABLE', 'UNIQUE', 'NO', 'NO'),
    ('GEO', 'CLUSTER_IX', 'CLUSTER', 'GEO', 'WELL_CLUSTER', 'CLUSTER', 'NONUNIQUE', 'NO', 'NO'),
    ('GEO', 'BIN$Kx8oJ0aYQ5mZ7l0t2bYc1g==$0', 'NORMAL', 'GEO', 'BIN$Kx8oJ0aWQ5mZ7l0t2bYc1g==$0', 'TABLE', 'NONUNIQUE', 'NO', 'YES'),
    ('GEO', 'WELL_TEST_PK', 'NORMAL', 'GEO', 'WELL_TEST', 'TABLE', 'UNIQUE', 'NO', 'NO'),
    ('GEO', 'CODE_PK', 'IOT - TOP', 'GEO', 'CODE', 'TABLE', 'UNIQUE', 'NO', 'NO'),
    ('CODES', 'REGION_PK', 'NORMAL', 'CODES', 'REGION', 'TABLE', 'UNIQUE', 'NO', 'NO');
INSERT INTO sys.all_ind_columns VALUES
    ('GEO', 'WELL_PK', 'GEO', 'WELL', 'WELL_ID', 1, 'ASC'),
    ('GEO', 'WELL_TAG_REGION_IX', 'GEO', 'WELL', 'TAG', 1, 'ASC'), ('GEO', 'WELL_TAG_REGION_IX', 'GEO', 'WELL', 'REGION', 2, 'ASC'),
    ('GEO', 'WELL_UPPER_IX', 'GEO', 'WELL', 'SYS_NC00010$', 1, 'ASC'), ('GEO', 'WELL_UPPER_IX', 'GEO', 'WELL', 'SYS_NC00011$', 2, 'DESC'),
    ('GEO', 'WELL_STATUS_BX', 'GEO', 'WELL', 'STATUS', 1, 'ASC'), ('GEO', 'WELL_DEPTH_REV', 'GEO', 'WELL', 'DEPTH', 1, 'ASC'),
    ('CODES', 'WELL_BY_CODES', 'GEO', 'WELL', 'REGION', 1, 'ASC'), ('GEO', 'WELL_NOTES_CTX', 'GEO', 'WELL', 'STATUS', 1, 'ASC'),
    ('GEO', 'WELL_JOIN_BX', 'GEO', 'WELL', 'REGION', 1, 'ASC'), ('GEO', 'WELL_TEST_PK', 'GEO', 'WELL_TEST', 'WELL_ID', 1, 'ASC'),
    ('GEO', 'WELL_TEST_PK', 'GEO', 'WELL_TEST', 'TEST_NO', 2, 'ASC'), ('GEO', 'CODE_PK', 'GEO', 'CODE', 'CODE', 1, 'ASC'),
    ('CODES', 'REGION_PK', 'CODES', 'REGION', 'REGION', 1, 'ASC');
INSERT INTO sys.all_ind_expressions VALUES
    ('GEO', 'WELL_UPPER_IX', 'GEO', 'WELL', 'UPPER("TAG")', 1), ('GEO', 'WELL_UPPER_IX', 'GEO', 'WELL', '"CREATED"', 2);

INSERT INTO sys.all_sequences (sequence_owner, sequence_name, min_value, max_value, increment_by, cycle_flag, cache_size, last_number) VALUES
    ('GEO', 'PERMIT_SEQ', 1, 9999999999999999999999999999, 1, 'N', 20, 100021),
    ('GEO', 'DOWN_SEQ', -999999999999999999999999999, -1, -1, 'N', 0, -5),
    -- Used up: the next one would be beyond its end.
    ('GEO', 'SPENT_SEQ', 1, 99, 1, 'N', 20, 100),
    ('GEO', 'ROUND_SEQ', 1, 9, 1, 'Y', 2, 3),
    ('GEO', 'ISEQ$$_71490', 1, 9999999999999999999999999999, 1, 'N', 20, 121),
    ('GEO', 'MDRS_11D3C$', 1, 9999999999999999999999999999, 1, 'N', 20, 1),
    ('SYS', 'AUDSES$', 1, 2000000000, 1, 'Y', 10000, 400001);
INSERT INTO sys.all_triggers (owner, trigger_name, table_owner, base_object_type, table_name) VALUES
    ('GEO', 'WELL_BI', 'GEO', 'TABLE', 'WELL'), ('AUDITOR', 'WELL_AUDIT', 'GEO', 'TABLE', 'WELL'),
    ('GEO', 'LOGON_TRG', 'GEO', 'SCHEMA          ', NULL);
INSERT INTO sys.all_dependencies VALUES
    ('GEO', 'V_WELL', 'VIEW', 'GEO', 'WELL', 'TABLE', NULL, 'HARD'),
    ('GEO', 'WELL_BI', 'TRIGGER', 'SYS', 'STANDARD', 'PACKAGE', NULL, 'HARD'),
    ('GEO', 'V_FAR', 'VIEW', 'GEO', 'WELL', 'TABLE', 'PROD.EXAMPLE.ORG', 'HARD'),
    ('GEO', 'V_OLD', 'VIEW', 'GEO', 'GONE', 'NON-EXISTENT', NULL, 'HARD');
