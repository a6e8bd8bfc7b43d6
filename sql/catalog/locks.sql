-- What:         how many relations the chosen schemas hold, indexes and TOAST tables included: each takes a lock
-- Parameters:   schemas (list)  schemas to look into; empty means all but the system's
-- Transaction:  no
-- Repeatable:   yes

SELECT pg_catalog.count(*) + pg_catalog.count(*) FILTER (WHERE c.reltoastrelid <> 0) * 2 AS locks
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE {% include "catalog/chosen.sql" %};
