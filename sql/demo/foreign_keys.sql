-- What:         add the foreign keys: composite, self-referring, in cycles, between schemas, from and to partitions
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

ALTER TABLE registry.municipality ADD FOREIGN KEY (region_code) REFERENCES registry.region (code);
ALTER TABLE registry.aquifer ADD FOREIGN KEY (part_of_id) REFERENCES registry.aquifer (id);
ALTER TABLE registry.driller_licence ADD FOREIGN KEY (driller_id) REFERENCES registry.driller (id) ON DELETE CASCADE;

-- A well names its current inspection, the inspection its well.
ALTER TABLE registry.well
    ADD FOREIGN KEY (region_code, municipality_no)
        REFERENCES registry.municipality (region_code, municipality_no) ON UPDATE CASCADE,
    ADD FOREIGN KEY (owner_id) REFERENCES registry.owner (id) ON DELETE SET NULL,
    ADD FOREIGN KEY (driller_id) REFERENCES registry.driller (id),
    ADD FOREIGN KEY (aquifer_id) REFERENCES registry.aquifer (id),
    ADD FOREIGN KEY (replaces_well_id) REFERENCES registry.well (id),
    ADD FOREIGN KEY (current_inspection_id) REFERENCES registry.inspection (id) DEFERRABLE;
ALTER TABLE registry.inspection
    ADD FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (inspector_id) REFERENCES staff.employee (id);
ALTER TABLE registry.inspection_finding
    ADD FOREIGN KEY (inspection_id) REFERENCES registry.inspection (id) ON DELETE CASCADE;

ALTER TABLE registry.lithology_layer
    ADD FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (lithology_code) REFERENCES registry.lithology (code) ON UPDATE CASCADE;
ALTER TABLE registry.casing ADD FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE;
ALTER TABLE registry.screen
    ADD FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (layer_well_id, layer_depth_no)
        REFERENCES registry.lithology_layer (well_id, depth_no) MATCH FULL,
    ADD FOREIGN KEY (aquifer_id) REFERENCES registry.aquifer (id);
ALTER TABLE registry.pump ADD FOREIGN KEY (well_id) REFERENCES registry.well (id);
ALTER TABLE registry.well_ownership
    ADD FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    ADD FOREIGN KEY (owner_id) REFERENCES registry.owner (id);
ALTER TABLE registry.well_zone
    ADD FOREIGN KEY (well_id) REFERENCES registry.well (id) ON DELETE CASCADE,
    ADD FOREIGN KEY ("Gebiet_Nr") REFERENCES registry."Schutzgebiet" ("Nr");

-- To unique keys that are no primary keys.
ALTER TABLE registry.permit
    ADD FOREIGN KEY (well_no) REFERENCES registry.well (well_no) ON UPDATE CASCADE,
    ADD FOREIGN KEY (owner_id) REFERENCES registry.owner (id);
ALTER TABLE registry.document
    ADD FOREIGN KEY (well_id) REFERENCES registry.well (id),
    ADD FOREIGN KEY (uploaded_by) REFERENCES staff.account (login) ON UPDATE CASCADE;

ALTER TABLE registry.water_level ADD FOREIGN KEY (well_id) REFERENCES registry.well (id);
ALTER TABLE registry.water_level_remark
    ADD FOREIGN KEY (well_id, measured_at) REFERENCES registry.water_level (well_id, measured_at),
    ADD FOREIGN KEY (author_id) REFERENCES staff.employee (id);
ALTER TABLE registry.logger_message ADD FOREIGN KEY (well_id) REFERENCES registry.well (id);

-- A department has a head, who works in a department.
ALTER TABLE staff.department
    ADD FOREIGN KEY (part_of_id) REFERENCES staff.department (id),
    ADD FOREIGN KEY (head_id) REFERENCES staff.employee (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE staff.employee
    ADD FOREIGN KEY (department_id) REFERENCES staff.department (id),
    ADD FOREIGN KEY (post_code) REFERENCES staff.post (code),
    ADD FOREIGN KEY (manager_id) REFERENCES staff.employee (id);
ALTER TABLE staff.account ADD FOREIGN KEY (employee_id) REFERENCES staff.employee (id) ON DELETE CASCADE;
ALTER TABLE staff.absence ADD FOREIGN KEY (employee_id) REFERENCES staff.employee (id) ON DELETE CASCADE;

ALTER TABLE lab.method
    ADD FOREIGN KEY (parameter_code) REFERENCES lab.parameter (code),
    ADD FOREIGN KEY (laboratory_id) REFERENCES lab.laboratory (id);
ALTER TABLE lab.sample
    ADD FOREIGN KEY (well_id, depth_no) REFERENCES registry.lithology_layer (well_id, depth_no),
    ADD FOREIGN KEY (taken_by_id) REFERENCES staff.employee (id),
    ADD FOREIGN KEY (laboratory_id) REFERENCES lab.laboratory (id);
ALTER TABLE lab.analysis
    ADD FOREIGN KEY (well_id, depth_no, sample_no)
        REFERENCES lab.sample (well_id, depth_no, sample_no) ON DELETE CASCADE,
    ADD FOREIGN KEY (parameter_code, method_no) REFERENCES lab.method (parameter_code, method_no),
    ADD FOREIGN KEY (approved_by_id) REFERENCES staff.employee (id);
