-- Keys that are hard to follow. Variables: links (length of the chain), places (rows with composite keys, in 1,000 regions),
-- visits (rows that refer to places).
CREATE TABLE public.link (
    id bigint PRIMARY KEY,
    previous_id bigint REFERENCES public.link (id),
    label text NOT NULL
);
INSERT INTO public.link
SELECT n, nullif(n - 1, 0), 'link ' || md5(n::text) FROM generate_series(1, :links::bigint) AS n;
CREATE INDEX ON public.link (previous_id);

CREATE TABLE public.place AS
SELECT
    (n % 1000)::integer AS region,
    (n / 1000)::integer AS number,
    'Place ' || md5(n::text) AS name,
    n * 0.25 AS height
FROM generate_series(0, :places::bigint - 1) AS n;
ALTER TABLE public.place ADD PRIMARY KEY (region, number);

-- Every visit to another place: the step shares no factor with the number of places.
CREATE TABLE public.visit AS
SELECT
    v.id,
    (v.place % 1000)::integer AS region,
    (v.place / 1000)::integer AS number,
    date '2020-01-01' + (v.id % 2000)::integer AS visited_on
FROM (SELECT n AS id, n * 7368787 % :places AS place FROM generate_series(1, :visits::bigint) AS n) AS v;
ALTER TABLE public.visit
    ADD PRIMARY KEY (id),
    ADD FOREIGN KEY (region, number) REFERENCES public.place (region, number);
CREATE INDEX ON public.visit (region, number);

-- Each holder has a partner whose partner it is: the smallest cycle.
CREATE TABLE public.holder AS
SELECT
    p.region,
    p.number,
    p.region AS partner_region,
    p.number # 1 AS partner_number,
    'Holder ' || p.name AS name
FROM public.place AS p
WHERE p.number < :places / 2000 * 2;
ALTER TABLE public.holder ADD PRIMARY KEY (region, number);
ALTER TABLE public.holder ADD FOREIGN KEY (partner_region, partner_number) REFERENCES public.holder (region, number);
CREATE INDEX ON public.holder (partner_region, partner_number);
