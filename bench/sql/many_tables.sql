-- A schema of many tables without a row. Variable: tables.
SELECT format('CREATE SCHEMA area_%s', a) FROM generate_series(0, 3) AS a \gexec

SELECT format('CREATE TYPE area_%s.state_%s AS ENUM (''new'', ''open'', ''waiting'', ''closed'')', n % 4, n)
FROM generate_series(0, 19) AS n \gexec

SELECT format(
    $$CREATE FUNCTION area_%1$s.tax_%2$s(amount numeric, rate numeric DEFAULT 0.%3$s) RETURNS numeric
    LANGUAGE sql IMMUTABLE AS 'SELECT round(amount * rate, 2)'$$, n % 4, n, 10 + n)
FROM generate_series(0, 39) AS n \gexec

CREATE FUNCTION area_0.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

SELECT format($$CREATE TABLE area_%1$s.thing_%2$s (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint NOT NULL,
    other_id bigint,
    code text NOT NULL UNIQUE,
    title text NOT NULL DEFAULT 'untitled',
    state area_%3$s.state_%4$s NOT NULL DEFAULT 'new',
    amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    tax numeric GENERATED ALWAYS AS (area_%5$s.tax_%6$s(amount)) STORED,
    tags text[] NOT NULL DEFAULT '{}',
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz
)$$, n % 4, n, n % 20 % 4, n % 20, n % 40 % 4, n % 40)
FROM generate_series(0, :tables - 1) AS n \gexec

SELECT format('CREATE INDEX ON area_%1$s.thing_%2$s (%3$s)', n % 4, n, columns)
FROM generate_series(0, :tables - 1) AS n, unnest(ARRAY['parent_id', 'other_id', 'state, created_at']) AS columns \gexec

SELECT format(
    'ALTER TABLE area_%s.thing_%s ADD FOREIGN KEY (parent_id) REFERENCES area_%s.thing_%s (id), '
    'ADD FOREIGN KEY (other_id) REFERENCES area_%s.thing_%s (id)', n % 4, n, n / 2 % 4, n / 2, n / 3 % 4, n / 3)
FROM generate_series(1, :tables - 1) AS n \gexec

SELECT format('COMMENT ON TABLE area_%s.thing_%s IS ''Thing number %s''', n % 4, n, n)
FROM generate_series(0, :tables - 1) AS n \gexec

SELECT format(
    'CREATE TRIGGER touch BEFORE UPDATE ON area_%s.thing_%s FOR EACH ROW EXECUTE FUNCTION area_0.touch()', n % 4, n)
FROM generate_series(0, :tables - 1, 4) AS n \gexec

SELECT format(
    'CREATE VIEW area_%1$s.open_%2$s AS SELECT t.id, t.title, p.title AS parent FROM area_%1$s.thing_%2$s AS t '
    'JOIN area_%3$s.thing_%4$s AS p ON p.id = t.parent_id WHERE t.state <> ''closed''', n % 4, n, n / 2 % 4, n / 2)
FROM generate_series(0, :tables - 1, 10) AS n \gexec
