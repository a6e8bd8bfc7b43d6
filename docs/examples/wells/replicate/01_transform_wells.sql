-- The legacy system's wells, in the application's words and units.

DELETE FROM wells.xform_well;

INSERT INTO wells.xform_well (
    legacy_id, well_tag_number, owner_name, owner_city, status_code, class_code, subclass_code, drilled_on, depth_m, remarks
)
SELECT
    wells.well_id,
    wells.well_tag_number,
    NULLIF(btrim(owners.full_name), ''),
    NULLIF(btrim(owners.city), ''),
    CASE wells.status_of_well_code
        WHEN 'N' THEN 'NEW'
        WHEN 'A' THEN 'ALTERATION'
        WHEN 'X' THEN 'ABANDONED'
        WHEN 'C' THEN 'CLOSURE'
        ELSE 'OTHER'
    END,
    CASE wells.class_of_well_code WHEN 'WS' THEN 'WATR_SPPLY' WHEN 'MO' THEN 'MONITOR' WHEN 'IN' THEN 'INJECTION' ELSE 'UNK' END,
    CASE wells.class_of_well_code || coalesce(wells.subclass_code, '')
        WHEN 'WSD' THEN 'DOMESTIC'
        WHEN 'WSN' THEN 'NON_DOMEST'
        WHEN 'MOP' THEN 'PERMANENT'
        WHEN 'MOT' THEN 'TEMPORARY'
    END,
    wells.drilled_date::date,
    -- Feet there, metres here. A depth below 0 was how one wrote "not known".
    CASE WHEN wells.depth_well_drilled >= 0 THEN round(wells.depth_well_drilled * 0.3048, 2) END,
    NULLIF(btrim(wells.general_remarks), '')
FROM {{ fdw_schema | ident }}.wells_wells AS wells
LEFT JOIN {{ fdw_schema | ident }}.wells_owners AS owners ON owners.owner_id = wells.owner_id
WHERE wells.acceptance_status_code <> 'I'
  {{ subset('wells') }};
