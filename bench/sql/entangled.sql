-- A schema of many tables, each with keys to two others, so that nearly all are needed by nearly all. Variable: tables.
SELECT format(
    'CREATE TABLE public.t_%s (id serial PRIMARY KEY, a integer, b integer, name text NOT NULL DEFAULT ''x'','
    ' changed_at timestamptz DEFAULT now(), CHECK (a > 0))', n)
FROM generate_series(1, :tables) AS n \gexec

SELECT format(
    'ALTER TABLE public.t_%s ADD FOREIGN KEY (a) REFERENCES public.t_%s, ADD FOREIGN KEY (b) REFERENCES public.t_%s',
    n, n * 7919 % :tables + 1, (n * 104729 + 13) % :tables + 1)
FROM generate_series(1, :tables) AS n \gexec

-- One function in fifty reads tables that only its body names.
SELECT format(
    $$CREATE FUNCTION public.f_%1$s(x integer) RETURNS bigint LANGUAGE plpgsql AS
    'DECLARE found bigint; BEGIN SELECT count(*) INTO found FROM public.t_%1$s JOIN public.t_%2$s USING (id) WHERE id > x; RETURN found; END'$$,
    n, n % :tables + 1)
FROM generate_series(1, :tables, 50) AS n \gexec
