-- The catalog views of SQL Server 2016, as its documentation describes them, as far as the dictionary asks for them;
-- and in them what a small shop's database would have there.
CREATE SCHEMA sys;
CREATE SCHEMA sqlserver_information_schema;
CREATE FUNCTION sys.serverproperty(name text) RETURNS text LANGUAGE sql
RETURN CASE lower(name) WHEN 'productversion' THEN '16.0.4105.2' WHEN 'edition' THEN 'Developer Edition (64-bit)' END;

CREATE TABLE sys.schemas (schema_id int, name varchar(128));
CREATE TABLE sys.objects (object_id int, name varchar(128), schema_id int, type char(2), is_ms_shipped int);
CREATE TABLE sys.tables (object_id int, name varchar(128), schema_id int, is_ms_shipped int, is_external int);
CREATE TABLE sys.extended_properties (class int, major_id int, minor_id int, name varchar(128), value text);
CREATE TABLE sys.partitions (partition_id bigint, hobt_id bigint, object_id int, index_id int, rows bigint);
CREATE TABLE sys.allocation_units (container_id bigint, type int, total_pages bigint);
CREATE TABLE sys.types (
    name varchar(128), system_type_id int, user_type_id int, schema_id int, is_user_defined int, is_assembly_type int
);
CREATE TABLE sys.columns (
    object_id int, column_id int, name varchar(128), system_type_id int, user_type_id int, max_length int,
    precision int, scale int, is_nullable int, is_identity int, default_object_id int, is_hidden int, is_column_set int
);
CREATE TABLE sys.default_constraints (object_id int, definition text);
CREATE TABLE sys.computed_columns (object_id int, column_id int, definition text);
CREATE TABLE sys.key_constraints (name varchar(128), type char(2), parent_object_id int, unique_index_id int);
CREATE TABLE sys.indexes (
    object_id int, index_id int, name varchar(128), type int, is_unique int, is_primary_key int,
    is_unique_constraint int, is_disabled int, is_hypothetical int, has_filter int, filter_definition text
);
CREATE TABLE sys.index_columns (
    object_id int, index_id int, column_id int, key_ordinal int, is_descending_key int, is_included_column int
);
CREATE TABLE sys.foreign_keys (
    object_id int, name varchar(128), parent_object_id int, referenced_object_id int, is_disabled int,
    is_not_trusted int, is_ms_shipped int, delete_referential_action_desc varchar(60),
    update_referential_action_desc varchar(60)
);
CREATE TABLE sys.foreign_key_columns (
    constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int,
    referenced_object_id int, referenced_column_id int
);
CREATE TABLE sys.check_constraints (
    name varchar(128), parent_object_id int, definition text, is_disabled int, is_ms_shipped int
);
CREATE TABLE sys.sequences (
    name varchar(128), schema_id int, start_value text, increment text, minimum_value text, maximum_value text,
    cache_size int, is_cached int, is_cycling int, current_value text, is_ms_shipped int
);
CREATE TABLE sys.triggers (name varchar(128), parent_id int, parent_class int, is_ms_shipped int);
CREATE TABLE sqlserver_information_schema.view_table_usage (
    view_schema varchar(128), view_name varchar(128), table_schema varchar(128), table_name varchar(128)
);
CREATE TABLE sqlserver_information_schema.tables (
    table_schema varchar(128), table_name varchar(128), table_type varchar(10)
);

INSERT INTO sys.schemas VALUES (1, 'dbo'), (4, 'sys'), (5, 'sales'), (6, 'empty'), (7, 'o''dd ]name');
INSERT INTO sys.types VALUES
    ('int', 56, 56, 4, 0, 0), ('bigint', 127, 127, 4, 0, 0), ('tinyint', 48, 48, 4, 0, 0), ('bit', 104, 104, 4, 0, 0),
    ('decimal', 106, 106, 4, 0, 0), ('money', 60, 60, 4, 0, 0), ('nvarchar', 231, 231, 4, 0, 0),
    ('nchar', 239, 239, 4, 0, 0), ('varchar', 167, 167, 4, 0, 0), ('varbinary', 165, 165, 4, 0, 0),
    ('datetime2', 42, 42, 4, 0, 0), ('datetimeoffset', 43, 43, 4, 0, 0), ('uniqueidentifier', 36, 36, 4, 0, 0),
    ('timestamp', 189, 189, 4, 0, 0), ('xml', 241, 241, 4, 0, 0), ('sysname', 231, 256, 4, 0, 0),
    ('hierarchyid', 240, 128, 4, 0, 1), ('EmailAddress', 231, 257, 5, 1, 0), ('Vector3', 240, 258, 1, 1, 1);
