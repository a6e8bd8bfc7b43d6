-- The rows of job C, the same ones every time. Variables: employees, devices (of ten tenants), readings, remarks; fifty
-- employees a department.
INSERT INTO public.department (id, head_id, name) OVERRIDING SYSTEM VALUE
SELECT n, 1 + n * 7919 % :employees, 'Department ' || md5(n::text) FROM generate_series(1, :employees::bigint / 50) AS n;

-- Managers make a tree of ten branches a node; heads of departments belong to others: cycles of many lengths.
INSERT INTO public.employee (id, department_id, manager_id, name, email) OVERRIDING SYSTEM VALUE
SELECT
    n,
    1 + n * 104729 % (:employees / 50),
    nullif(n / 10, 0),
    'Employee ' || md5(n::text),
    'employee.' || n || '@example.com'
FROM generate_series(1, :employees::bigint) AS n;

-- One device in three replaced an earlier one of its tenant.
INSERT INTO public.device (tenant, serial, keeper_id, replaces_tenant, replaces_serial, model)
SELECT
    (n % 10)::integer,
    n / 10,
    1 + n * 15485863 % :employees,
    CASE WHEN n % 3 = 0 AND n >= 20 THEN (n % 10)::integer END,
    CASE WHEN n % 3 = 0 AND n >= 20 THEN n / 20 END,
    'Model ' || n % 400
FROM generate_series(0, :devices::bigint - 1) AS n;

INSERT INTO public.reading (id, taken_on, tenant, serial, value, unit)
SELECT
    n,
    date '2024-01-01' + (n % 366)::integer,
    (n * 7368787 % :devices % 10)::integer,
    n * 7368787 % :devices / 10,
    (n * 7919 % 1000000)::numeric / 1000,
    (ARRAY['V', 'A', 'W', 'K'])[1 + n % 4]
FROM generate_series(1, :readings::bigint) AS n;

-- One remark in four answers an earlier one.
INSERT INTO public.remark (id, reading_id, taken_on, author_id, answers_id, body)
SELECT
    v.id,
    v.reading_id,
    date '2024-01-01' + (v.reading_id % 366)::integer,
    1 + v.id * 32452843 % :employees,
    CASE WHEN v.id % 4 = 0 THEN v.id / 2 + 1 END,
    'Remark ' || md5(v.id::text) || ' on what was read'
FROM (SELECT n AS id, 1 + n * 49979687 % :readings AS reading_id FROM generate_series(1, :remarks::bigint) AS n) AS v;

SELECT setval('public.department_id_seq', :employees / 50), setval('public.employee_id_seq', :employees), setval('public.remark_id_seq', :remarks);
