-- What:         copy the kept tables' rows into the rebuilt tables, and drop what was set aside
-- Parameters:   keep (list)     tables whose rows are kept (devdb.catalog.model.Name)
--               schemas (list)  the schemas that were rebuilt
-- Transaction:  part of the caller's
-- Repeatable:   no
-- Why:          one statement for all tables, so that foreign keys among them are checked when it has ended. The rows are
--               what they were: triggers of the tables do not fire. A row that the rebuild made is overwritten by the
--               kept one of the same key, and stays where there is none. CASCADE: what of other schemas depends on the old
--               objects was told before.

\warn copying the kept rows
RESET search_path;
RESET client_min_messages;
SET LOCAL row_security = off;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE TEMPORARY TABLE devdb_kept (place int, table_name text, kept bigint, besides bigint);
DO $devdb$
#variable_conflict use_column
<<devdb>>
DECLARE
    item record;
    one record;
    misfits text[] := '{}';
    parts text[] := '{}';
    triggers text[] := '{}';
    positions text[] := '{}';
    aside text;
    old oid;
    new oid;
    new_name text;
    emptied text[] := '{}';
    source text;
    columns text;
    expressions text;
    changes text;
    keys text;
    old_rows bigint;
    new_rows bigint;
    old_last bigint;
    old_called boolean;
    new_last bigint;
    new_called boolean;