INSERT INTO sys.objects VALUES
    (101, 'Customers', 1, 'U ', 0), (102, 'Orders', 5, 'U ', 0), (103, 'sysdiagrams', 1, 'U ', 0),
    (104, 'OpenOrders', 5, 'V ', 0), (105, 'Archive', 1, 'U ', 0), (106, 'spt_values', 1, 'U ', 1),
    (107, 'it''s ]', 7, 'U ', 0), (201, 'TR_Customers', 1, 'TR', 0);
INSERT INTO sys.tables VALUES
    (101, 'Customers', 1, 0, 0), (102, 'Orders', 5, 0, 0), (103, 'sysdiagrams', 1, 0, 0), (105, 'Archive', 1, 0, 1),
    (106, 'spt_values', 1, 1, 0), (107, 'it''s ]', 7, 0, 0);
INSERT INTO sys.extended_properties VALUES
    (1, 101, 0, 'MS_Description', 'Who buys — ünï'), (1, 101, 2, 'MS_Description', 'As it is written on letters'),
    (1, 101, 0, 'Other', 'x'), (1, 103, 0, 'microsoft_database_tools_support', '1'), (7, 101, 0, 'MS_Description', 'ix');
-- Customers lie in two partitions, with an index beside them and texts off the row.
INSERT INTO sys.partitions VALUES
    (1, 11, 101, 1, 1000), (2, 12, 101, 1, 500), (3, 13, 101, 2, 1500), (4, 14, 102, 0, 7), (5, 15, 107, 0, 0);
INSERT INTO sys.allocation_units VALUES (11, 1, 10), (12, 1, 5), (13, 1, 2), (1, 2, 100), (11, 3, 1), (14, 1, 1);

INSERT INTO sys.columns VALUES
    (101, 1, 'CustomerID', 56, 56, 4, 10, 0, 0, 1, 0, 0, 0),
    (101, 2, 'Name', 231, 231, 200, 0, 0, 0, 0, 0, 0, 0),
    (101, 3, 'Email', 231, 257, 640, 0, 0, 1, 0, 0, 0, 0),
    (101, 5, 'Created', 42, 42, 8, 27, 7, 0, 0, 301, 0, 0),
    (101, 6, 'IsActive', 104, 104, 1, 1, 0, 0, 0, 302, 0, 0),
    (101, 7, 'Balance', 60, 60, 8, 19, 4, 0, 0, 303, 0, 0),
    (101, 8, 'RowVer', 189, 189, 8, 0, 0, 0, 0, 0, 0, 0),
    (101, 9, 'Shown', 231, 231, 8000, 0, 0, 1, 0, 0, 0, 0),
    (101, 10, 'Notes', 231, 231, -1, 0, 0, 1, 0, 0, 0, 0),
    (101, 11, 'Place', 240, 128, 892, 0, 0, 1, 0, 0, 0, 0),
    (101, 12, 'ValidTo', 42, 42, 8, 27, 7, 0, 0, 0, 1, 0),
    (101, 13, 'AllSparse', 241, 241, -1, 0, 0, 1, 0, 0, 0, 1),
    (101, 14, 'Owner', 231, 256, 256, 0, 0, 1, 0, 304, 0, 0),
    (102, 1, 'OrderID', 127, 127, 8, 19, 0, 0, 0, 305, 0, 0),
    (102, 2, 'CustomerID', 56, 56, 4, 10, 0, 0, 0, 0, 0, 0),
    (102, 3, 'Placed', 43, 43, 10, 34, 7, 0, 0, 0, 0, 0),
    (102, 4, 'Total', 106, 106, 9, 18, 2, 0, 0, 0, 0, 0),
    (102, 5, 'State', 239, 239, 2, 0, 0, 0, 0, 306, 0, 0),
    (102, 6, 'Ref', 36, 36, 16, 0, 0, 1, 0, 307, 0, 0),
    (104, 1, 'OrderID', 127, 127, 8, 19, 0, 0, 0, 0, 0, 0),
    (105, 1, 'Line', 167, 167, 8000, 0, 0, 1, 0, 0, 0, 0),
    (106, 1, 'x', 56, 56, 4, 10, 0, 1, 0, 0, 0, 0),
    (107, 1, 'a]b', 165, 165, 16, 0, 0, 0, 0, 0, 0, 0),
    (107, 2, 'Speed', 240, 258, 24, 0, 0, 1, 0, 0, 0, 0);
