-- What:         what SQL Server says of its tables: ten relations, of the shape that every source's have
-- Parameters:   server (str)    the foreign server
--               schemas (list)  those to tell of, as the source spells them; empty: all but the system's
-- Transaction:  part of the caller's
-- Repeatable:   yes
-- Why:          The catalog views of SQL Server 2016 and later. What is asked needs no right but to see the tables; the
--               text of defaults, CHECKs and computed columns is NULL to those who may not VIEW DEFINITION.
--               The wrapper matches columns by position. Conditions and ORDER BY on a foreign table with a query it
--               takes for sent, sends nothing and checks nothing: hence OFFSET 0, which keeps them above the view.

{% set relations = [
    "source", "schemas", "tables", "columns", "keys", "checks", "indexes", "sequences", "triggers", "dependencies"
] %}
{% for name in relations %}
DROP VIEW IF EXISTS fdw_setup.{{ ("dictionary_" ~ name) | ident }};
DROP FOREIGN TABLE IF EXISTS fdw_setup.{{ ("sqlserver_" ~ name) | ident }};
{% endfor %}

CREATE FOREIGN TABLE fdw_setup.sqlserver_source (version text)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT CONCAT(
        N'SQL Server ', CAST(SERVERPROPERTY(N'ProductVersion') AS nvarchar(128)),
        N', ', CAST(SERVERPROPERTY(N'Edition') AS nvarchar(128))
    ) AS version
$tsql$);

CREATE FOREIGN TABLE fdw_setup.sqlserver_schemas (schema text)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name
FROM sys.schemas AS s
WHERE EXISTS (SELECT 1 FROM sys.tables AS t WHERE t.schema_id = s.schema_id AND t.is_ms_shipped = 0)
    AND s.name NOT IN (N'cdc', N'sys', N'guest')
$tsql$);

-- Database diagrams lie in a table that only its property tells from others.
CREATE FOREIGN TABLE fdw_setup.sqlserver_tables (
    schema text, name text, kind text, comment text, row_estimate bigint, bytes bigint
)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name AS schema_name,
    o.name AS table_name,
    CASE WHEN o.type = N'V' THEN N'view' WHEN t.is_external = 1 THEN N'external' ELSE N'table' END AS kind,
    CAST(p.value AS nvarchar(4000)) AS comment,
    r.row_count,
    b.total_pages * 8192 AS bytes
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.tables AS t ON t.object_id = o.object_id
LEFT JOIN sys.extended_properties AS p
    ON p.class = 1 AND p.major_id = o.object_id AND p.minor_id = 0 AND p.name = N'MS_Description'
LEFT JOIN (
    SELECT object_id, CAST(SUM(rows) AS bigint) AS row_count
    FROM sys.partitions
    WHERE index_id IN (0, 1)
    GROUP BY object_id
) AS r ON r.object_id = o.object_id
LEFT JOIN (
    SELECT n.object_id, CAST(SUM(a.total_pages) AS bigint) AS total_pages
    FROM sys.partitions AS n
    JOIN sys.allocation_units AS a
        ON a.container_id = CASE WHEN a.type = 2 THEN n.partition_id ELSE n.hobt_id END
    GROUP BY n.object_id
) AS b ON b.object_id = o.object_id
WHERE o.type IN (N'U', N'V')
    AND o.is_ms_shipped = 0
    AND s.name NOT IN (N'cdc', N'sys', N'guest')
    AND NOT EXISTS (
        SELECT 1
        FROM sys.extended_properties AS x
        WHERE x.class = 1 AND x.major_id = o.object_id AND x.minor_id = 0
            AND x.name = N'microsoft_database_tools_support'
    )
$tsql$);