BEGIN
    FOR item IN
        SELECT * FROM (VALUES
{% for name in keep %}
            ({{ loop.index | literal }}, {{ name.schema | literal }}, {{ name.name | literal }}, {{ name | string | literal }}){% if not loop.last %},{% endif %}

{% else %}
            (0, NULL, NULL, NULL)
{% endfor %}
        ) AS v (place, schema_name, table_name, shown)
        WHERE v.place > 0
    LOOP
        aside := (SELECT a.aside_name FROM devdb_reset.aside AS a WHERE a.schema_name = item.schema_name);
        old := (
            SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = devdb.aside AND c.relname = item.table_name
        );
        new_name := pg_catalog.format('%I.%I', item.schema_name, item.table_name);
        new := (
            SELECT c.oid FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = item.schema_name AND c.relname = item.table_name AND c.relkind IN ('r', 'p')
        );
        IF devdb.new IS NULL THEN
            misfits := devdb.misfits || pg_catalog.format('there is no table %s any more', item.shown);
            CONTINUE;
        END IF;
        source := pg_catalog.format(
            CASE WHEN (SELECT c.relkind = 'p' FROM pg_catalog.pg_class AS c WHERE c.oid = devdb.old) THEN '%I.%I' ELSE 'ONLY %I.%I' END,
            devdb.aside, item.table_name
        );
        EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM %s', devdb.source) INTO old_rows;

        columns := NULL;
        expressions := NULL;
        changes := NULL;
        FOR one IN
            SELECT
                COALESCE(o.attname, w.attname) AS name,
                o.attname IS NULL AS is_new,
                w.attname IS NULL AS is_gone,
                w.attgenerated <> '' AS is_generated,
                w.attidentity AS identity,
                w.attnotnull AND NOT w.atthasdef AND w.attidentity = '' AND w.attgenerated = '' AS is_needed,
                pg_catalog.format_type(o.atttypid, o.atttypmod) AS old_type,
                pg_catalog.format_type(w.atttypid, w.atttypmod) AS new_type,
                o.atttypid = w.atttypid OR EXISTS (
                    SELECT FROM pg_catalog.pg_cast AS k
                    WHERE k.castsource = o.atttypid AND k.casttarget = w.atttypid AND k.castcontext = 'i'
                ) AS is_assignable,
                -- A type of the schemas themselves: another one of the same name.
                EXISTS (
                    SELECT FROM devdb_reset.aside AS a
                    JOIN pg_catalog.pg_namespace AS oldn ON oldn.nspname = a.aside_name
                    JOIN pg_catalog.pg_type AS oldt ON oldt.typnamespace = oldn.oid AND oldt.oid = o.atttypid
                    JOIN pg_catalog.pg_namespace AS newn ON newn.nspname = a.schema_name
                    JOIN pg_catalog.pg_type AS newt ON newt.typnamespace = newn.oid AND newt.oid = w.atttypid
                    WHERE newt.typname = oldt.typname
                ) AS is_rebuilt
            FROM (
                SELECT * FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = devdb.old AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            ) AS o
            FULL JOIN (
                SELECT * FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = devdb.new AND a.attnum > 0 AND NOT a.attisdropped
            ) AS w ON w.attname = o.attname
            ORDER BY o.attnum, w.attnum
        LOOP
            IF one.is_gone THEN
                misfits := devdb.misfits || pg_catalog.format('%s has no column %s any more', item.shown, one.name);
            ELSIF one.is_new THEN
                IF one.is_needed AND devdb.old_rows > 0 THEN
                    misfits := devdb.misfits || pg_catalog.format(
                        'the column %s of %s is new, may not be NULL, and has no default', one.name, item.shown
                    );
                END IF;
            ELSIF one.is_generated THEN
                misfits := devdb.misfits || pg_catalog.format('the column %s of %s is generated now', one.name, item.shown);
            ELSIF NOT one.is_assignable AND NOT one.is_rebuilt THEN
                misfits := devdb.misfits || pg_catalog.format(
                    'the column %s of %s was %s and is %s', one.name, item.shown,
                    pg_catalog.replace(one.old_type, devdb.aside || '.', item.schema_name || '.'), one.new_type
                );
            ELSE
                columns := pg_catalog.concat_ws(', ', devdb.columns, pg_catalog.quote_ident(one.name));
                expressions := pg_catalog.concat_ws(
                    ', ', devdb.expressions,
                    CASE WHEN one.is_assignable THEN pg_catalog.format('o.%I', one.name)
                         ELSE pg_catalog.format('o.%I::text::%s', one.name, one.new_type) END
                );
                IF one.identity <> 'a' THEN
                    changes := pg_catalog.concat_ws(', ', devdb.changes, pg_catalog.format('%1$I = excluded.%1$I', one.name));
                END IF;
            END IF;
        END LOOP;
        CONTINUE WHEN devdb.misfits <> '{}' OR devdb.columns IS NULL;

        keys := (
            SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.position)
            FROM pg_catalog.pg_index AS i
            CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, position)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = devdb.new AND i.indisprimary AND i.indimmediate
        );
        IF devdb.keys IS NULL THEN
            emptied := devdb.emptied || pg_catalog.format('DELETE FROM %s', devdb.new_name);
        END IF;
        parts := devdb.parts || pg_catalog.format(
            'kept_%s AS (INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s AS o%s)',
            item.place, devdb.new_name, devdb.columns, devdb.expressions, devdb.source,
            CASE WHEN devdb.keys IS NULL THEN ''
                 WHEN devdb.changes IS NULL THEN pg_catalog.format(' ON CONFLICT (%s) DO NOTHING', devdb.keys)
                 ELSE pg_catalog.format(' ON CONFLICT (%s) DO UPDATE SET %s', devdb.keys, devdb.changes) END
        );
        INSERT INTO pg_temp.devdb_kept VALUES (item.place, item.shown, devdb.old_rows, 0);

        FOR one IN
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS table_name, t.tgname AS name, t.tgenabled AS enabled
            FROM pg_catalog.pg_trigger AS t
            JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
              AND (t.tgrelid = devdb.new OR t.tgrelid IN (SELECT p.relid FROM pg_catalog.pg_partition_tree(devdb.new) AS p))
        LOOP
            EXECUTE pg_catalog.format('ALTER TABLE %s DISABLE TRIGGER %I', one.table_name, one.name);
            triggers := devdb.triggers || pg_catalog.format(
                'ALTER TABLE %s ENABLE %sTRIGGER %I', one.table_name,
                CASE one.enabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, one.name
            );
        END LOOP;

        -- What counts a column, as its own or by its default, goes on where it was.
        FOR one IN
            WITH counting AS (
                SELECT a.attrelid AS relid, a.attname AS name, d.objid AS sequence
                FROM pg_catalog.pg_depend AS d
                JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
                JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
                  AND d.refobjid IN (devdb.old, devdb.new) AND d.deptype IN ('a', 'i')
                UNION
                SELECT a.attrelid, a.attname, d.refobjid
                FROM pg_catalog.pg_attrdef AS f
                JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
                JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid
                JOIN pg_catalog.pg_class AS c ON c.oid = d.refobjid AND c.relkind = 'S'
                WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND f.adrelid IN (devdb.old, devdb.new)
            )
            SELECT DISTINCT
                pg_catalog.format('%I.%I', oldn.nspname, oldc.relname) AS old_sequence,
                pg_catalog.format('%I.%I', newn.nspname, newc.relname) AS new_sequence,
                s.seqincrement > 0 AS ascends
            FROM counting AS o
            JOIN counting AS w ON w.name = o.name AND w.relid = devdb.new
            JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = w.sequence
            JOIN pg_catalog.pg_class AS oldc ON oldc.oid = o.sequence
            JOIN pg_catalog.pg_namespace AS oldn ON oldn.oid = oldc.relnamespace
            JOIN pg_catalog.pg_class AS newc ON newc.oid = w.sequence
            JOIN pg_catalog.pg_namespace AS newn ON newn.oid = newc.relnamespace
            WHERE o.relid = devdb.old AND o.sequence <> w.sequence
        LOOP
            EXECUTE pg_catalog.format('SELECT s.last_value, s.is_called FROM %s AS s', one.old_sequence) INTO old_last, old_called;
            EXECUTE pg_catalog.format('SELECT s.last_value, s.is_called FROM %s AS s', one.new_sequence) INTO new_last, new_called;
            IF devdb.old_last > devdb.new_last AND one.ascends OR devdb.old_last < devdb.new_last AND NOT one.ascends
               OR devdb.old_last = devdb.new_last AND devdb.old_called THEN
                positions := devdb.positions || pg_catalog.format(
                    'SELECT pg_catalog.setval(%L::regclass, %s, %L)', one.new_sequence, devdb.old_last, devdb.old_called
                );
            END IF;
        END LOOP;
    END LOOP;

    IF devdb.misfits <> '{}' THEN
        RAISE EXCEPTION USING ERRCODE = 'DVR01', MESSAGE = pg_catalog.array_to_string(devdb.misfits, E'\n');
    END IF;
    FOREACH source IN ARRAY devdb.emptied LOOP
        EXECUTE devdb.source;
    END LOOP;
    IF devdb.parts <> '{}' THEN
        EXECUTE 'WITH ' || pg_catalog.array_to_string(devdb.parts, ', ') || ' SELECT';
    END IF;
    FOREACH source IN ARRAY devdb.triggers || devdb.positions LOOP
        EXECUTE devdb.source;
    END LOOP;
    FOR item IN SELECT * FROM pg_temp.devdb_kept LOOP
        EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM %s', (
            SELECT pg_catalog.format('%I.%I', v.schema_name, v.table_name)
            FROM (VALUES
{% for name in keep %}
                ({{ loop.index | literal }}, {{ name.schema | literal }}, {{ name.name | literal }}){% if not loop.last %},{% endif %}

{% else %}
                (0, NULL, NULL)
{% endfor %}
            ) AS v (place, schema_name, table_name)
            WHERE v.place = item.place
        )) INTO new_rows;
        IF devdb.new_rows < item.kept THEN
            RAISE EXCEPTION USING ERRCODE = 'DVR01', MESSAGE = pg_catalog.format(
                '%s of %s rows of %s came over', devdb.new_rows, item.kept, item.table_name
            );
        END IF;
        UPDATE pg_temp.devdb_kept AS k SET besides = devdb.new_rows - k.kept WHERE k.place = item.place;
    END LOOP;
