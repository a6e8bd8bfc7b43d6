-- What:         fill the wells, the layers they went through, and their casings, screens, pumps and owners over time
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

-- Every 25th well replaces the one 25 before it, in chains up to 40 long; one driller has every third well.
INSERT INTO registry.well (id, well_no, public_id, status, region_code, municipality_no, owner_id, driller_id,
                           aquifer_id, replaces_well_id, current_inspection_id, drilled_on, depth_m, place, uses,
                           attributes, remarks, updated_at)
SELECT w, 'W' || to_char(w, 'FM0000000'),
       encode(substring(sha256(int8send(w)) FOR 16), 'hex')::uuid,
       CASE WHEN pg_temp.chance(w, 300, 2) THEN 'planned' WHEN pg_temp.chance(w, 301, 1) THEN 'drilling'
            WHEN pg_temp.chance(w, 302, 68) THEN 'active' WHEN pg_temp.chance(w, 303, 50) THEN 'inactive'
            WHEN pg_temp.chance(w, 304, 80) THEN 'sealed' ELSE 'lost' END::registry.well_status,
       codes[1 + least(pg_temp.pick(w, 305, 16), pg_temp.pick(w, 306, 16))], 1 + pg_temp.pick(w, 307, 25),
       CASE WHEN NOT pg_temp.chance(w, 308, 4) THEN pg_temp.owner_of(w, 0) END,
       CASE WHEN pg_temp.chance(w, 309, 9) THEN NULL WHEN pg_temp.chance(w, 310, 36) THEN 1
            WHEN pg_temp.chance(w, 311, 20) THEN 2
            ELSE 1 + pg_temp.pick(w, 312, 40 + pg_temp.scaled(260)) END,
       CASE WHEN pg_temp.chance(w, 313, 71) THEN 1 + pg_temp.pick(w, 314, 60) END,
       CASE WHEN w % 25 = 0 AND w % 1000 <> 0 AND w > 25 THEN w - 25 END,
       inspections.latest,
       CASE WHEN NOT pg_temp.chance(w, 300, 2) AND NOT pg_temp.chance(w, 315, 6) THEN pg_temp.drilled_on(w) END,
       pg_temp.depth_m(w),
       point(8 + pg_temp.pick(w, 316, 700000) * 0.00001, 47 + pg_temp.pick(w, 317, 700000) * 0.00001),
       CASE WHEN w % 13 = 0 THEN '{}'::text[]
            ELSE (ARRAY['drinking water', 'irrigation', 'livestock', 'cooling', 'heat pump', 'monitoring'])
                 [1 + w % 5 : 1 + w % 7] END,
       jsonb_strip_nulls(jsonb_build_object(
           'yield_m3_h', CASE WHEN pg_temp.chance(w, 318, 60) THEN pg_temp.pick(w, 319, 900) * 0.1 END,
           'artesian', CASE WHEN pg_temp.chance(w, 320, 3) THEN true END,
           'survey', CASE WHEN w % 9 = 0
                          THEN jsonb_build_object('by', pg_temp.full_name(w + 3000000), 'year', 1990 + w % 34) END)),
       CASE WHEN pg_temp.chance(w, 321, 7)
            THEN 'Key with ' || pg_temp.full_name(w + 4000000) || ', ' || pg_temp.street(w + 4000000) END,
       timestamptz '2023-01-01 00:00+00' + make_interval(secs => pg_temp.pick(w, 322, 60000000))
FROM generate_series(1, pg_temp.scaled(60000)) AS w
     CROSS JOIN (SELECT array_agg(code ORDER BY code) AS codes FROM registry.region) AS regions
     LEFT JOIN (SELECT well_id, max(id) AS latest FROM registry.inspection GROUP BY well_id) AS inspections
     ON inspections.well_id = w;

-- Layers grow thicker with depth: of n, layer i ends at i(i + 1) / n(n + 1) of the depth.
INSERT INTO registry.lithology_layer (well_id, depth_no, lithology_code, top_m, bottom_m, description)
SELECT w, i, codes[CASE WHEN i = 1 THEN 1 + pg_temp.pick(w, 330, 4) ELSE 4 + pg_temp.pick(w * 16 + i, 331, 21) END],
       round(depth * ((i - 1) * i) / (layers * (layers + 1)), 2),
       round(depth * (i * (i + 1)) / (layers * (layers + 1)), 2),
       CASE WHEN pg_temp.chance(w * 16 + i, 332, 35)
            THEN pg_temp.word(w * 16 + i, 333, '{"water-bearing, grey",dense,"with roots",weathered,
"loss of circulation","few fossils","colour changes to \"rust\"",plastic,"fractured, calcite in joints",
"wet below 3/4"}') END
FROM generate_series(1, pg_temp.scaled(60000)) AS w
     CROSS JOIN (SELECT array_agg(code ORDER BY colour) AS codes FROM registry.lithology) AS lithology,
     LATERAL (SELECT pg_temp.layer_count(w), pg_temp.depth_m(w)) AS profile (layers, depth),
     generate_series(1, layers) AS i;

