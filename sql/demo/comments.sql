-- What:         comment the demo's schemas, tables and columns
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

COMMENT ON SCHEMA registry IS 'Wells, who owns them, who drilled them, and what was found.';
COMMENT ON SCHEMA staff IS 'The authority''s own people. Personal data.';
COMMENT ON SCHEMA lab IS 'Samples and analyses.';
COMMENT ON TYPE registry.well_status IS 'From planning to the end; ''lost'' means that nobody can find it any more.';
COMMENT ON DOMAIN registry.metres IS 'A depth below the surface.';
COMMENT ON TABLE registry.owner IS 'People and bodies that own wells.
Personal data: names, addresses, telephone numbers, dates of birth.';
COMMENT ON COLUMN registry.owner.notes IS 'Free text; names and telephone numbers of third parties occur.';
COMMENT ON TABLE registry.well IS 'One borehole that reached water or was meant to.';
COMMENT ON COLUMN registry.well.well_no IS 'The number on the plate: W and seven digits.';
COMMENT ON COLUMN registry.well.replaces_well_id IS 'The well that this one was drilled to replace.';
COMMENT ON COLUMN registry.well.place IS 'Longitude and latitude in WGS 84; C:\maps\wgs84.prj, "as is".';
COMMENT ON TABLE registry."Schutzgebiet" IS 'Protected areas; "Zone" as in § 51 WHG.';
COMMENT ON COLUMN registry."Schutzgebiet"."Größe_ha" IS 'Area in hectares (10,000 m²); 100% = all of it.';
COMMENT ON TABLE registry.water_level IS 'Readings below the top of the casing, one partition per year.';
COMMENT ON TABLE registry.logger_message IS 'As received. Not logged, no key; messages may be repeated.';
COMMENT ON COLUMN staff.employee.emergency_contact
    IS 'JSON: name, phone, relation. {% raw %}{{ no template }}{% endraw %}';
COMMENT ON COLUMN staff.account.password_hash IS 'Secret.';
COMMENT ON INDEX registry.owner_name IS 'For the search form.';
COMMENT ON CONSTRAINT owner_has_a_name ON registry.owner IS 'A person or a company; both for a contact.';
COMMENT ON FUNCTION registry.touch() IS 'Keeps updated_at.';
COMMENT ON VIEW lab.exceedance IS 'Values outside of what the ordinance allows.';
COMMENT ON SEQUENCE registry.permit_number_seq IS 'Belongs to no column: see next_permit_no().';
