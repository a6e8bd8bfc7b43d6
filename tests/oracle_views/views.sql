-- Tables of the shape of Oracle's dictionary views: of each the columns that devdb asks for, and some beside them.

CREATE SCHEMA sys;
CREATE TABLE sys.v_$version (banner text, con_id numeric);
CREATE TABLE sys.all_tables (
    owner text NOT NULL, table_name text NOT NULL, tablespace_name text, iot_name text, iot_type text, num_rows numeric,
    blocks numeric, avg_row_len numeric, temporary text DEFAULT 'N', secondary text DEFAULT 'N',
    nested text DEFAULT 'NO', partitioned text DEFAULT 'NO', dropped text DEFAULT 'NO'
);
CREATE TABLE sys.all_external_tables (owner text, table_name text, type_name text);
CREATE TABLE sys.all_queue_tables (owner text, queue_table text, object_type text);
CREATE TABLE sys.all_views (owner text, view_name text, text_length numeric, text text);
CREATE TABLE sys.all_tab_comments (owner text, table_name text, table_type text, comments text);
CREATE TABLE sys.all_tab_cols (
    owner text NOT NULL, table_name text NOT NULL, column_name text NOT NULL, data_type text, data_type_mod text,
    data_type_owner text, data_length numeric, data_precision numeric, data_scale numeric, nullable text DEFAULT 'Y',
    column_id numeric, default_length numeric, data_default text, char_length numeric DEFAULT 0, char_used text,
    hidden_column text DEFAULT 'NO', virtual_column text DEFAULT 'NO', segment_column_id numeric,
    internal_column_id numeric
);
CREATE TABLE sys.all_col_comments (owner text, table_name text, column_name text, comments text);
CREATE TABLE sys.all_tab_identity_cols (
    owner text, table_name text, column_name text, generation_type text, sequence_name text, identity_options text
);
CREATE TABLE sys.all_constraints (
    owner text, constraint_name text, constraint_type text, table_name text, search_condition text, r_owner text,
    r_constraint_name text, delete_rule text, status text DEFAULT 'ENABLED', "deferrable" text DEFAULT 'NOT DEFERRABLE',
    "deferred" text DEFAULT 'IMMEDIATE', validated text DEFAULT 'VALIDATED', generated text, rely text,
    index_owner text, index_name text, view_related text
);
CREATE TABLE sys.all_cons_columns (
    owner text, constraint_name text, table_name text, column_name text, position numeric
);
CREATE TABLE sys.all_indexes (
    owner text, index_name text, index_type text DEFAULT 'NORMAL', table_owner text, table_name text,
    table_type text DEFAULT 'TABLE', uniqueness text DEFAULT 'NONUNIQUE', generated text DEFAULT 'N',
    join_index text DEFAULT 'NO', dropped text DEFAULT 'NO'
);
CREATE TABLE sys.all_ind_columns (
    index_owner text, index_name text, table_owner text, table_name text, column_name text, column_position numeric,
    descend text DEFAULT 'ASC'
);
CREATE TABLE sys.all_ind_expressions (
    index_owner text, index_name text, table_owner text, table_name text, column_expression text,
    column_position numeric
);
CREATE TABLE sys.all_sequences (
    sequence_owner text, sequence_name text, min_value numeric DEFAULT 1,
    max_value numeric DEFAULT 9999999999999999999999999999, increment_by numeric DEFAULT 1, cycle_flag text DEFAULT 'N',
    order_flag text DEFAULT 'N', cache_size numeric DEFAULT 20, last_number numeric
);
CREATE TABLE sys.all_triggers (
    owner text, trigger_name text, trigger_type text, triggering_event text, table_owner text, base_object_type text,
    table_name text, status text DEFAULT 'ENABLED'
);
CREATE TABLE sys.all_dependencies (
    owner text, name text, type text, referenced_owner text, referenced_name text, referenced_type text,
    referenced_link_name text, dependency_type text DEFAULT 'HARD'
);
CREATE TABLE sys.all_synonyms (
    owner text, synonym_name text, table_owner text, table_name text, db_link text, origin_con_id numeric
);
-- Oracle's dictionary tells of itself; releases before 12.1 have no such view.
INSERT INTO sys.all_views (owner, view_name) VALUES
    ('SYS', 'ALL_TABLES'), ('SYS', 'ALL_TAB_COLS'), ('SYS', 'ALL_TAB_IDENTITY_COLS');
