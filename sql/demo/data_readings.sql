-- What:         fill the water levels of the monitored wells (every twelfth), remarks on them, and loggers' messages
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

-- Eleven years of months. High in spring, low in autumn, sinking slowly; broken probes say NaN.
INSERT INTO registry.water_level (well_id, measured_at, level_m, temperature_c, quality)
SELECT w, timestamptz '2014-07-01 05:00+00' + make_interval(months => m, hours => pg_temp.pick(w * 256 + m, 500, 600)),
       round(pg_temp.depth_m(w) * 0.3 + abs((m + 2) % 12 - 6) * 0.15 + m * 0.004
             + pg_temp.pick(w * 256 + m, 501, 400) * 0.001, 3),
       CASE WHEN pg_temp.chance(w * 256 + m, 502, 2) THEN 'NaN'::real
            WHEN pg_temp.chance(w, 503, 80) THEN (80 + pg_temp.pick(w * 256 + m, 504, 60)) * 0.1 END,
       (ARRAY['A', 'A', 'A', 'B', 'C']::"char"[])[1 + pg_temp.pick(w * 256 + m, 505, 5)]
FROM generate_series(12, pg_temp.scaled(60000), 12) AS w,
     generate_series(0, 131) AS m
WHERE NOT pg_temp.chance(w * 256 + m, 506, 8);

INSERT INTO registry.water_level_remark (id, well_id, measured_at, author_id, remark)
SELECT row_number() OVER (ORDER BY well_id, measured_at), well_id, measured_at,
       CASE WHEN well_id % 5 <> 0 THEN 1 + pg_temp.pick(hour, 510, pg_temp.employee_count()) END,
       pg_temp.word(hour, 511, '{"probe replaced","pumping nearby","read by hand","outlier?","reported by "}')
       || CASE WHEN pg_temp.chance(hour, 512, 30) THEN ' ' || pg_temp.full_name(hour) ELSE '' END
FROM registry.water_level,
     LATERAL (SELECT well_id * 1000003 + extract(epoch FROM measured_at)::bigint / 3600) AS hours (hour)
WHERE pg_temp.pick(hour, 513, 1000) < 13;

-- Message 50n is message 50n - 1 once more.
INSERT INTO registry.logger_message (received_at, logger, well_id, payload, raw)
SELECT timestamptz '2025-06-01 00:00+00' + make_interval(secs => n * 31), 'LG-' || to_char(n % 997, 'FM0000'),
       CASE WHEN NOT pg_temp.chance(n, 520, 15) THEN 1 + pg_temp.pick(n, 521, pg_temp.scaled(60000)) END,
       CASE WHEN NOT pg_temp.chance(n, 522, 5)
            THEN jsonb_build_object('v', 3 + pg_temp.pick(n, 523, 100) * 0.01,
                                    'p', jsonb_build_array(n % 71, n % 73, n % 79)) END,
       CASE WHEN pg_temp.chance(n, 524, 40) THEN '\x007f'::bytea || int8send(n) END
FROM (SELECT number - CASE WHEN number % 50 = 0 THEN 1 ELSE 0 END AS n
      FROM generate_series(1, pg_temp.scaled(90000)) AS number) AS messages;