END
$devdb$;
\warn dropping the old objects
SET LOCAL client_min_messages = warning;
DO $devdb$
DECLARE
    place record;
BEGIN
    FOR place IN SELECT a.aside_name AS name FROM devdb_reset.aside AS a LOOP
        EXECUTE pg_catalog.format('DROP SCHEMA %I CASCADE', place.name);
    END LOOP;
END
$devdb$;
DROP TABLE devdb_reset.aside, devdb_reset.extension;
DROP SCHEMA devdb_reset;
\warn refreshing materialized views
DO $devdb$
<<devdb>>
DECLARE
    view record;
    before bigint := -1;
    missing bigint := 0;
BEGIN
    -- Those that read others can be filled when these are; until none is left, or none more can be.
    WHILE devdb.before <> devdb.missing LOOP
        before := devdb.missing;
        missing := 0;
        FOR view IN
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
            FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind = 'm' AND NOT c.relispopulated AND n.nspname IN ({{ schemas | literals }})
            ORDER BY c.oid
        LOOP
            BEGIN
                EXECUTE 'REFRESH MATERIALIZED VIEW ' || view.name;
            EXCEPTION WHEN object_not_in_prerequisite_state THEN
                missing := devdb.missing + 1;
            END;
        END LOOP;
    END LOOP;
END
$devdb$;
