-- A sample gathered in tables inside the source, each key joined again and again until nothing is missing, and printed for
-- psql: how programs go about it that write into the source. Variables: seed (a table), condition (of its rows).
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS sampled CASCADE;
CREATE SCHEMA sampled;

SELECT format(
    'CREATE UNLOGGED TABLE sampled.%1$I AS SELECT * FROM public.%1$I WHERE %2$s',
    relname, CASE WHEN relname = :'seed' THEN :'condition' ELSE 'false' END)
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition \gexec

CREATE TABLE sampled.keys AS
SELECT
    child.relname AS child,
    parent.relname AS parent,
    string_agg(format('%I', c.attname), ', ') AS columns,
    string_agg(format('c.%I = p.%I', c.attname, p.attname), ' AND ') AS refers,
    string_agg(format('s.%1$I = p.%1$I', p.attname), ' AND ') AS is_there
FROM pg_constraint AS k
JOIN pg_class AS child ON child.oid = k.conrelid AND NOT child.relispartition
JOIN pg_class AS parent ON parent.oid = k.confrelid AND NOT parent.relispartition
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (child_number, parent_number)
JOIN pg_attribute AS c ON c.attrelid = k.conrelid AND c.attnum = pair.child_number
JOIN pg_attribute AS p ON p.attrelid = k.confrelid AND p.attnum = pair.parent_number
WHERE k.contype = 'f'
GROUP BY k.oid, child.relname, parent.relname;

SELECT format('CREATE INDEX ON sampled.%I (%s)', child, columns) FROM sampled.keys \gexec

DO $$
DECLARE
    key record;
    added bigint;
    round bigint;
BEGIN
    LOOP
        round := 0;
        FOR key IN SELECT * FROM sampled.keys LOOP
            EXECUTE format(
                'INSERT INTO sampled.%1$I SELECT DISTINCT p.* FROM public.%1$I AS p JOIN sampled.%2$I AS c ON %3$s '
                'WHERE NOT EXISTS (SELECT FROM sampled.%1$I AS s WHERE %4$s)',
                key.parent, key.child, key.refers, key.is_there);
            GET DIAGNOSTICS added = ROW_COUNT;
            round := round + added;
        END LOOP;
        EXIT WHEN round = 0;
    END LOOP;
END
$$;

SELECT statement
FROM pg_class AS t
CROSS JOIN LATERAL (
    VALUES
        (1, format('SELECT ''COPY public.%I FROM STDIN;''', t.relname)),
        (2, format('COPY sampled.%I TO STDOUT', t.relname)),
        (3, 'SELECT ''\.''')
) AS s (number, statement)
WHERE t.relnamespace = 'sampled'::regnamespace AND t.relkind = 'r' AND t.relname <> 'keys'
ORDER BY t.relname, number \gexec

DROP SCHEMA sampled CASCADE;
