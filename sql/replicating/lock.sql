-- What:         take the lock that only one replication may hold in this database, or say who holds it
-- Parameters:   none
-- Transaction:  no
-- Repeatable:   yes
-- Why:          an advisory lock of the session: a killed run's ends with its connection. The steps' functions take it
--               for their transaction, which the session that holds it may.

SELECT
    l.is_taken,
    h.pid, h.application_name, h.usename AS user, h.client_addr::text AS address, h.backend_start::timestamptz(0)::text AS since
FROM (SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('devdb replicate', 0)) AS is_taken) AS l
LEFT JOIN LATERAL (
    SELECT a.*
    FROM pg_catalog.pg_locks AS k
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = k.pid
    WHERE NOT l.is_taken AND k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
      AND k.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND (k.classid::bigint << 32 | k.objid::bigint) = pg_catalog.hashtextextended('devdb replicate', 0)
    LIMIT 1
) AS h ON true;
