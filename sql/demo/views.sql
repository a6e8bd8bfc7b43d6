-- What:         create the views, plain and materialized, several of them on top of others
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

CREATE VIEW registry.active_well AS
SELECT w.id, w.well_no, w.region_code, w.municipality_no, w.depth_m, w.drilled_on, w.owner_id, o.display_name AS owner,
       w.aquifer_id, w.current_inspection_id
FROM registry.well AS w
     LEFT JOIN registry.owner AS o ON o.id = w.owner_id
WHERE w.status = 'active';

CREATE VIEW registry.well_overview AS
SELECT a.id, a.well_no, a.owner, r.name AS region, m.name AS municipality, a.depth_m, i.inspected_on, i.result,
       COALESCE((e.first_name || ' ') || e.last_name, i.external_inspector) AS inspector
FROM registry.active_well AS a
     JOIN registry.region AS r ON r.code = a.region_code
     JOIN registry.municipality AS m USING (region_code, municipality_no)
     LEFT JOIN registry.inspection AS i ON i.id = a.current_inspection_id
     LEFT JOIN staff.employee AS e ON e.id = i.inspector_id;

CREATE VIEW registry.overdue_inspection WITH (security_barrier = true) AS
SELECT id, well_no, owner, municipality, inspected_on
FROM registry.well_overview
WHERE inspected_on IS NULL
   OR inspected_on < date '2022-01-01';

CREATE VIEW registry.well_lineage AS
WITH RECURSIVE lineage (well_id, ancestor_id, generation) AS (
    SELECT id, replaces_well_id, 1
    FROM registry.well
    WHERE replaces_well_id IS NOT NULL
    UNION ALL
    SELECT l.well_id, w.replaces_well_id, l.generation + 1
    FROM lineage AS l
         JOIN registry.well AS w ON w.id = l.ancestor_id
    WHERE w.replaces_well_id IS NOT NULL
)
SELECT well_id, ancestor_id, generation
FROM lineage;

CREATE VIEW registry.granted_permit AS
SELECT id, permit_no, well_no, owner_id, volume_m3_a, valid, status
FROM registry.permit
WHERE status = 'granted'
WITH CASCADED CHECK OPTION;

CREATE VIEW staff."Telefonbuch" AS
SELECT e.id, e.last_name, e.first_name, e.phone, e.email, d.name AS department
FROM staff.employee AS e
     JOIN staff.department AS d ON d.id = e.department_id
WHERE e.left_on IS NULL;

CREATE VIEW lab.exceedance AS
SELECT a.well_id, a.depth_no, a.sample_no, p.name AS parameter, a.value, p.unit, p.allowed
FROM lab.analysis AS a
     JOIN lab.parameter AS p ON p.code = a.parameter_code
WHERE NOT a.below_limit
  AND NOT p.allowed @> a.value::numeric;

-- A materialized view on a view on a materialized view: refreshed in this order or wrong.
CREATE MATERIALIZED VIEW registry.region_statistics AS
SELECT region_code, count(*) AS wells, count(DISTINCT owner_id) AS owners, round(avg(depth_m), 2) AS mean_depth_m,
       max(depth_m::numeric) AS deepest_m
FROM registry.active_well
GROUP BY region_code;

CREATE UNIQUE INDEX region_statistics_region ON registry.region_statistics (region_code);

CREATE VIEW registry.region_rank AS
SELECT r.name, s.*, rank() OVER (ORDER BY s.wells DESC) AS place
FROM registry.region_statistics AS s
     JOIN registry.region AS r ON r.code = s.region_code;

CREATE MATERIALIZED VIEW lab.region_quality AS
SELECT k.region_code, k.name AS region, k.place, count(*) AS exceedances, count(DISTINCT x.parameter) AS parameters
FROM registry.region_rank AS k
     JOIN registry.well AS w ON w.region_code = k.region_code
     JOIN lab.exceedance AS x ON x.well_id = w.id
GROUP BY k.region_code, k.name, k.place;

CREATE UNIQUE INDEX region_quality_region ON lab.region_quality (region_code);

CREATE MATERIALIZED VIEW registry.yearly_level AS
SELECT well_id, extract(year FROM measured_at AT TIME ZONE 'UTC')::smallint AS year, min(level_m) AS highest_m,
       max(level_m) AS lowest_m, count(*) AS readings
FROM registry.water_level
GROUP BY 1, 2;

CREATE UNIQUE INDEX yearly_level_well ON registry.yearly_level (well_id, year);
