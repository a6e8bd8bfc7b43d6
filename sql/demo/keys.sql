-- What:         add the primary keys, unique keys and exclusion constraints
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no
-- Why:          after the data, since sorting once is faster than inserting into an index row by row

ALTER TABLE public.django_migrations ADD PRIMARY KEY (id);

ALTER TABLE registry.region ADD PRIMARY KEY (code);
ALTER TABLE registry.municipality ADD PRIMARY KEY (region_code, municipality_no);
ALTER TABLE registry.aquifer ADD PRIMARY KEY (id), ADD UNIQUE (code);
ALTER TABLE registry."Schutzgebiet" ADD PRIMARY KEY ("Nr");
ALTER TABLE registry.owner ADD PRIMARY KEY (id);
ALTER TABLE registry.driller ADD PRIMARY KEY (id);
ALTER TABLE registry.driller_licence
    ADD PRIMARY KEY (licence_no),
    -- The range of one number stands for equality, which GiST knows for integers only with an extension.
    ADD CONSTRAINT driller_licence_one_at_a_time
        EXCLUDE USING gist (int4range(driller_id, driller_id, '[]'::text) WITH &&, valid WITH &&);
ALTER TABLE registry.lithology ADD PRIMARY KEY (code);

ALTER TABLE registry.well ADD PRIMARY KEY (id), ADD UNIQUE (well_no), ADD UNIQUE (public_id);
ALTER TABLE registry.lithology_layer ADD PRIMARY KEY (well_id, depth_no);
ALTER TABLE registry.casing ADD PRIMARY KEY (well_id, casing_no);
ALTER TABLE registry.screen ADD PRIMARY KEY (well_id, screen_no);
ALTER TABLE registry.pump ADD PRIMARY KEY (id), ADD UNIQUE (serial_no);
ALTER TABLE registry.well_ownership ADD PRIMARY KEY (well_id, since);
ALTER TABLE registry.well_zone ADD PRIMARY KEY (well_id, "Gebiet_Nr");
ALTER TABLE registry.permit ADD PRIMARY KEY (id), ADD UNIQUE (permit_no) DEFERRABLE;
ALTER TABLE registry.document ADD PRIMARY KEY (id);
ALTER TABLE registry.inspection ADD PRIMARY KEY (id);
ALTER TABLE registry.inspection_finding ADD PRIMARY KEY (inspection_id, finding_no);

ALTER TABLE registry.water_level ADD PRIMARY KEY (well_id, measured_at);
ALTER TABLE registry.water_level_remark ADD PRIMARY KEY (id);
ALTER TABLE registry.audit_event ADD PRIMARY KEY (id);

ALTER TABLE staff.department ADD PRIMARY KEY (id), ADD UNIQUE ("Kürzel");
ALTER TABLE staff.post ADD PRIMARY KEY (code);
ALTER TABLE staff.employee ADD PRIMARY KEY (id), ADD UNIQUE (email);
ALTER TABLE staff.account ADD PRIMARY KEY (employee_id), ADD UNIQUE (login);
ALTER TABLE staff.absence
    ADD PRIMARY KEY (id),
    ADD CONSTRAINT absence_one_at_a_time
        EXCLUDE USING gist (int4range(employee_id, employee_id, '[]'::text) WITH &&, during WITH &&);

ALTER TABLE lab.laboratory ADD PRIMARY KEY (id);
ALTER TABLE lab.parameter ADD PRIMARY KEY (code);
ALTER TABLE lab.method ADD PRIMARY KEY (parameter_code, method_no);
ALTER TABLE lab.sample ADD PRIMARY KEY (well_id, depth_no, sample_no);
ALTER TABLE lab.analysis ADD PRIMARY KEY (well_id, depth_no, sample_no, parameter_code);
