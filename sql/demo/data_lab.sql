-- What:         fill laboratories, parameters, methods, samples and what was found in them
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

INSERT INTO lab.laboratory (id, name, accredited, contact_name, contact_email)
SELECT l, 'Labor ' || pg_temp.city(l) || ' ' || l, l % 4 <> 0, pg_temp.full_name(l + 9500000),
       CASE WHEN l % 5 <> 0 THEN pg_temp.email(l + 9500000, 'lab.example.net') END
FROM generate_series(1, 12) AS l;

INSERT INTO lab.parameter (code, name, unit, "CAS-Nr.", allowed)
VALUES ('pH', 'pH value', '1', NULL, '[6.5,9.5]'),
       ('EC', 'Conductivity', 'µS/cm', NULL, '[,2790]'),
       ('NO3', 'Nitrate', 'mg/l', '14797-55-8', '[,50]'),
       ('NO2', 'Nitrite', 'mg/l', '14797-65-0', '[,0.5]'),
       ('NH4', 'Ammonium', 'mg/l', '14798-03-9', '[,0.5]'),
       ('Cl', 'Chloride', 'mg/l', '16887-00-6', '[,250]'),
       ('SO4', 'Sulphate', 'mg/l', '14808-79-8', '[,250]'),
       ('Fe', 'Iron', 'mg/l', '7439-89-6', '[,0.2]'),
       ('Mn', 'Manganese', 'mg/l', '7439-96-5', '[,0.05]'),
       ('As', 'Arsenic', 'µg/l', '7440-38-2', '[,10]'),
       ('U', 'Uranium', 'µg/l', '7440-61-1', '[,10]'),
       ('Ecoli', 'E. coli', '1/100 ml', NULL, '[,0]'),
       ('hardness', 'Hardness', '°dH', NULL, NULL),
       ('O2', 'Oxygen, dissolved', 'mg/l', '7782-44-7', NULL);

-- Parameters by their number, for arithmetic; only this file needs it.
CREATE TEMPORARY TABLE numbered_parameter AS
SELECT code, row_number() OVER (ORDER BY code COLLATE "C") AS number
FROM lab.parameter;

INSERT INTO lab.method (parameter_code, method_no, laboratory_id, name, detection_limit)
SELECT code, m, 1 + pg_temp.pick(number * 4 + m, 700, 12), 'DIN ' || 38400 + number * 4 + m,
       CASE WHEN code NOT IN ('pH', 'EC') THEN (1 + pg_temp.pick(number * 4 + m, 701, 50)) * 0.001 END
FROM numbered_parameter,
     generate_series(1, 1 + number % 3) AS m;

INSERT INTO lab.sample (well_id, depth_no, sample_no, taken_by_id, laboratory_id, taken_at, field_values, remark)
SELECT w, 1 + pg_temp.pick(w * 8 + s, 710, pg_temp.layer_count(w)), s,
       CASE WHEN pg_temp.chance(w * 8 + s, 711, 88) THEN 1 + pg_temp.pick(w * 8 + s, 712, pg_temp.employee_count()) END,
       CASE WHEN pg_temp.chance(w * 8 + s, 713, 95) THEN 1 + pg_temp.pick(w * 8 + s, 714, 12) END,
       timestamptz '2012-04-02 08:00+00' + make_interval(days => s * 550 + pg_temp.pick(w * 8 + s, 715, 500),
                                                              secs => w % 480 * 60),
       CASE WHEN pg_temp.chance(w * 8 + s, 716, 75)
            THEN jsonb_build_object('t', 8 + pg_temp.pick(w * 8 + s, 717, 60) * 0.1,
                                    'smell', CASE WHEN w % 17 = 0 THEN 'sulphur' END) END,
       CASE WHEN pg_temp.chance(w * 8 + s, 718, 6) THEN 'Handed over by ' || pg_temp.full_name(w + 9700000) END
FROM generate_series(1, pg_temp.scaled(60000)) AS w,
     generate_series(1, 1 + pg_temp.pick(w, 719, 5)) AS s
WHERE pg_temp.layer_count(w) > 0
  AND pg_temp.chance(w, 720, 30);

-- A sample is analysed for about half of the parameters.
INSERT INTO lab.analysis (well_id, depth_no, sample_no, parameter_code, method_no, value, below_limit, approved_by_id)
SELECT well_id, depth_no, sample_no, code, 1 + test % (1 + number % 3),
       CASE WHEN NOT pg_temp.chance(test, 730, 18)
            THEN pg_temp.pick(test, 731, 1000) * pg_temp.pick(test, 732, 100) / (number * 320.0) END,
       pg_temp.chance(test, 730, 18),
       CASE WHEN pg_temp.chance(test, 733, 90) THEN 1 + pg_temp.pick(test, 734, 20) END
FROM lab.sample,
     numbered_parameter,
     LATERAL (SELECT (well_id * 8 + sample_no) * 16 + number) AS tests (test)
WHERE pg_temp.chance(test, 735, 46);

DROP TABLE numbered_parameter;
