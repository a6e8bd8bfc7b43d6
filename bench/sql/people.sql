-- :people rows whose ten columns of personal data have the shapes that they have in life, and like there are in no order:
-- an index on values that came sorted would cost a third of what it does.

CREATE TABLE public.person (
    id integer NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email varchar(80) NOT NULL,
    phone varchar(20),
    street text,
    postal_code varchar(10),
    city text,
    born date,
    national_id varchar(20) NOT NULL,
    note text,
    created_at timestamptz NOT NULL,
    score numeric(8, 2)
);

INSERT INTO public.person
SELECT
    n,
    (ARRAY['Anna', 'Ben', 'Clara', 'David', 'Emma', 'Felix', 'Greta', 'Hans'])[1 + h % 8] || ' ' || chr(65 + h % 26),
    initcap(substr(md5(n::text), 1, 4 + h % 6)),
    substr(md5(n::text), 7, 6) || '.' || n || '@mail' || h % 40 || '.test',
    '+' || 31 + h % 20 || ' ' || 100 + h % 800 || ' ' || lpad((n % 10000000)::text, 7, '0'),
    initcap(substr(md5('s' || n), 1, 6 + h % 8)) || ' ' || 1 + h % 180,
    lpad((h % 100000)::text, 5, '0'),
    initcap(substr(md5('c' || h % 5000), 1, 5 + h % 6)),
    date '1940-01-01' + h % 24000,
    lpad((n::bigint * 387420489 % 1000000000)::text, 9, '0'),
    CASE WHEN n % 3 = 0 THEN repeat(md5('n' || n) || ' ', 1 + h % 3) END,
    timestamptz '2015-01-01 00:00:00+00' + n * interval '1 minute',
    (h % 100000) / 100.0
FROM pg_catalog.generate_series(1, :people) AS n
CROSS JOIN LATERAL (SELECT pg_catalog.hashint4(n) & 1048575 AS h) AS x;

ALTER TABLE public.person ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX person_email ON public.person (email);
CREATE UNIQUE INDEX person_national_id ON public.person (national_id);
CREATE INDEX person_last_name ON public.person (last_name, first_name);