-- An alias type is told as the type it stands for, and is named beside it. Lengths in characters; -1 is max. Nobody gives
-- a rowversion's value: it has a default, so that nobody must here.
CREATE FOREIGN TABLE fdw_setup.sqlserver_columns (
    schema text, table_name text, position bigint, name text, type text, declared text, length bigint,
    precision bigint, scale bigint, not_null boolean, default_sql text, identity text, generated_sql text, comment text
)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name AS schema_name,
    o.name AS table_name,
    c.column_id,
    c.name AS column_name,
    CASE WHEN t.is_assembly_type = 1 AND t.is_user_defined = 1 THEN N'clr' ELSE COALESCE(b.name, t.name) END AS type,
    CASE WHEN t.is_user_defined = 1 THEN CONCAT(ts.name, N'.', t.name) ELSE t.name END AS declared,
    CASE
        WHEN COALESCE(b.name, t.name) IN (N'nchar', N'nvarchar') AND c.max_length > 0 THEN c.max_length / 2
        WHEN COALESCE(b.name, t.name) IN (N'char', N'varchar', N'nchar', N'nvarchar', N'binary', N'varbinary')
            THEN c.max_length
    END AS length,
    c.precision,
    c.scale,
    CASE WHEN c.is_nullable = 1 THEN 0 ELSE 1 END AS not_null,
    CASE WHEN b.name = N'timestamp' THEN N'(0x0000000000000000)' ELSE d.definition END AS default_sql,
    CASE WHEN c.is_identity = 1 THEN N'always' ELSE N'' END AS identity_kind,
    g.definition AS generated_sql,
    CAST(p.value AS nvarchar(4000)) AS comment
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id
LEFT JOIN sys.types AS b ON b.user_type_id = t.system_type_id
LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id
LEFT JOIN sys.computed_columns AS g ON g.object_id = c.object_id AND g.column_id = c.column_id
LEFT JOIN sys.extended_properties AS p
    ON p.class = 1 AND p.major_id = c.object_id AND p.minor_id = c.column_id AND p.name = N'MS_Description'
WHERE o.type IN (N'U', N'V')
    AND o.is_ms_shipped = 0
    AND c.is_hidden = 0
    AND c.is_column_set = 0
$tsql$);

CREATE FOREIGN TABLE fdw_setup.sqlserver_keys (
    schema text, table_name text, name text, kind text, position bigint, column_name text, parent_schema text,
    parent_table text, parent_column text, on_delete text, on_update text, is_deferrable boolean, is_deferred boolean,
    is_validated boolean
)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name AS schema_name,
    o.name AS table_name,
    k.name AS key_name,
    CASE WHEN k.type = N'PK' THEN N'p' ELSE N'u' END AS kind,
    CAST(ic.key_ordinal AS int) AS position,
    c.name AS column_name,
    NULL AS parent_schema,
    NULL AS parent_table,
    NULL AS parent_column,
    NULL AS on_delete,
    NULL AS on_update,
    0 AS is_deferrable,
    0 AS is_deferred,
    1 AS is_validated
FROM sys.key_constraints AS k
JOIN sys.objects AS o ON o.object_id = k.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.indexes AS i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id
JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.key_ordinal > 0
JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
WHERE o.type = N'U' AND o.is_ms_shipped = 0 AND i.is_disabled = 0
UNION ALL
SELECT s.name,
    o.name,
    f.name,
    N'f',
    fc.constraint_column_id,
    c.name,
    ps.name,
    po.name,
    pc.name,
    REPLACE(f.delete_referential_action_desc, N'_', N' '),
    REPLACE(f.update_referential_action_desc, N'_', N' '),
    0,
    0,
    CASE WHEN f.is_not_trusted = 1 THEN 0 ELSE 1 END
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS fc ON fc.constraint_object_id = f.object_id
JOIN sys.objects AS o ON o.object_id = f.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.columns AS c ON c.object_id = fc.parent_object_id AND c.column_id = fc.parent_column_id
JOIN sys.objects AS po ON po.object_id = f.referenced_object_id
JOIN sys.schemas AS ps ON ps.schema_id = po.schema_id
JOIN sys.columns AS pc ON pc.object_id = fc.referenced_object_id AND pc.column_id = fc.referenced_column_id
WHERE f.is_disabled = 0 AND f.is_ms_shipped = 0
$tsql$);

CREATE FOREIGN TABLE fdw_setup.sqlserver_checks (schema text, table_name text, name text, condition text)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name, o.name, k.name, k.definition
FROM sys.check_constraints AS k
JOIN sys.objects AS o ON o.object_id = k.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE k.is_disabled = 0 AND k.is_ms_shipped = 0 AND k.definition IS NOT NULL
$tsql$);

-- Clustered, nonclustered and hash indexes. One over some of the rows becomes one over all, and is no longer unique,
-- unless what it leaves out are the NULLs of a column of its own: PostgreSQL takes those for different anyway.
CREATE FOREIGN TABLE fdw_setup.sqlserver_indexes (
    schema text, table_name text, name text, is_unique boolean, position bigint, column_name text, expression text,
    is_descending boolean
)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name AS schema_name,
    o.name AS table_name,
    i.name AS index_name,
    CASE
        WHEN i.is_unique = 0 THEN 0
        WHEN i.has_filter = 0 THEN 1
        WHEN EXISTS (
            SELECT 1
            FROM sys.index_columns AS fc
            JOIN sys.columns AS f ON f.object_id = fc.object_id AND f.column_id = fc.column_id
            WHERE fc.object_id = i.object_id AND fc.index_id = i.index_id AND fc.key_ordinal > 0
                AND i.filter_definition COLLATE DATABASE_DEFAULT
                    = CONCAT(N'([', REPLACE(f.name, N']', N']]'), N'] IS NOT NULL)') COLLATE DATABASE_DEFAULT
        ) THEN 1
        ELSE 0
    END AS is_unique,
    CAST(ic.key_ordinal AS int) AS position,
    c.name AS column_name,
    NULL AS expression,
    CASE WHEN ic.is_descending_key = 1 THEN 1 ELSE 0 END AS is_descending
