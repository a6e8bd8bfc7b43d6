-- What:         what Oracle's dictionary says, as the relations that devdb/dictionary/reading.py asks
-- Parameters:   server (str)    the foreign server
--               schemas (list)  schemas to tell of, as Oracle spells them; empty for all but Oracle's own
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          Each view of Oracle's is read by itself, by owner, and joined here: joins of those views are slow there,
--               and a column of type LONG stands neither in a condition nor in an outer join of all releases (11.2 to
--               23ai). Columns of such a foreign table are told by their position. What these queries say, PostgreSQL
--               understands as well: so they are tested.

{% set oracles_own -%}
NOT IN (
    'ANONYMOUS', 'APPQOSSYS', 'AUDSYS', 'BAASSYS', 'CTXSYS', 'DBSFWUSER', 'DBSNMP', 'DGPDB_INT', 'DIP', 'DMSYS', 'DVF',
    'DVSYS', 'EXFSYS', 'FLOWS_FILES', 'GGSHAREDCAP', 'GGSYS', 'GSMADMIN_INTERNAL', 'GSMCATUSER', 'GSMROOTUSER',
    'GSMUSER', 'LBACSYS', 'MDDATA', 'MDSYS', 'MGMT_VIEW', 'OJVMSYS', 'OLAPSYS', 'ORACLE_OCM', 'ORDDATA', 'ORDPLUGINS',
    'ORDSYS', 'OUTLN', 'OWBSYS', 'OWBSYS_AUDIT', 'PDBADMIN', 'RDSADMIN', 'REMOTE_SCHEDULER_AGENT',
    'SI_INFORMTN_SCHEMA', 'SPATIAL_CSW_ADMIN_USR', 'SPATIAL_WFS_ADMIN_USR', 'SYS', 'SYS$UMF', 'SYSBACKUP', 'SYSDG',
    'SYSKM', 'SYSMAN', 'SYSRAC', 'SYSTEM', 'TSMSYS', 'VECSYS', 'WKPROXY', 'WKSYS', 'WK_TEST', 'WMSYS', 'XDB', 'XS$NULL'
)
{%- endset %}
{% set wanted -%}
{% if schemas -%}
IN ({% for schema in schemas %}'{{ schema | replace("'", "''") | sql }}'{% if not loop.last %}, {% endif %}{% endfor %})
{%- else -%}
{{ oracles_own | sql }}
{%- endif %}
{%- endset %}

-- Of these, one is read by whoever asks for the version, the other tells whether this release has identity columns.
CREATE FOREIGN TABLE fdw_setup.oracle_version (banner text) SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(SELECT v.BANNER FROM SYS.V_$VERSION v WHERE v.BANNER LIKE 'Oracle%'){% endfilter %},
    readonly 'true'
);
CREATE FOREIGN TABLE fdw_setup.oracle_own_views (view_name text) SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT v.VIEW_NAME FROM SYS.ALL_VIEWS v WHERE v.OWNER = 'SYS' AND v.VIEW_NAME = 'ALL_TAB_IDENTITY_COLS'
    ){% endfilter %},
    readonly 'true'
);

