-- What:         fill the registry's places, aquifers, owners and drillers, and Django's book of migrations
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

INSERT INTO public.django_migrations (id, app, name, applied)
SELECT row_number() OVER (ORDER BY app_no, step), app, to_char(step, 'FM0000') || '_' || step_names[step],
       timestamptz '2019-02-11 09:30:00+00' + make_interval(days => app_no * 9 + step * 61, secs => step * 7.25)
FROM (VALUES (1, 'contenttypes', ARRAY['initial', 'remove_content_type_name']),
             (2, 'auth', ARRAY['initial', 'alter_permission_name_max_length', 'alter_user_email_max_length',
                               'alter_user_username_opts', 'alter_user_last_login_null']),
             (3, 'registry', ARRAY['initial', 'aquifer_part_of', 'well_replaces', 'permit', 'permit_conditions',
                                   'schutzgebiet', 'water_level_partitions', 'inspection_thumbnail', 'well_public_id']),
             (4, 'staff', ARRAY['initial', 'department_head', 'absence', 'emergency_contact']),
             (5, 'lab', ARRAY['initial', 'method', 'analysis_approved_by']))
         AS apps (app_no, app, step_names),
     generate_series(1, cardinality(step_names)) AS step;

INSERT INTO registry.region (code, name, elevation_m)
SELECT code, name, int4range(low, low + 80 + row_no::integer * 53)
FROM unnest(ARRAY['AL', 'BE', 'CA', 'DO', 'EK', 'FO', 'GO', 'HA', 'IN', 'JA', 'KU', 'LI', 'MO', 'NO', 'OS', 'PO'],
            ARRAY['Altbrunn', 'Beaupuits', 'Căldări', 'Dornmühle', 'Ekeby', 'Fontanara', 'Gölpınar', 'Hautesource',
                  'Ínsua', 'Järvenpuro', 'Kútfalva', 'Lindenquell', 'Modrá Voda', 'Nørrekilde', 'Ostwerder',
                  'Pozuelo Alto'])
         WITH ORDINALITY AS regions (code, name, row_no),
     LATERAL (SELECT pg_temp.pick(row_no, 200, 400)) AS elevation (low);

INSERT INTO registry.municipality (region_code, municipality_no, name, town_hall_phone)
SELECT code, m,
       pg_temp.word(row_no * 100 + m, 201, '{Nieder,Ober,Mittel,Neu,Alt,Groß,Klein,Sankt-}')
       || pg_temp.word(row_no * 100 + m, 202, '{brunn,bach,quell,mühl,werder,born,see,au,furt,weiler,thal,kirchen}')
       || ' ' || m,
       CASE WHEN m % 6 <> 0 THEN pg_temp.phone(row_no * 100 + m) END
FROM (SELECT code, ascii(code) * 3 + ascii(substr(code, 2)) AS row_no FROM registry.region) AS regions,
     generate_series(1, 25) AS m;

INSERT INTO registry.aquifer (id, code, name, part_of_id, rocks, depth_m, confined)
SELECT a, 'AQ-' || to_char(a, 'FM000'),
       pg_temp.word(a, 210, '{Upper,Lower,Middle,Deep,Great,Lesser}') || ' ' || pg_temp.city(a) || ' '
       || pg_temp.word(a, 211, '{Gravel,Karst,Sandstone,Chalk,Molasse}'),
       CASE WHEN a > 6 THEN 1 + pg_temp.pick(a, 212, a / 3) END,
       (ARRAY['gravel', 'sand', 'sandstone', 'limestone', 'chalk', 'basalt'])[1 + a % 4 : 2 + a % 5],
       numrange(a % 7 * 10, a % 7 * 10 + 20 + pg_temp.pick(a, 213, 90)),
       CASE WHEN a % 8 <> 0 THEN pg_temp.chance(a, 214, 40) END
FROM generate_series(1, 60) AS a;

INSERT INTO registry."Schutzgebiet" ("Nr", "Name", "Zone", "gültig ab", "Größe_ha")
SELECT 7000 + z, 'Wasserschutzgebiet ' || pg_temp.city(z) || ' ' || z,
       (ARRAY['I', 'II', 'III', 'IIIA', 'IIIB'])[1 + z % 5],
       date '1975-05-01' + pg_temp.pick(z, 220, 17000),
       CASE WHEN z % 10 <> 0 THEN pg_temp.pick(z, 221, 30000) * 0.1 END
FROM generate_series(1, 120) AS z;

