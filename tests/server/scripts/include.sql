\set where 'tests/server/scripts/parts'
SET client_min_messages = warning;
\i :where/one.sql
\ir parts/one.sql
\ir 'parts/deeper/three.sql'
SELECT 1 AS before
\ir parts/fragment.sql
, 3 AS after;
\include_relative parts/quits.sql
\include 'tests/server/scripts/parts/deeper/three.sql'
\echo done :from_one
