-- A hub: one account that nearly all calls refer to, and others with ten each. Variable: calls of the hub.
CREATE TABLE public.account (
    id bigint PRIMARY KEY,
    name text NOT NULL
);
INSERT INTO public.account SELECT n, 'Account ' || md5(n::text) FROM generate_series(1, 1000) AS n;

CREATE TABLE public.call (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES public.account (id),
    created_at timestamptz NOT NULL,
    topic text NOT NULL
);
-- The newest are spread over the table, and all moments differ.
INSERT INTO public.call
SELECT
    n,
    CASE WHEN n <= :calls THEN 1 ELSE 2 + n % 999 END,
    timestamptz '2024-01-01 00:00:00Z' + (n * 32452843 % (:calls + 9990)) * interval '20 seconds',
    'Call about ' || md5(n::text)
FROM generate_series(1, :calls::bigint + 9990) AS n;
CREATE INDEX ON public.call (account_id, created_at);
