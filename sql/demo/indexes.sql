-- What:         add the indexes: one for each foreign key that no other index serves, and those that queries want
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

CREATE INDEX ON registry.aquifer (part_of_id);
CREATE INDEX ON registry.driller_licence (driller_id);
CREATE INDEX ON registry.well (region_code, municipality_no);
CREATE INDEX ON registry.well (owner_id);
CREATE INDEX ON registry.well (driller_id);
CREATE INDEX ON registry.well (aquifer_id);
CREATE INDEX ON registry.well (replaces_well_id) WHERE replaces_well_id IS NOT NULL;
CREATE INDEX ON registry.well (current_inspection_id);
CREATE INDEX ON registry.inspection (well_id, inspected_on DESC);
CREATE INDEX ON registry.inspection (inspector_id);
CREATE INDEX ON registry.lithology_layer (lithology_code);
CREATE INDEX ON registry.screen (layer_well_id, layer_depth_no);
CREATE INDEX ON registry.screen (aquifer_id);
CREATE INDEX ON registry.pump (well_id);
CREATE INDEX ON registry.well_ownership (owner_id);
CREATE INDEX ON registry.well_zone ("Gebiet_Nr");
CREATE INDEX ON registry.permit (well_no);
CREATE INDEX ON registry.permit (owner_id);
CREATE INDEX ON registry.document (well_id);
CREATE INDEX ON registry.document (uploaded_by);
CREATE INDEX ON registry.water_level_remark (well_id, measured_at);
CREATE INDEX ON registry.water_level_remark (author_id);
CREATE INDEX ON registry.logger_message (well_id);
CREATE INDEX ON staff.department (part_of_id);
CREATE INDEX ON staff.department (head_id);
CREATE INDEX ON staff.employee (department_id);
CREATE INDEX ON staff.employee (post_code);
CREATE INDEX ON staff.employee (manager_id);
CREATE INDEX ON staff.absence (employee_id);
CREATE INDEX ON lab.method (laboratory_id);
CREATE INDEX ON lab.sample (taken_by_id);
CREATE INDEX ON lab.sample (laboratory_id);
CREATE INDEX ON lab.analysis (parameter_code, method_no);
CREATE INDEX ON lab.analysis (approved_by_id);

-- What people look for.
CREATE INDEX owner_name ON registry.owner (lower(last_name), lower(first_name));
CREATE INDEX owner_email ON registry.owner (lower(email::text)) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX well_ownership_current ON registry.well_ownership (well_id) INCLUDE (owner_id) WHERE until IS NULL;
CREATE UNIQUE INDEX employee_active_email ON staff.employee (lower(email::text)) WHERE left_on IS NULL;
CREATE INDEX "well Verwendung" ON registry.well USING gin (uses);
CREATE INDEX well_attributes ON registry.well USING gin (attributes jsonb_path_ops);
CREATE INDEX well_place ON registry.well USING gist (place);
CREATE INDEX well_open ON registry.well (status, updated_at DESC NULLS LAST) WHERE status IN ('planned', 'drilling');
CREATE INDEX permit_valid ON registry.permit USING gist (valid);
CREATE INDEX water_level_time ON registry.water_level USING brin (measured_at);
CREATE INDEX document_sha256 ON registry.document USING hash (sha256);

-- Municipalities lie in one region each: without this the planner multiplies their shares.
CREATE STATISTICS registry.well_location (dependencies, ndistinct) ON region_code, municipality_no FROM registry.well;
ALTER TABLE registry.well ALTER COLUMN owner_id SET STATISTICS 500;
