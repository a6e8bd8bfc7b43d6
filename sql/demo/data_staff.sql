-- What:         fill the authority's departments, posts, people, accounts and absences
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

-- Department d is headed by employee d - 1, who works in it; the first by number 14; the last by nobody at present.
INSERT INTO staff.department (id, name, "Kürzel", part_of_id, head_id)
OVERRIDING SYSTEM VALUE
SELECT d, (ARRAY['Directorate', 'Water Rights', 'Groundwater', 'Inspection North', 'Inspection South', 'Hydrogeology',
                 'Data Office', 'Laboratory Liaison', 'Legal Affairs', 'Finance', 'Field Service',
                 'Loggers & Telemetry', 'Öffentlichkeitsarbeit', 'Archive'])[d],
       (ARRAY['DIR', 'WR', 'GW', 'IN', 'IS', 'HG', 'DO', 'LL', 'LA', 'FIN', 'FS', 'LT', 'ÖA', 'ARC'])[d],
       CASE WHEN d > 5 THEN 1 + d % 5 WHEN d > 1 THEN 1 END,
       CASE WHEN d = 1 THEN 14 WHEN d < 14 THEN d - 1 END
FROM generate_series(1, 14) AS d;

INSERT INTO staff.post (code, title, grade, pay)
VALUES ('ADM-1', 'Clerk', 'Junior', '[2400,3100)'),
       ('ADM-2', 'Senior Clerk', 'Senior', '[3000,3900)'),
       ('FLD-1', 'Field Technician', 'Junior', '[2600,3400)'),
       ('FLD-2', 'Well Inspector', 'Senior', '[3300,4500)'),
       ('GEO-1', 'Geologist', 'Junior', '[3400,4300)'),
       ('GEO-2', 'Senior Hydrogeologist', 'Größte Erfahrung', '[4300,6000)'),
       ('LAW-1', 'Counsel', 'Senior', '[4000,5600)'),
       ('DAT-1', 'Data Engineer', 'Senior', '[3900,5400)'),
       ('HEAD', 'Head of Department', 'Head', '[5200,7500)'),
       ('DIR', 'Director', 'Head', '[7500,)');

INSERT INTO staff.employee (id, first_name, last_name, email, phone, private_phone, birth_date, street, city, hired_on,
                            left_on, department_id, post_code, manager_id, salary, emergency_contact)
SELECT e, pg_temp.first_name(e), pg_temp.last_name(e), pg_temp.email(e, 'wells.example.org'), pg_temp.phone(e),
       CASE WHEN pg_temp.chance(e, 100, 70) THEN pg_temp.phone(e + 5000000) END,
       date '1957-01-01' + pg_temp.pick(e, 101, 15700),
       pg_temp.street(e), pg_temp.city(e),
       date '1999-01-01' + pg_temp.pick(e, 102, 8700),
       CASE WHEN e > 20 AND pg_temp.chance(e, 103, 15) THEN date '2023-01-31' + pg_temp.pick(e, 104, 700) END,
       1 + e % 14,
       CASE WHEN e = 1 THEN 'DIR' WHEN e < 15 THEN 'HEAD'
            ELSE pg_temp.word(e, 105, '{ADM-1,ADM-2,FLD-1,FLD-1,FLD-2,FLD-2,FLD-2,GEO-1,GEO-2,LAW-1,DAT-1}') END,
       CASE WHEN e > 1 THEN 1 + (e - 2) / 6 END,
       2400 + pg_temp.pick(e, 106, 480000) * 0.01,
       CASE WHEN pg_temp.chance(e, 107, 80)
            THEN jsonb_build_object('name', pg_temp.full_name(e + 6000000), 'phone', pg_temp.phone(e + 6000000),
                                    'relation', pg_temp.word(e, 108, '{spouse,parent,sibling,friend}')) END
FROM generate_series(1, pg_temp.employee_count()) AS e;

-- Logins are as people typed them once: some in capitals.
INSERT INTO staff.account (employee_id, login, password_hash, last_seen_at, last_address, settings)
SELECT e, CASE WHEN e % 9 = 0 THEN upper('user' || e) ELSE 'user' || e END,
       'pbkdf2_sha256$600000$' || encode(substring(sha256(int8send(e)) FOR 9), 'base64')
       || '$' || encode(sha256(int8send(-e)), 'base64'),
       CASE WHEN pg_temp.chance(e, 110, 85)
            THEN timestamptz '2024-11-01 06:00+00' + make_interval(secs => pg_temp.pick(e, 111, 20000000)) END,
       CASE WHEN pg_temp.chance(e, 110, 85) THEN inet '192.0.2.0' + pg_temp.pick(e, 112, 254) END,
       jsonb_build_object('language', pg_temp.word(e, 113, '{en,de,fr,sv,cs}'),
                          'columns', jsonb_build_array('well_no', 'status'))
FROM generate_series(1, pg_temp.employee_count()) AS e
WHERE e % 11 <> 3;

INSERT INTO staff.absence (id, employee_id, kind, during, remark)
SELECT row_number() OVER (ORDER BY e, n), e,
       pg_temp.word(e * 16 + n, 120, '{holiday,holiday,holiday,illness,parental,training}'),
       daterange(begun, begun + 1 + pg_temp.pick(e * 16 + n, 121, 24)),
       CASE WHEN pg_temp.chance(e * 16 + n, 122, 20) THEN 'Stand-in: ' || pg_temp.full_name(1 + (e + n) % 100) END
FROM generate_series(1, pg_temp.employee_count()) AS e,
     generate_series(0, pg_temp.pick(e, 123, 12)) AS n,
     LATERAL (SELECT date '2022-01-03' + n * 95 + pg_temp.pick(e * 16 + n, 124, 60)) AS first_day (begun);