FROM sys.indexes AS i
JOIN sys.objects AS o ON o.object_id = i.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.key_ordinal > 0
JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
WHERE o.type = N'U'
    AND o.is_ms_shipped = 0
    AND i.type IN (1, 2, 7)
    AND i.is_primary_key = 0
    AND i.is_unique_constraint = 0
    AND i.is_disabled = 0
    AND i.is_hypothetical = 0
$tsql$);

-- Sequences may count in decimal(38, 0), which sql_variant holds.
CREATE FOREIGN TABLE fdw_setup.sqlserver_sequences (
    schema text, name text, start numeric, increment numeric, minimum numeric, maximum numeric, cache bigint,
    is_cyclic boolean, last_value numeric
)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name AS schema_name,
    q.name AS sequence_name,
    CAST(q.start_value AS decimal(38, 0)) AS start_value,
    CAST(q.increment AS decimal(38, 0)) AS increment,
    CAST(q.minimum_value AS decimal(38, 0)) AS minimum_value,
    CAST(q.maximum_value AS decimal(38, 0)) AS maximum_value,
    CASE WHEN q.is_cached = 1 THEN q.cache_size ELSE 1 END AS cache_size,
    CASE WHEN q.is_cycling = 1 THEN 1 ELSE 0 END AS is_cyclic,
    CAST(q.current_value AS decimal(38, 0)) AS last_value
FROM sys.sequences AS q
JOIN sys.schemas AS s ON s.schema_id = q.schema_id
WHERE q.is_ms_shipped = 0
$tsql$);

CREATE FOREIGN TABLE fdw_setup.sqlserver_triggers (schema text, table_name text, name text)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT s.name, o.name, g.name
FROM sys.triggers AS g
JOIN sys.objects AS o ON o.object_id = g.parent_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
WHERE g.parent_class = 1 AND g.is_ms_shipped = 0
$tsql$);

-- Of views alone: what tells more may be read by the owner of the database only.
CREATE FOREIGN TABLE fdw_setup.sqlserver_dependencies (
    schema text, of_name text, of_type text, needs_schema text, needs_name text, needs_type text
)
SERVER {{ server | ident }} OPTIONS (match_column_names '0', query $tsql$
SELECT u.VIEW_SCHEMA,
    u.VIEW_NAME,
    N'view' AS of_type,
    u.TABLE_SCHEMA,
    u.TABLE_NAME,
    CASE WHEN t.TABLE_TYPE = N'VIEW' THEN N'view' ELSE N'table' END AS needs_type
FROM INFORMATION_SCHEMA.VIEW_TABLE_USAGE AS u
LEFT JOIN INFORMATION_SCHEMA.TABLES AS t ON t.TABLE_SCHEMA = u.TABLE_SCHEMA AND t.TABLE_NAME = u.TABLE_NAME
$tsql$);

CREATE VIEW fdw_setup.dictionary_source AS
SELECT * FROM fdw_setup.sqlserver_source OFFSET 0;

CREATE VIEW fdw_setup.dictionary_schemas AS
SELECT * FROM fdw_setup.sqlserver_schemas OFFSET 0;

{% for name in relations if name not in ("source", "schemas", "dependencies") %}
CREATE VIEW fdw_setup.{{ ("dictionary_" ~ name) | ident }} AS
SELECT *
FROM (SELECT * FROM fdw_setup.{{ ("sqlserver_" ~ name) | ident }} OFFSET 0) AS r
{% if schemas %}
WHERE r.schema IN ({{ schemas | literals }})
{% endif %}
;

{% endfor %}
CREATE VIEW fdw_setup.dictionary_dependencies AS
SELECT r.schema AS of_schema, r.of_name, r.of_type, r.needs_schema, r.needs_name, r.needs_type
FROM (SELECT * FROM fdw_setup.sqlserver_dependencies OFFSET 0) AS r
{% if schemas %}
WHERE r.schema IN ({{ schemas | literals }})
{% endif %}
;
