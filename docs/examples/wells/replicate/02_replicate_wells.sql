-- From the table between into the application's own.

DELETE FROM wells.casing;
DELETE FROM wells.lithology;
DELETE FROM wells.well AS well
WHERE NOT EXISTS (SELECT FROM wells.xform_well AS xform WHERE xform.well_tag_number = well.well_tag_number);

-- A well that stays keeps its id, which the application's own tables may refer to.
INSERT INTO wells.well (
    well_tag_number, owner_name, owner_city, status_code, class_code, subclass_code, drilled_on, depth_m, remarks
)
SELECT
    well_tag_number, owner_name, owner_city, status_code, class_code, subclass_code, drilled_on, depth_m, remarks
FROM wells.xform_well
ORDER BY well_tag_number
ON CONFLICT (well_tag_number) DO UPDATE SET
    owner_name = excluded.owner_name,
    owner_city = excluded.owner_city,
    status_code = excluded.status_code,
    class_code = excluded.class_code,
    subclass_code = excluded.subclass_code,
    drilled_on = excluded.drilled_on,
    depth_m = excluded.depth_m,
    remarks = excluded.remarks;

INSERT INTO wells.casing (well_tag_number, position, from_m, to_m, diameter_mm)
SELECT
    xform.well_tag_number,
    row_number() OVER (PARTITION BY xform.well_tag_number ORDER BY casings.casing_from, casings.casing_id),
    round(casings.casing_from * 0.3048, 2),
    round(casings.casing_to * 0.3048, 2),
    round(casings.diameter * 25.4)
FROM {{ fdw_schema | ident }}.wells_casings AS casings
JOIN wells.xform_well AS xform ON xform.legacy_id = casings.well_id;

INSERT INTO wells.lithology (well_tag_number, from_m, to_m, description)
SELECT
    xform.well_tag_number,
    round(layers.depth_from * 0.3048, 2),
    round(layers.depth_to * 0.3048, 2),
    layers.description
FROM {{ fdw_schema | ident }}.wells_lithology_descriptions AS layers
JOIN wells.xform_well AS xform ON xform.legacy_id = layers.well_id;