INSERT INTO registry.owner (id, kind, first_name, last_name, company_name, email, phone, birth_date, street,
                            postcode, city, preferences, notes, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT o, kind, pg_temp.first_name(o), pg_temp.last_name(o),
       CASE kind WHEN 'company' THEN pg_temp.company(o) WHEN 'municipality' THEN 'Municipality of ' || pg_temp.city(o)
                 WHEN 'cooperative' THEN 'Water Cooperative ' || pg_temp.city(o) || ' ' || o END,
       CASE WHEN pg_temp.chance(o, 231, 62)
            THEN pg_temp.email(o, pg_temp.word(o, 232, '{example.com,example.org,example.net}')) END,
       CASE WHEN pg_temp.chance(o, 233, 75) THEN pg_temp.phone(o) END,
       CASE WHEN kind = 'person' AND pg_temp.chance(o, 234, 90)
            THEN date '1930-01-01' + pg_temp.pick(o, 235, 27000) END,
       pg_temp.street(o), to_char(10000 + pg_temp.pick(o, 236, 89999), 'FM00000'), pg_temp.city(o),
       CASE WHEN o % 3 = 0 THEN '{}'::jsonb
            ELSE jsonb_build_object('newsletter', o % 2 = 0, 'language', pg_temp.word(o, 237, '{de,en,fr,sv,tr}')) END,
       CASE WHEN pg_temp.chance(o, 238, 12)
            THEN 'Reached through ' || pg_temp.full_name(o + 1000000) || ' (' || pg_temp.phone(o + 1000000) || '), '
                 || pg_temp.word(o, 239, '{neighbour,daughter,solicitor,tenant,"former owner","100% certain?"}') END,
       timestamptz '2019-03-01 08:00+00' + make_interval(secs => o * 3671 % 170000000),
       timestamptz '2024-09-01 08:00+00' + make_interval(secs => pg_temp.pick(o, 240, 20000000))
FROM (SELECT o, CASE WHEN o <= 20 OR pg_temp.chance(o, 230, 3) THEN 'municipality'
                     WHEN pg_temp.chance(o, 230, 18) THEN 'company' WHEN pg_temp.chance(o, 230, 21) THEN 'cooperative'
                     ELSE 'person' END::registry.owner_kind AS kind
      FROM generate_series(1, pg_temp.scaled(45000)) AS o) AS owners;

INSERT INTO registry.driller (id, name, address, contact_name, email, phone, methods, hourly_rate, active)
SELECT d, pg_temp.company(d),
       ROW (pg_temp.street(d), to_char(10000 + d * 37 % 90000, 'FM00000'), pg_temp.city(d))::registry.postal_address,
       CASE WHEN d % 5 <> 0 THEN pg_temp.full_name(d + 2000000) END,
       pg_temp.email(d + 2000000, 'drilling.example.com'), pg_temp.phone(d + 2000000),
       (ARRAY['percussion', 'rotary', 'auger', 'down-the-hole hammer', 'sonic'])[1 + d % 3 : 2 + d % 4],
       CASE WHEN d % 4 <> 0 THEN 60 + pg_temp.pick(d, 250, 12000) * 0.01 END,
       d % 7 <> 0
FROM generate_series(1, 40 + pg_temp.scaled(260)) AS d;

-- One licence follows another; the last one runs on.
INSERT INTO registry.driller_licence (driller_id, licence_no, class, valid)
SELECT d, 'DL/' || d || '/' || n, (ARRAY['A', 'B', 'C'])[1 + (d + n) % 3],
       daterange(first_day + n * 2000, CASE WHEN n < last THEN first_day + (n + 1) * 2000 END)
FROM generate_series(1, 40 + pg_temp.scaled(260)) AS d,
     LATERAL (SELECT date '2005-01-01' + (d % 90)::integer, pg_temp.pick(d, 251, 4)) AS licences (first_day, last),
     generate_series(0, last) AS n;

INSERT INTO registry.lithology (code, name, "group", colour)
SELECT upper(left(name, 3)) || row_no, name,
       (ARRAY['soil', 'loose rock', 'sedimentary', 'crystalline'])[1 + (row_no::integer - 1) / 6],
       (row_no::integer * 654321)::bit(24)
FROM unnest(ARRAY['topsoil', 'fill', 'loam', 'peat', 'loess', 'marl',
                  'clay', 'silt', 'fine sand', 'coarse sand', 'gravel', 'moraine',
                  'sandstone', 'siltstone', 'limestone', 'dolomite', 'chalk', 'shale',
                  'granite', 'gneiss', 'basalt', 'schist', 'quartzite', 'weathered rock'])
     WITH ORDINALITY AS rocks (name, row_no);
