-- Names that hurt, as names of schemas, tables, columns and sequences; and names that a program's own SQL might use.

CREATE SCHEMA "o'dd ""names"".é %s {{ x }} $devdb$ \";
CREATE SCHEMA "select";
CREATE SCHEMA clashes;

CREATE TABLE public.names (name text);
INSERT INTO public.names VALUES
    ('select'), ('Upper'), ('two words'), ('do.t'), ('it''s'), ('say "hi"'), ('"'), ('100%'), ('%s %(x)s %I'), ('{{ x }}'),
    ('{% if %}'), ('{# #}'), ('back\slash\'), ('$devdb$'), ('$1'), (':v'), (':''v'''), (':"v"'), ('--'), ('/*'), (';'), ('\.'),
    (E'new\nline'), (E'tab\t'), ('üñíçø∂é ☃ 漢字'), ('*'), ('a,b'), ('(x)'), ('[0]'), ('='), ('a=b c'), ('user'), ('null'), (' '),
    ('prod_public'), ('oid'), ('row'), ('authorization'), ('E''x'), ('x; DROP TABLE y'), ('ᴀ' || repeat('n', 60)), (repeat('é', 31));

-- For each name a table with a key to itself and one that refers to it, all of whose columns have that name too.
SELECT format(
    'CREATE TABLE %1$I.%2$I (%2$I serial PRIMARY KEY, %3$I int REFERENCES %1$I.%2$I, %4$I text DEFAULT %5$L);'
    'COMMENT ON TABLE %1$I.%2$I IS %5$L; COMMENT ON COLUMN %1$I.%2$I.%3$I IS %5$L;'
    'CREATE TABLE "select".%2$I (%2$I int PRIMARY KEY, %3$I int CONSTRAINT %2$I REFERENCES %1$I.%2$I);'
    'CREATE INDEX %6$I ON "select".%2$I (%3$I);'
    'INSERT INTO %1$I.%2$I (%3$I) SELECT nullif(i / 2, 0) FROM generate_series(1, 20) AS i;'
    'INSERT INTO "select".%2$I SELECT i, i FROM generate_series(1, 20) AS i;',
    'o''dd "names".é %s {{ x }} $devdb$ \', name, left(reverse(name), 30) || '!', '-' || left(reverse(name), 30), name, left('i' || name, 30)
)
FROM public.names
\gexec

-- A table on a cycle and one on none, all of whose columns are names of a program's own.
SELECT
    string_agg(format('%I int NOT NULL', name), ', ') AS columns,
    string_agg(quote_ident(name), ', ') AS names,
    string_agg(quote_ident(upper(name)), ', ') AS upper_names,
    string_agg(format('%I int', upper(name)), ', ') AS upper_columns,
    string_agg('i % 20', ', ') AS values,
    string_agg(format('%s', '(i + 3) % 20'), ', ') AS others
FROM unnest(ARRAY[
    'chosen', 'step', 'round', 'chunk', 'f', 'a', 'c', 'p', 't', 'k', 'd', 's', 'v', 'k1', 'c1', 'fetched', 'asked', 'total', 'leaf', 'devdb'
]) AS name
\gset
CREATE TABLE clashes.cyclic (:columns, :upper_columns, PRIMARY KEY (:names), FOREIGN KEY (:upper_names) REFERENCES clashes.cyclic);
CREATE TABLE clashes.flat (:columns, PRIMARY KEY (:names), UNIQUE (chosen), UNIQUE (f), UNIQUE (a), UNIQUE (devdb));
CREATE TABLE clashes.child (
    :columns, PRIMARY KEY (:names), FOREIGN KEY (:names) REFERENCES clashes.flat,
    FOREIGN KEY (a) REFERENCES clashes.flat (chosen), FOREIGN KEY (k) REFERENCES clashes.flat (f),
    FOREIGN KEY (chosen) REFERENCES clashes.flat (a), FOREIGN KEY (c) REFERENCES clashes.flat (devdb)
);
CREATE TABLE clashes.devdb_asked_1 (chosen int PRIMARY KEY, step int REFERENCES clashes.devdb_asked_1);
CREATE TABLE clashes.f (f text, row_hash int);
INSERT INTO clashes.cyclic SELECT :values, :others FROM generate_series(0, 19) AS i;
INSERT INTO clashes.flat SELECT :values FROM generate_series(0, 19) AS i;
INSERT INTO clashes.child SELECT :values FROM generate_series(0, 19) AS i;
INSERT INTO clashes.devdb_asked_1 SELECT i, nullif(i / 3, 0) FROM generate_series(1, 100) AS i;
INSERT INTO clashes.f SELECT 'same', i FROM generate_series(1, 100) AS i;
