-- What:         fill what is written about wells: permits, documents, the audit trail
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

INSERT INTO registry.permit (id, permit_no, well_no, owner_id, status, volume_m3_a, valid, expires_on, conditions)
OVERRIDING SYSTEM VALUE
SELECT p, 'P-' || 99999 + p,
       CASE WHEN NOT pg_temp.chance(p, 600, 5) THEN 'W' || to_char(well, 'FM0000000') END,
       pg_temp.owner_of(well, 0), status,
       CASE WHEN status = 'granted' THEN (1 + pg_temp.pick(p, 601, 400)) * 250 END,
       CASE WHEN status = 'granted' THEN daterange(since, CASE WHEN p % 4 <> 0 THEN since + 7305 END) END,
       CASE WHEN status = 'granted' THEN CASE WHEN p % 4 <> 0 THEN since + 7305 ELSE 'infinity' END END,
       CASE WHEN pg_temp.chance(p, 602, 40)
            THEN ARRAY['meter to be read yearly',
                       pg_temp.word(p, 603, '{"no use in June",NULL,"report to J. Müller","max. 80 % of yield"}')] END
FROM generate_series(1, pg_temp.scaled(45000)) AS p,
     LATERAL (SELECT 1 + pg_temp.pick(p, 604, pg_temp.scaled(60000)),
                     pg_temp.word(p, 605, '{granted,granted,granted,granted,applied,refused,withdrawn}'),
                     date '2000-01-01' + pg_temp.pick(p, 606, 9000)) AS facts (well, status, since);

INSERT INTO registry.document (id, well_id, title, media_type, content, uploaded_by, uploaded_at)
SELECT encode(substring(sha256(int8send(-n)) FOR 16), 'hex')::uuid,
       CASE WHEN NOT pg_temp.chance(n, 610, 6) THEN 1 + pg_temp.pick(n, 611, pg_temp.scaled(60000)) END,
       pg_temp.word(n, 612, '{"Drilling log","Pumping test",Invoice,"Letter from","Sealing report"}')
       || ' ' || pg_temp.last_name(n + 9000000) || '.pdf',
       CASE WHEN n % 6 = 0 THEN 'image/tiff' ELSE 'application/pdf' END,
       '%PDF-1.4'::bytea || sha256(int8send(n)) || sha256(int8send(n + 1)) || sha256(int8send(n + 2)),
       account.login,
       timestamptz '2020-01-07 10:00+00' + make_interval(secs => pg_temp.pick(n, 613, 160000000))
FROM generate_series(1, pg_temp.scaled(12000)) AS n
     LEFT JOIN staff.account ON account.employee_id = 1 + pg_temp.pick(n, 614, pg_temp.employee_count());

INSERT INTO registry.audit_event (id, happened_at, who, from_address, table_name, operation, old_row, new_row)
SELECT n, timestamptz '2023-05-02 07:00+00' + make_interval(secs => n * 1200),
       'user' || 1 + pg_temp.pick(n, 620, pg_temp.employee_count()),
       CASE WHEN n % 8 <> 0 THEN inet '198.51.100.0' + pg_temp.pick(n, 621, 254) END,
       'registry.owner', 'UPDATE',
       jsonb_build_object('id', owner, 'last_name', pg_temp.last_name(owner + 1), 'phone', pg_temp.phone(owner + 1)),
       jsonb_build_object('id', owner, 'last_name', pg_temp.last_name(owner), 'phone', pg_temp.phone(owner))
FROM generate_series(1, pg_temp.scaled(40000)) AS n,
     LATERAL (SELECT 1 + pg_temp.pick(n, 622, pg_temp.scaled(45000))) AS owners (owner);
