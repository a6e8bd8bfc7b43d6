-- Every row that one remark in :modulus needs, by its table and its key of one or two numbers: how one would choose by hand.
WITH RECURSIVE needed (kind, a, b) AS (
    SELECT 'remark', r.id, 0 FROM public.remark AS r WHERE hashint8(r.id) % :modulus = 0
    UNION
    SELECT f.kind, f.a, f.b
    FROM needed AS n
    CROSS JOIN LATERAL (
        SELECT k.kind, k.a, k.b
        FROM public.remark AS r
        CROSS JOIN LATERAL (
            VALUES ('remark', r.answers_id, 0), ('employee', r.author_id, 0),
                ('reading', r.reading_id, r.taken_on - date '2000-01-01')
        ) AS k (kind, a, b)
        WHERE n.kind = 'remark' AND r.id = n.a
        UNION ALL
        SELECT 'device', r.serial, r.tenant
        FROM public.reading AS r
        WHERE n.kind = 'reading' AND r.id = n.a AND r.taken_on = date '2000-01-01' + n.b
        UNION ALL
        SELECT k.kind, k.a, k.b
        FROM public.device AS d
        CROSS JOIN LATERAL (
            VALUES ('device', d.replaces_serial, d.replaces_tenant), ('employee', d.keeper_id, 0)
        ) AS k (kind, a, b)
        WHERE n.kind = 'device' AND d.tenant = n.b AND d.serial = n.a
        UNION ALL
        SELECT k.kind, k.a, k.b
        FROM public.employee AS e
        CROSS JOIN LATERAL (VALUES ('employee', e.manager_id, 0), ('department', e.department_id, 0)) AS k (kind, a, b)
        WHERE n.kind = 'employee' AND e.id = n.a
        UNION ALL
        SELECT 'employee', d.head_id, 0
        FROM public.department AS d
        WHERE n.kind = 'department' AND d.id = n.a
    ) AS f
    WHERE f.a IS NOT NULL
)