INSERT INTO sys.default_constraints VALUES
    (301, '(sysutcdatetime())'), (302, '((1))'), (303, '((0.0))'), (304, '(suser_sname())'),
    (305, '(NEXT VALUE FOR [sales].[OrderNo])'), (306, '(N''N'')'), (307, '(newid())');
INSERT INTO sys.computed_columns VALUES (101, 9, '([Name]+isnull(N'' <''+[Email],''''))');
INSERT INTO sys.key_constraints VALUES
    ('PK_Customers', 'PK', 101, 1), ('PK_Orders', 'PK', 102, 2), ('UQ_Orders', 'UQ', 102, 3), ('PK_odd', 'PK', 107, 1);
INSERT INTO sys.indexes VALUES
    (101, 1, 'PK_Customers', 1, 1, 1, 0, 0, 0, 0, NULL),
    (101, 2, 'UX_Email', 2, 1, 0, 0, 0, 0, 1, '([Email] IS NOT NULL)'),
    (101, 3, 'UX_Active', 2, 1, 0, 0, 0, 0, 1, '([IsActive]=(1))'),
    (101, 4, 'CCI', 5, 0, 0, 0, 0, 0, 0, NULL),
    (101, 5, '_dta_index', 2, 0, 0, 0, 0, 1, 0, NULL),
    (102, 0, NULL, 0, 0, 0, 0, 0, 0, 0, NULL),
    (102, 2, 'PK_Orders', 2, 1, 1, 0, 0, 0, 0, NULL),
    (102, 3, 'UQ_Orders', 2, 1, 0, 1, 0, 0, 0, NULL),
    (102, 4, 'IX_Placed', 2, 0, 0, 0, 0, 0, 0, NULL),
    (102, 5, 'IX_Off', 2, 0, 0, 0, 1, 0, 0, NULL),
    (104, 1, 'IX_View', 1, 1, 0, 0, 0, 0, 0, NULL),
    (107, 1, 'PK_odd', 1, 1, 1, 0, 0, 0, 0, NULL);
INSERT INTO sys.index_columns VALUES
    (101, 1, 1, 1, 0, 0), (101, 2, 3, 1, 0, 0), (101, 2, 2, 0, 0, 1), (101, 3, 2, 1, 0, 0), (101, 4, 2, 0, 0, 1),
    (101, 5, 2, 1, 0, 0), (102, 2, 1, 1, 0, 0), (102, 3, 6, 1, 0, 0), (102, 3, 2, 2, 0, 0), (102, 4, 3, 1, 1, 0),
    (102, 4, 2, 2, 0, 0), (102, 5, 2, 1, 0, 0), (104, 1, 1, 1, 0, 0), (107, 1, 1, 1, 0, 0);
INSERT INTO sys.foreign_keys VALUES
    (401, 'FK_Orders_Customers', 102, 101, 0, 0, 0, 'CASCADE', 'NO_ACTION'),
    (402, 'FK_Off', 102, 101, 1, 1, 0, 'NO_ACTION', 'NO_ACTION');
INSERT INTO sys.foreign_key_columns VALUES (401, 1, 102, 2, 101, 1), (402, 1, 102, 2, 101, 1);
INSERT INTO sys.check_constraints VALUES
    ('CK_Total', 102, '([Total]>=(0))', 0, 0), ('CK_State', 102, '([State] like ''[A-Z]'')', 0, 0),
    ('CK_Off', 102, '([Total]>(5))', 1, 0), ('CK_Hidden', 102, NULL, 0, 0),
    ('CK_Fn', 102, '([dbo].[fn]([Total])=(1))', 0, 0);
INSERT INTO sys.sequences VALUES
    ('OrderNo', 5, '1', '1', '1', '9223372036854775807', NULL, 1, 0, '1042', 0),
    ('Wide', 5, '-99999999999999999999999999999999999999', '-5', '-99999999999999999999999999999999999999', '0', 50, 0, 1,
     '-5', 0);
INSERT INTO sys.triggers VALUES ('TR_Customers', 101, 1, 0), ('ddl', 0, 0, 0);
INSERT INTO sqlserver_information_schema.view_table_usage VALUES ('sales', 'OpenOrders', 'sales', 'Orders');
INSERT INTO sqlserver_information_schema.tables VALUES
    ('sales', 'Orders', 'BASE TABLE'), ('sales', 'OpenOrders', 'VIEW'), ('dbo', 'Customers', 'BASE TABLE');
