-- What:         fill the inspections and what they found; before the wells, each of which names its latest
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

INSERT INTO registry.inspection (id, well_id, inspector_id, external_inspector, inspected_on, result, measured,
                                 notes, thumbnail)
OVERRIDING SYSTEM VALUE
SELECT id, well, inspector, CASE WHEN inspector IS NULL THEN pg_temp.full_name(id + 7000000) END, inspected_on,
       CASE WHEN pg_temp.chance(id, 400, 55) THEN 'pass' WHEN pg_temp.chance(id, 401, 66) THEN 'pass with remarks'
            ELSE 'fail' END::registry.inspection_result,
       CASE WHEN pg_temp.chance(id, 402, 65)
            THEN jsonb_build_object('ph', 6 + pg_temp.pick(id, 403, 250) * 0.01,
                                    'conductivity', 200 + pg_temp.pick(id, 404, 1500),
                                    'lid', pg_temp.word(id, 405, '{ok,loose,missing}')) END,
       CASE WHEN pg_temp.chance(id, 406, 30)
            THEN 'Opened by ' || pg_temp.full_name(id + 8000000)
                 || pg_temp.word(id, 407, '{", who asked for a copy.",". Dog on the premises.",". Call before coming: ",
". Said the pump was changed; see C:\\\\scans\\\\2021."}')
                 || CASE WHEN pg_temp.chance(id, 408, 40) THEN pg_temp.phone(id + 8000000) ELSE '' END END,
       CASE WHEN pg_temp.chance(id, 409, 15) THEN '\xffd8ffe0'::bytea || sha256(int8send(id)) END
FROM (SELECT row_number() OVER (ORDER BY w, n) AS id, w AS well,
             pg_temp.drilled_on(w) + (date '2025-03-01' - pg_temp.drilled_on(w)) * n / (visits + 1) AS inspected_on,
             CASE WHEN NOT pg_temp.chance(w * 8 + n, 410, 6)
                  THEN 1 + least(pg_temp.pick(w * 8 + n, 411, pg_temp.employee_count()),
                                 pg_temp.pick(w * 8 + n, 412, pg_temp.employee_count())) END AS inspector
      FROM generate_series(1, pg_temp.scaled(60000)) AS w,
           LATERAL (SELECT pg_temp.pick(w, 413, 5) + CASE WHEN w % 12 = 0 THEN 2 ELSE 0 END) AS plan (visits),
           generate_series(1, visits) AS n) AS visits;

INSERT INTO registry.inspection_finding (inspection_id, finding_no, severity, finding, fixed_on)
SELECT id, n, 1 + least(pg_temp.pick(id * 4 + n, 420, 5), pg_temp.pick(id * 4 + n, 421, 5)),
       pg_temp.word(id * 4 + n, 422, '{"casing corroded","well head not locked","annular seal missing",
"nitrate source nearby","no access","pump leaks oil","unreadable plate","wrong coordinates",
"cover cracked; children play here"}'),
       CASE WHEN pg_temp.chance(id * 4 + n, 423, 70) THEN inspected_on + 3 + pg_temp.pick(id * 4 + n, 424, 400) END
FROM registry.inspection,
     generate_series(1, 1 + pg_temp.pick(id, 425, 3)) AS n
WHERE result <> 'pass';
