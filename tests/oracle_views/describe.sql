-- Has Oracle's dictionary tell of a PostgreSQL schema, as though Oracle had it: names as they are, types by likeness.
-- Checks and expressions are not told: they would be PostgreSQL's.

CREATE FUNCTION sys.describe(schema text) RETURNS void
LANGUAGE sql
SET search_path = ''
BEGIN ATOMIC
    INSERT INTO sys.all_tables (owner, table_name, num_rows, avg_row_len, temporary)
    SELECT schema, c.relname, NULLIF(c.reltuples, -1)::numeric, 100, CASE c.relpersistence WHEN 'u' THEN 'Y' ELSE 'N' END
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND c.relkind = 'r';

    INSERT INTO sys.all_tab_comments
    SELECT schema, c.relname, 'TABLE', pg_catalog.obj_description(c.oid, 'pg_class')
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND c.relkind = 'r';

    INSERT INTO sys.all_tab_cols (
        owner, table_name, column_name, data_type, data_length, data_precision, data_scale, nullable, column_id,
        internal_column_id, data_default, char_length, char_used
    )
    SELECT
        schema, c.relname, a.attname,
        CASE t.typname
            WHEN 'varchar' THEN 'VARCHAR2' WHEN 'bpchar' THEN 'CHAR' WHEN 'text' THEN 'CLOB' WHEN 'bytea' THEN 'BLOB'
            WHEN 'uuid' THEN 'RAW' WHEN 'float8' THEN 'BINARY_DOUBLE'
            WHEN 'timestamptz' THEN 'TIMESTAMP(6) WITH TIME ZONE'
            WHEN 'timestamp' THEN CASE a.atttypmod WHEN 0 THEN 'DATE' ELSE 'TIMESTAMP(6)' END
            ELSE 'NUMBER'
        END,
        CASE t.typname WHEN 'uuid' THEN 16 ELSE 22 END,
        CASE t.typname
            WHEN 'numeric' THEN CASE WHEN a.atttypmod > 0 THEN (a.atttypmod - 4) >> 16 END
            WHEN 'int2' THEN 4 WHEN 'int4' THEN 9 WHEN 'int8' THEN 18
        END,
        CASE t.typname
            WHEN 'numeric' THEN CASE WHEN a.atttypmod > 0 THEN (a.atttypmod - 4) & 2047 END
            WHEN 'int2' THEN 0 WHEN 'int4' THEN 0 WHEN 'int8' THEN 0
            WHEN 'timestamp' THEN NULLIF(6, CASE a.atttypmod WHEN 0 THEN 6 END) WHEN 'timestamptz' THEN 6
        END,
        CASE WHEN a.attnotnull THEN 'N' ELSE 'Y' END, a.attnum, a.attnum,
        pg_catalog.regexp_replace(
            pg_catalog.regexp_replace(
                pg_catalog.regexp_replace(
                    pg_catalog.pg_get_expr(d.adbin, d.adrelid),
                    '^nextval\(''("[^"]+"\."[^"]+")''::regclass\)$', '\1."NEXTVAL"'
                ),
                '::[a-z ]+(\(\d+\))?', '', 'g'
            ),
            '^LOCALTIMESTAMP.*$', 'SYSDATE '
        ),
        CASE WHEN t.typname IN ('varchar', 'bpchar') THEN a.atttypmod - 4 ELSE 0 END,
        CASE WHEN t.typname IN ('varchar', 'bpchar') THEN 'C' END
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND c.relkind = 'r';

    INSERT INTO sys.all_col_comments
    SELECT schema, c.relname, a.attname, pg_catalog.col_description(c.oid, a.attnum)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND c.relkind = 'r';

    INSERT INTO sys.all_tab_identity_cols (owner, table_name, column_name, generation_type)
    SELECT schema, c.relname, a.attname, CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attidentity <> ''
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND c.relkind = 'r';

    INSERT INTO sys.all_constraints (
        owner, constraint_name, constraint_type, table_name, r_owner, r_constraint_name, delete_rule, "deferrable",
        "deferred", index_owner, index_name
    )
    SELECT
        schema, k.conname, CASE k.contype WHEN 'f' THEN 'R' ELSE pg_catalog.upper(k.contype::text) END, c.relname,
        pn.nspname, pk.conname,
        CASE WHEN k.contype = 'f' THEN CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END END,
        CASE WHEN k.condeferrable THEN 'DEFERRABLE' ELSE 'NOT DEFERRABLE' END,
        CASE WHEN k.condeferred THEN 'DEFERRED' ELSE 'IMMEDIATE' END,
        CASE WHEN k.contype <> 'f' THEN schema END, CASE WHEN k.contype <> 'f' THEN k.conname END
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
    LEFT JOIN pg_catalog.pg_constraint AS pk ON pk.conindid = k.conindid AND pk.contype IN ('p', 'u') AND k.contype = 'f'
    LEFT JOIN pg_catalog.pg_namespace AS pn ON pn.oid = pk.connamespace
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND k.contype IN ('p', 'u', 'f');

    INSERT INTO sys.all_cons_columns
    SELECT schema, k.conname, c.relname, a.attname, u.n
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
    CROSS JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, n)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.attnum
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema)) AND k.contype IN ('p', 'u', 'f');

    INSERT INTO sys.all_indexes (owner, index_name, table_owner, table_name, uniqueness)
    SELECT schema, i.relname, schema, c.relname, CASE WHEN x.indisunique THEN 'UNIQUE' ELSE 'NONUNIQUE' END
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema));

    INSERT INTO sys.all_ind_columns (index_owner, index_name, table_owner, table_name, column_name, column_position)
    SELECT schema, i.relname, schema, c.relname, a.attname, u.n
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
    CROSS JOIN LATERAL pg_catalog.unnest(x.indkey) WITH ORDINALITY AS u (attnum, n)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.attnum
    WHERE c.relnamespace = pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema));

    INSERT INTO sys.all_sequences (sequence_owner, sequence_name, min_value, increment_by, last_number)
    SELECT schema, s.sequencename, s.min_value, s.increment_by, COALESCE(s.last_value + s.increment_by, s.start_value)
    FROM pg_catalog.pg_sequences AS s
    WHERE s.schemaname = schema
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend AS d
          WHERE d.objid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', schema, s.sequencename)) AND d.deptype = 'i'
      );
END;