CREATE FOREIGN TABLE fdw_setup.oracle_owners (owner text) SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT DISTINCT t.OWNER FROM SYS.ALL_TABLES t WHERE t.OWNER {{ oracles_own | sql }}
    ){% endfilter %},
    readonly 'true'
);
CREATE FOREIGN TABLE fdw_setup.oracle_tables (
    owner text, table_name text, iot_type text, nested text, secondary text, temporary text, dropped text,
    num_rows numeric, avg_row_len numeric
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT t.OWNER, t.TABLE_NAME, t.IOT_TYPE, t.NESTED, t.SECONDARY, t.TEMPORARY, t.DROPPED, t.NUM_ROWS,
               t.AVG_ROW_LEN
        FROM SYS.ALL_TABLES t
        WHERE t.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_external_tables (owner text, table_name text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT t.OWNER, t.TABLE_NAME FROM SYS.ALL_EXTERNAL_TABLES t WHERE t.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_queue_tables (owner text, queue_table text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT q.OWNER, q.QUEUE_TABLE FROM SYS.ALL_QUEUE_TABLES q WHERE q.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_views (owner text, view_name text) SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT v.OWNER, v.VIEW_NAME FROM SYS.ALL_VIEWS v WHERE v.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_table_comments (owner text, table_name text, comments text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.TABLE_NAME, c.COMMENTS
        FROM SYS.ALL_TAB_COMMENTS c
        WHERE c.COMMENTS IS NOT NULL AND c.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '500'
);
CREATE FOREIGN TABLE fdw_setup.oracle_columns (
    owner text, table_name text, column_name text, data_type text, data_type_mod text, data_type_owner text,
    data_length numeric, data_precision numeric, data_scale numeric, nullable text, column_id numeric,
    internal_column_id numeric, hidden_column text, virtual_column text, char_length numeric, char_used text,
    data_default text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_MOD, c.DATA_TYPE_OWNER, c.DATA_LENGTH,
               c.DATA_PRECISION, c.DATA_SCALE, c.NULLABLE, c.COLUMN_ID, c.INTERNAL_COLUMN_ID, c.HIDDEN_COLUMN,
               c.VIRTUAL_COLUMN, c.CHAR_LENGTH, c.CHAR_USED, c.DATA_DEFAULT
        FROM SYS.ALL_TAB_COLS c
        WHERE c.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '200', max_long '131072'
);
CREATE FOREIGN TABLE fdw_setup.oracle_column_comments (owner text, table_name text, column_name text, comments text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.TABLE_NAME, c.COLUMN_NAME, c.COMMENTS
        FROM SYS.ALL_COL_COMMENTS c
        WHERE c.COMMENTS IS NOT NULL AND c.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '500'
);
CREATE FOREIGN TABLE fdw_setup.oracle_identities (
    owner text, table_name text, column_name text, generation_type text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.TABLE_NAME, c.COLUMN_NAME, c.GENERATION_TYPE
        FROM SYS.ALL_TAB_IDENTITY_COLS c
        WHERE c.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_constraints (
    owner text, constraint_name text, constraint_type text, table_name text, r_owner text, r_constraint_name text,
    delete_rule text, "deferrable" text, "deferred" text, validated text, index_owner text, index_name text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.CONSTRAINT_NAME, c.CONSTRAINT_TYPE, c.TABLE_NAME, c.R_OWNER, c.R_CONSTRAINT_NAME,
               c.DELETE_RULE, c.DEFERRABLE, c.DEFERRED, c.VALIDATED, c.INDEX_OWNER, c.INDEX_NAME
        FROM SYS.ALL_CONSTRAINTS c
        WHERE c.CONSTRAINT_TYPE IN ('P', 'U', 'R') AND c.STATUS = 'ENABLED' AND c.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
-- With those of parents in other schemas.
CREATE FOREIGN TABLE fdw_setup.oracle_key_columns (
    owner text, constraint_name text, table_name text, column_name text, position numeric
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.CONSTRAINT_NAME, c.TABLE_NAME, c.COLUMN_NAME, c.POSITION
        FROM SYS.ALL_CONS_COLUMNS c
        WHERE c.POSITION IS NOT NULL
{% if schemas %}
          AND (
              c.OWNER {{ wanted | sql }}
              OR c.OWNER IN (
                  SELECT k.R_OWNER
                  FROM SYS.ALL_CONSTRAINTS k
                  WHERE k.CONSTRAINT_TYPE = 'R' AND k.R_OWNER <> k.OWNER AND k.OWNER {{ wanted | sql }}
              )
          )
{% else %}
          AND c.OWNER {{ wanted | sql }}
{% endif %}
    ){% endfilter %},
    readonly 'true', prefetch '200'
);
CREATE FOREIGN TABLE fdw_setup.oracle_checks (
    owner text, constraint_name text, table_name text, search_condition text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.OWNER, c.CONSTRAINT_NAME, c.TABLE_NAME, c.SEARCH_CONDITION
        FROM SYS.ALL_CONSTRAINTS c
        WHERE c.CONSTRAINT_TYPE = 'C' AND c.STATUS = 'ENABLED' AND c.VALIDATED = 'VALIDATED'
          AND c.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '200', max_long '131072'
);
CREATE FOREIGN TABLE fdw_setup.oracle_indexes (
    owner text, index_name text, table_owner text, table_name text, index_type text, uniqueness text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT i.OWNER, i.INDEX_NAME, i.TABLE_OWNER, i.TABLE_NAME, i.INDEX_TYPE, i.UNIQUENESS
        FROM SYS.ALL_INDEXES i
        WHERE i.JOIN_INDEX = 'NO' AND i.DROPPED = 'NO' AND i.TABLE_TYPE = 'TABLE' AND i.TABLE_OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_index_columns (
    index_owner text, index_name text, column_name text, column_position numeric, descend text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT c.INDEX_OWNER, c.INDEX_NAME, c.COLUMN_NAME, c.COLUMN_POSITION, c.DESCEND
        FROM SYS.ALL_IND_COLUMNS c
        WHERE c.TABLE_OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '200'
);
CREATE FOREIGN TABLE fdw_setup.oracle_index_expressions (
    index_owner text, index_name text, column_position numeric, column_expression text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT e.INDEX_OWNER, e.INDEX_NAME, e.COLUMN_POSITION, e.COLUMN_EXPRESSION
        FROM SYS.ALL_IND_EXPRESSIONS e
        WHERE e.TABLE_OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '200', max_long '131072'
);
CREATE FOREIGN TABLE fdw_setup.oracle_sequences (
    sequence_owner text, sequence_name text, min_value numeric, max_value numeric, increment_by numeric,
    cycle_flag text, cache_size numeric, last_number numeric
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT s.SEQUENCE_OWNER, s.SEQUENCE_NAME, s.MIN_VALUE, s.MAX_VALUE, s.INCREMENT_BY, s.CYCLE_FLAG, s.CACHE_SIZE,
               s.LAST_NUMBER
        FROM SYS.ALL_SEQUENCES s
        WHERE s.SEQUENCE_OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_triggers (table_owner text, table_name text, trigger_name text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT t.TABLE_OWNER, t.TABLE_NAME, t.TRIGGER_NAME
        FROM SYS.ALL_TRIGGERS t
        WHERE t.TABLE_NAME IS NOT NULL AND t.TABLE_OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
CREATE FOREIGN TABLE fdw_setup.oracle_dependencies (
    owner text, name text, type text, referenced_owner text, referenced_name text, referenced_type text
)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT d.OWNER, d.NAME, d.TYPE, d.REFERENCED_OWNER, d.REFERENCED_NAME, d.REFERENCED_TYPE
        FROM SYS.ALL_DEPENDENCIES d
        WHERE d.REFERENCED_TYPE <> 'NON-EXISTENT' AND d.REFERENCED_LINK_NAME IS NULL
          AND d.REFERENCED_OWNER <> 'SYS' AND d.OWNER <> 'PUBLIC' AND d.OWNER {{ wanted | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
-- Public ones and those of every schema whose synonyms are made use of: one may lead to the next, of another schema.
CREATE FOREIGN TABLE fdw_setup.oracle_synonyms (owner text, synonym_name text, table_owner text, table_name text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT s.OWNER, s.SYNONYM_NAME, s.TABLE_OWNER, s.TABLE_NAME
        FROM SYS.ALL_SYNONYMS s
        WHERE s.DB_LINK IS NULL AND s.TABLE_OWNER {{ oracles_own | sql }} AND s.OWNER {{ oracles_own | sql }}
          AND (
              s.OWNER = 'PUBLIC'
              OR s.OWNER IN (
                  SELECT d.REFERENCED_OWNER
                  FROM SYS.ALL_DEPENDENCIES d
                  WHERE d.REFERENCED_TYPE = 'SYNONYM' AND d.OWNER {{ oracles_own | sql }}
              )
          )
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);
-- What a synonym can stand for. Bodies, indexes and partitions bear names of others, or none that a synonym could mean.
CREATE FOREIGN TABLE fdw_setup.oracle_objects (owner text, object_name text, object_type text)
SERVER {{ server | ident }} OPTIONS (
    table {% filter literal %}(
        SELECT o.OWNER, o.OBJECT_NAME, o.OBJECT_TYPE
        FROM SYS.ALL_OBJECTS o
        WHERE o.OBJECT_TYPE IN (
                  'TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'SYNONYM', 'FUNCTION', 'PROCEDURE', 'PACKAGE',
                  'TYPE', 'OPERATOR', 'JAVA CLASS'
              )
          AND o.OWNER {{ oracles_own | sql }}
    ){% endfilter %},
    readonly 'true', prefetch '1000'
);

-- What people made: not what Oracle keeps for itself beside it. Asked once, as all the others need it.
CREATE MATERIALIZED VIEW fdw_setup.oracle_relations AS
SELECT
    t.owner, t.table_name,
    CASE WHEN e.table_name IS NOT NULL THEN 'external' WHEN t.temporary = 'Y' THEN 'temporary' ELSE 'table' END AS kind,
    t.num_rows, t.avg_row_len
FROM fdw_setup.oracle_tables AS t
LEFT JOIN fdw_setup.oracle_external_tables AS e ON e.owner = t.owner AND e.table_name = t.table_name
WHERE COALESCE(t.iot_type, 'IOT') = 'IOT' AND COALESCE(t.nested, 'NO') = 'NO'
  AND COALESCE(t.secondary, 'N') = 'N' AND COALESCE(t.dropped, 'NO') = 'NO'
  AND t.owner !~ '^(APEX_\d{6}|FLOWS_\d{6})$'
  AND t.table_name !~ '^(BIN\$.{22}==\$\d+|MLOG\$_.*|RUPD\$_.*|AQ\$_.*|SYS_FBA_.*|SYS_IOT_OVER_\d+)$'
  AND NOT EXISTS (
      SELECT FROM fdw_setup.oracle_queue_tables AS q WHERE q.owner = t.owner AND q.queue_table = t.table_name
  )
UNION ALL
SELECT v.owner, v.view_name, 'view', NULL, NULL
FROM fdw_setup.oracle_views AS v
WHERE v.owner !~ '^(APEX_\d{6}|FLOWS_\d{6})$' AND v.view_name !~ '^AQ\$';

-- Release 11.2 has no such columns, and no such view: its foreign table is not to be planned there.
CREATE FUNCTION fdw_setup.oracle_identity_columns()
RETURNS TABLE (owner text, table_name text, column_name text, generation_type text)
LANGUAGE plpgsql STABLE
AS $devdb$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM fdw_setup.oracle_own_views) THEN
        RETURN QUERY
        SELECT i.owner, i.table_name, i.column_name, i.generation_type FROM fdw_setup.oracle_identities AS i;
    END IF;
END
$devdb$;

CREATE VIEW fdw_setup.dictionary_source AS
SELECT pg_catalog.min(v.banner) AS version FROM fdw_setup.oracle_version AS v;

CREATE VIEW fdw_setup.dictionary_schemas AS
SELECT o.owner AS schema FROM fdw_setup.oracle_owners AS o WHERE o.owner !~ '^(APEX_\d{6}|FLOWS_\d{6})$';

CREATE VIEW fdw_setup.dictionary_tables AS
SELECT
    r.owner AS schema, r.table_name AS name, r.kind,
    CASE WHEN c.comments !~ '^snapshot table for snapshot ' THEN c.comments END AS comment,
    r.num_rows::bigint AS row_estimate, (r.num_rows * r.avg_row_len)::bigint AS bytes
FROM fdw_setup.oracle_relations AS r
LEFT JOIN fdw_setup.oracle_table_comments AS c ON c.owner = r.owner AND c.table_name = r.table_name;

-- A column that Oracle hides of its own accord is none; one that people made invisible is, after the others.
CREATE VIEW fdw_setup.dictionary_columns AS
WITH c AS MATERIALIZED (SELECT * FROM fdw_setup.oracle_columns),
m AS MATERIALIZED (SELECT * FROM fdw_setup.oracle_column_comments)
SELECT
    c.owner AS schema, c.table_name, COALESCE(c.column_id, 1000 + c.internal_column_id)::bigint AS position,
    c.column_name AS name,
    CASE
        WHEN c.data_type_mod = 'REF' THEN 'ref ' || pg_catalog.lower(c.data_type_owner || '.' || c.data_type)
        WHEN c.data_type_owner IS NULL
            OR c.data_type IN ('XMLTYPE', 'SDO_GEOMETRY', 'ANYDATA')
            AND c.data_type_owner IN ('SYS', 'MDSYS', 'XDB', 'PUBLIC')
        THEN pg_catalog.lower(pg_catalog.regexp_replace(c.data_type, ' ?\(\d+\)', '', 'g'))
        ELSE pg_catalog.lower(c.data_type_owner || '.' || c.data_type)
    END AS type,
    CASE
        WHEN c.data_type_owner IS NOT NULL
        THEN pg_catalog.concat_ws(' ', c.data_type_mod, c.data_type_owner || '.' || c.data_type)
        WHEN c.data_type IN ('VARCHAR2', 'CHAR')
        THEN pg_catalog.format(
            '%s(%s %s)', c.data_type, c.char_length, CASE c.char_used WHEN 'C' THEN 'CHAR' ELSE 'BYTE' END
        )
        WHEN c.data_type IN ('NVARCHAR2', 'NCHAR') THEN pg_catalog.format('%s(%s)', c.data_type, c.char_length)
        WHEN c.data_type IN ('RAW', 'UROWID') THEN pg_catalog.format('%s(%s)', c.data_type, c.data_length)
        WHEN c.data_type = 'FLOAT' THEN pg_catalog.format('FLOAT(%s)', c.data_precision)
        WHEN c.data_type = 'NUMBER' AND c.data_precision IS NULL AND c.data_scale IS NOT NULL
        THEN pg_catalog.format('NUMBER(*,%s)', c.data_scale)
        WHEN c.data_type = 'NUMBER' AND c.data_scale = 0 THEN pg_catalog.format('NUMBER(%s)', c.data_precision)
        WHEN c.data_type = 'NUMBER' AND c.data_precision IS NOT NULL
        THEN pg_catalog.format('NUMBER(%s,%s)', c.data_precision, c.data_scale)
        ELSE c.data_type
    END AS declared,
    CASE
        WHEN c.data_type IN ('VARCHAR2', 'CHAR', 'NVARCHAR2', 'NCHAR') THEN c.char_length
        WHEN c.data_type IN ('RAW', 'UROWID') THEN c.data_length
    END::bigint AS length,
    c.data_precision::bigint AS precision, c.data_scale::bigint AS scale,
    c.nullable = 'N' AS not_null,
    CASE WHEN c.virtual_column = 'NO' AND i.column_name IS NULL THEN NULLIF(s.text, '') END AS default_sql,
    CASE i.generation_type WHEN 'ALWAYS' THEN 'always' WHEN 'BY DEFAULT' THEN 'by default' ELSE '' END AS identity,
    CASE WHEN c.virtual_column = 'YES' THEN s.text END AS generated_sql,
    m.comments AS comment
FROM c
JOIN fdw_setup.oracle_relations AS r ON r.owner = c.owner AND r.table_name = c.table_name
CROSS JOIN LATERAL (SELECT pg_catalog.btrim(c.data_default, E' \t\r\n') AS text) AS s
LEFT JOIN fdw_setup.oracle_identity_columns() AS i
    ON i.owner = c.owner AND i.table_name = c.table_name AND i.column_name = c.column_name
LEFT JOIN m ON m.owner = c.owner AND m.table_name = c.table_name AND m.column_name = c.column_name
WHERE c.hidden_column = 'NO'
   OR c.column_id IS NULL AND c.column_name !~ '^(SYS_.*|.*\$|ORA_ARCHIVE_STATE)$';

CREATE VIEW fdw_setup.dictionary_keys AS
WITH k AS MATERIALIZED (SELECT * FROM fdw_setup.oracle_constraints),
kc AS MATERIALIZED (SELECT * FROM fdw_setup.oracle_key_columns)
SELECT
    k.owner AS schema, k.table_name, k.constraint_name AS name,
    CASE k.constraint_type WHEN 'P' THEN 'p' WHEN 'U' THEN 'u' ELSE 'f' END AS kind,
    kc.position::bigint AS position, kc.column_name,
    pc.owner AS parent_schema, pc.table_name AS parent_table, pc.column_name AS parent_column,
    CASE WHEN k.constraint_type = 'R' THEN COALESCE(k.delete_rule, 'NO ACTION') END AS on_delete,
    CASE WHEN k.constraint_type = 'R' THEN 'NO ACTION' END AS on_update,
    k."deferrable" = 'DEFERRABLE' AS is_deferrable, k."deferred" = 'DEFERRED' AS is_deferred,
    k.validated = 'VALIDATED' AS is_validated
FROM k
JOIN fdw_setup.oracle_relations AS r ON r.owner = k.owner AND r.table_name = k.table_name AND r.kind <> 'view'
JOIN kc ON kc.owner = k.owner AND kc.constraint_name = k.constraint_name
LEFT JOIN kc AS pc
    ON pc.owner = k.r_owner AND pc.constraint_name = k.r_constraint_name AND pc.position = kc.position
WHERE k.constraint_type <> 'R' OR pc.table_name IS NOT NULL;

CREATE VIEW fdw_setup.dictionary_checks AS
SELECT c.owner AS schema, c.table_name, c.constraint_name AS name, c.search_condition AS condition
FROM fdw_setup.oracle_checks AS c
JOIN fdw_setup.oracle_relations AS r ON r.owner = c.owner AND r.table_name = c.table_name AND r.kind <> 'view'
WHERE c.search_condition !~ '^\s*"[^"]+"\s+IS\s+NOT\s+NULL\s*$';

-- What a key orders by itself is no index of its own, unless the key makes use of one that has more columns.
CREATE VIEW fdw_setup.dictionary_indexes AS
WITH i AS MATERIALIZED (
    SELECT
        o.owner, o.index_name, o.table_owner, o.table_name, o.uniqueness, c.column_position, c.descend,
        CASE
            WHEN e.column_expression IS NULL THEN c.column_name
            WHEN e.column_expression ~ '^"[^"]+"$' THEN pg_catalog.btrim(e.column_expression, '"')
        END AS column_name,
        CASE WHEN e.column_expression !~ '^"[^"]+"$' THEN e.column_expression END AS expression
    FROM (SELECT * FROM fdw_setup.oracle_indexes OFFSET 0) AS o
    JOIN (SELECT * FROM fdw_setup.oracle_index_columns OFFSET 0) AS c
        ON c.index_owner = o.owner AND c.index_name = o.index_name
    LEFT JOIN (SELECT * FROM fdw_setup.oracle_index_expressions OFFSET 0) AS e
        ON e.index_owner = c.index_owner AND e.index_name = c.index_name AND e.column_position = c.column_position
    WHERE o.index_type ~ '^(FUNCTION-BASED )?(NORMAL|NORMAL/REV|BITMAP)$'
),
listed AS (
    SELECT i.owner, i.index_name, pg_catalog.array_agg(i.column_name ORDER BY i.column_position) AS columns
    FROM i
    GROUP BY i.owner, i.index_name
),
keys AS (
    SELECT
        COALESCE(k.index_owner, k.owner) AS owner, k.index_name,
        pg_catalog.array_agg(kc.column_name ORDER BY kc.position) AS columns
    FROM (SELECT * FROM fdw_setup.oracle_constraints OFFSET 0) AS k
    JOIN (SELECT * FROM fdw_setup.oracle_key_columns OFFSET 0) AS kc
        ON kc.owner = k.owner AND kc.constraint_name = k.constraint_name
    WHERE k.constraint_type IN ('P', 'U') AND k.index_name IS NOT NULL
    GROUP BY k.owner, k.constraint_name, 1, 2
)
SELECT
    i.table_owner AS schema, i.table_name, i.index_name AS name, i.uniqueness = 'UNIQUE' AS is_unique,
    i.column_position::bigint AS position, i.column_name, i.expression, i.descend = 'DESC' AS is_descending
FROM i
JOIN listed ON listed.owner = i.owner AND listed.index_name = i.index_name
JOIN fdw_setup.oracle_relations AS r ON r.owner = i.table_owner AND r.table_name = i.table_name
WHERE NOT EXISTS (
    SELECT FROM keys
    WHERE keys.owner = i.owner AND keys.index_name = i.index_name AND keys.columns = listed.columns
);

-- Oracle does not tell where a sequence began. Its numbers have 28 digits where a bigint has 19.
CREATE VIEW fdw_setup.dictionary_sequences AS
SELECT
    s.sequence_owner AS schema, s.sequence_name AS name, NULL::bigint AS start, s.increment_by::bigint AS increment,
    CASE WHEN s.min_value >= -9223372036854775808 THEN s.min_value END::bigint AS minimum,
    CASE WHEN s.max_value <= 9223372036854775807 THEN s.max_value END::bigint AS maximum,
    GREATEST(LEAST(s.cache_size, 1000000), 1)::bigint AS cache,
    s.cycle_flag = 'Y' AS is_cyclic,
    LEAST(
        GREATEST(s.last_number, s.min_value, -9223372036854775808), s.max_value, 9223372036854775807
    )::bigint AS last_value
FROM fdw_setup.oracle_sequences AS s
WHERE s.sequence_name !~ '^(ISEQ\$\$_\d+|MDRS_.*\$|AQ\$_.*)$' AND s.sequence_owner !~ '^(APEX_\d{6}|FLOWS_\d{6})$';

CREATE VIEW fdw_setup.dictionary_triggers AS
SELECT t.table_owner AS schema, t.table_name, t.trigger_name AS name
FROM fdw_setup.oracle_triggers AS t
JOIN fdw_setup.oracle_relations AS r ON r.owner = t.table_owner AND r.table_name = t.table_name;

-- What names an object by a synonym is noted to need the synonym. A public one is nobody's in particular, most are
-- Oracle's own; those that lead to what people made are told, with all that synonyms of others lead on to.
CREATE VIEW fdw_setup.dictionary_dependencies AS
WITH RECURSIVE d AS MATERIALIZED (SELECT * FROM fdw_setup.oracle_dependencies),
s AS MATERIALIZED (
    SELECT n.owner, n.synonym_name, n.table_owner, n.table_name, o.object_type
    FROM (SELECT * FROM fdw_setup.oracle_synonyms OFFSET 0) AS n
    JOIN (SELECT * FROM fdw_setup.oracle_objects OFFSET 0) AS o
        ON o.owner = n.table_owner AND o.object_name = n.table_name
    WHERE n.table_owner !~ '^(APEX_\d{6}|FLOWS_\d{6})$'
),
followed AS (
    SELECT s.*
    FROM s
    WHERE s.owner = 'PUBLIC' AND s.table_owner {{ wanted | sql }}
       OR EXISTS (
           SELECT FROM d
           WHERE d.referenced_owner = s.owner AND d.referenced_name = s.synonym_name AND d.referenced_type = 'SYNONYM'
       )
    UNION
    SELECT s.*
    FROM followed AS f
    JOIN s ON s.owner = f.table_owner AND s.synonym_name = f.table_name
    WHERE f.object_type = 'SYNONYM'
)
SELECT
    d.owner AS of_schema, d.name AS of_name, d.type AS of_type,
    d.referenced_owner AS needs_schema, d.referenced_name AS needs_name, d.referenced_type AS needs_type
FROM d
WHERE d.referenced_owner <> 'PUBLIC'
   OR EXISTS (SELECT FROM followed AS f WHERE f.owner = 'PUBLIC' AND f.synonym_name = d.referenced_name)
UNION
SELECT f.owner, f.synonym_name, 'SYNONYM', f.table_owner, f.table_name, f.object_type FROM followed AS f;
