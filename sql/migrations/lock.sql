-- What:         take the lock that Flyway holds while it applies migrations, or say who holds it
-- Parameters:   number (int)  the lock's
-- Transaction:  no
-- Repeatable:   yes
-- Why:          Flyway's is of a transaction or of a session, which exclude each other; this one ends with its connection

SELECT l.is_taken, h.pid, h.application_name, h.usename AS user
FROM (SELECT pg_catalog.pg_try_advisory_lock({{ number | literal }}::bigint) AS is_taken) AS l
LEFT JOIN LATERAL (
    SELECT a.*
    FROM pg_catalog.pg_locks AS k
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = k.pid
    WHERE NOT l.is_taken AND k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
      AND k.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND (k.classid::bigint << 32 | k.objid::bigint) = {{ number | literal }}::bigint
    LIMIT 1
) AS h ON true;
