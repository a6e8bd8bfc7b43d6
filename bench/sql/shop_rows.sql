-- The shop's rows, the same ones every time; customers are spread without regard to the hash that samples are chosen by.
-- Variables: customers, orders; three items an order.
INSERT INTO public.customer (id, name, email, phone, street, city, country, created_at, newsletter)
SELECT
    n,
    'Customer ' || md5(n::text),
    'customer.' || n || '@mail' || n % 97 || '.example',
    CASE WHEN n % 5 > 0 THEN '+49 30 ' || 1000000 + n END,
    (ARRAY['Long Street ', 'Mill Lane ', 'Market Square ', 'Harbour Road '])[1 + n % 4] || n % 250,
    'City ' || n % 5000,
    (ARRAY['DE', 'FR', 'NL', 'PL', 'IT'])[1 + n % 5],
    timestamptz '2015-01-01 00:00:00Z' + n * interval '10 minutes',
    n % 3 = 0
FROM generate_series(1, :customers::bigint) AS n;

INSERT INTO public.orders (id, customer_id, placed_at, status, total, currency, note)
SELECT
    n,
    1 + n * 2654435761 % :customers,
    timestamptz '2016-01-01 00:00:00Z' + n * interval '1 minute',
    (ARRAY['new', 'paid', 'packed', 'shipped', 'delivered', 'delivered', 'delivered', 'returned'])[1 + n % 8],
    (n * 7919 % 100000)::numeric / 100,
    'EUR',
    CASE WHEN n % 6 = 0 THEN 'Please leave the parcel at the neighbour''s, number ' || n % 200 END
FROM generate_series(1, :orders::bigint) AS n;

INSERT INTO public.item (id, order_id, line, sku, quantity, price, discount)
SELECT
    3 * (n - 1) + line,
    n,
    line,
    'SKU-' || lpad((n * 31 % 50000)::text, 8, '0'),
    1 + n % 4,
    (n * 104729 % 50000)::numeric / 100,
    CASE WHEN n % 10 = 0 THEN 12.5 END
FROM generate_series(1, :orders::bigint) AS n, generate_series(1, 3) AS line;

SELECT setval('public.customer_id_seq', :customers), setval('public.orders_id_seq', :orders), setval('public.item_id_seq', 3 * :orders);
