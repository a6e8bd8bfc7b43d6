-- What:         take an advisory lock of the session in this database, or say who holds it
-- Parameters:   key (str)  SQL of the lock's number, a bigint
-- Transaction:  no
-- Repeatable:   yes
-- Why:          a killed run's ends with its connection. Who holds it may take it for a transaction, too.

SELECT
    l.is_taken,
    h.pid, h.application_name, h.usename AS user, h.client_addr::text AS address, h.backend_start::timestamptz(0)::text AS since
FROM (SELECT pg_catalog.pg_try_advisory_lock({{ key | sql }}) AS is_taken) AS l
LEFT JOIN LATERAL (
    SELECT a.*
    FROM pg_catalog.pg_locks AS k
    JOIN pg_catalog.pg_stat_activity AS a ON a.pid = k.pid
    WHERE NOT l.is_taken AND k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
      AND k.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND (k.classid::bigint << 32 | k.objid::bigint) = {{ key | sql }}
    LIMIT 1
) AS h ON true;