INSERT INTO registry.casing (well_id, casing_no, material, diameter_mm, extent_m)
SELECT w, i, pg_temp.word(w, 340, '{steel,PVC-U,PVC-U,"stainless steel",concrete,wood}'), 600 - i * 125 - w % 4 * 25,
       numrange(0, round(depth * i / (casings + 1), 1), '[]')
FROM generate_series(1, pg_temp.scaled(60000)) AS w,
     LATERAL (SELECT pg_temp.pick(w, 341, 4), pg_temp.depth_m(w)) AS profile (casings, depth),
     generate_series(1, casings) AS i;

-- The lowest screen of a well with a log stands in its last layer; of the others nobody knows the layer.
INSERT INTO registry.screen (well_id, screen_no, layer_well_id, layer_depth_no, aquifer_id, extent_m, slot_mm)
SELECT w, i,
       CASE WHEN i = 1 AND layers > 0 THEN w END, CASE WHEN i = 1 AND layers > 0 THEN layers END,
       CASE WHEN pg_temp.chance(w * 4 + i, 350, 55) THEN 1 + pg_temp.pick(w * 4 + i, 351, 60) END,
       numrange(round(depth * (10 - 2 * i) / 10, 1), round(depth * (11 - 2 * i) / 10, 1), '[]'),
       CASE WHEN pg_temp.chance(w * 4 + i, 352, 80) THEN 0.25 * (1 + pg_temp.pick(w * 4 + i, 353, 12)) END
FROM generate_series(1, pg_temp.scaled(60000)) AS w,
     LATERAL (SELECT pg_temp.layer_count(w), pg_temp.depth_m(w)) AS profile (layers, depth),
     generate_series(1, CASE WHEN pg_temp.chance(w, 354, 10) THEN 0
                             WHEN pg_temp.chance(w, 355, 65) THEN 1 ELSE 2 END) AS i;

INSERT INTO registry.pump (id, well_id, serial_no, maker, power_kw, depth_m, installed, maintenance_every)
OVERRIDING SYSTEM VALUE
SELECT p, well, encode(substring(sha256(int8send(p)) FROM 17), 'hex')::uuid,
       pg_temp.word(p, 360, '{Pumpenwerk,Aquavif,Källa,Hydrostat,"Żuraw & Syn"}'),
       0.37 * (1 + pg_temp.pick(p, 361, 60)),
       CASE WHEN p % 5 <> 0 THEN round(pg_temp.depth_m(well) * 0.8, 2) END,
       daterange(date '1990-01-01' + pg_temp.pick(p, 362, 9000),
                 CASE WHEN pg_temp.chance(p, 363, 30) THEN date '2016-01-01' + pg_temp.pick(p, 364, 3300) END),
       CASE WHEN pg_temp.chance(p, 365, 45) THEN make_interval(months => 6 * (1 + pg_temp.pick(p, 366, 8))) END
FROM generate_series(1, pg_temp.scaled(40000)) AS p,
     LATERAL (SELECT 1 + pg_temp.pick(p, 367, pg_temp.scaled(60000))) AS wells (well);

-- The owner of today since the last sale, and before that up to two others.
INSERT INTO registry.well_ownership (well_id, since, owner_id, until, share_percent)
SELECT w, date '2024-06-01' - (tenure + 1) * 4000 + (w % 3000)::integer, pg_temp.owner_of(w, tenure),
       CASE WHEN tenure > 0 THEN date '2024-06-01' - tenure * 4000 + (w % 3000)::integer END,
       CASE WHEN w % 31 = 0 THEN 50 ELSE 100 END
FROM generate_series(1, pg_temp.scaled(60000)) AS w,
     generate_series(0, CASE WHEN pg_temp.chance(w, 370, 20) THEN 2
                             WHEN pg_temp.chance(w, 371, 10) THEN 1 ELSE 0 END) AS tenure
WHERE NOT pg_temp.chance(w, 308, 4);

INSERT INTO registry.well_zone (well_id, "Gebiet_Nr")
SELECT w, 7001 + (pg_temp.pick(w, 380, 60) + 60 * i)
FROM generate_series(1, pg_temp.scaled(60000)) AS w,
     generate_series(0, CASE WHEN w % 7 = 0 THEN 1 ELSE 0 END) AS i
WHERE pg_temp.chance(w, 381, 22);
