-- The application's tables. Its migrations make them; here they are at a glance.

CREATE SCHEMA wells;

CREATE TABLE wells.well_status_code (
    code text PRIMARY KEY,
    description text NOT NULL,
    sort_order integer NOT NULL
);

CREATE TABLE wells.well_class_code (
    code text PRIMARY KEY,
    description text NOT NULL,
    sort_order integer NOT NULL
);

CREATE TABLE wells.well_subclass_code (
    class_code text NOT NULL REFERENCES wells.well_class_code,
    code text NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (class_code, code)
);

-- Between the legacy system's rows and the application's: the same rows, in the application's words and units.
CREATE TABLE wells.xform_well (
    legacy_id bigint PRIMARY KEY,
    well_tag_number integer NOT NULL,
    owner_name text,
    owner_city text,
    status_code text NOT NULL,
    class_code text NOT NULL,
    subclass_code text,
    drilled_on date,
    depth_m numeric(8, 2),
    remarks text
);

CREATE TABLE wells.well (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    well_tag_number integer NOT NULL UNIQUE,
    owner_name text,
    owner_city text,
    status_code text NOT NULL REFERENCES wells.well_status_code,
    class_code text NOT NULL REFERENCES wells.well_class_code,
    subclass_code text,
    drilled_on date,
    depth_m numeric(8, 2) CHECK (depth_m >= 0),
    remarks text,
    FOREIGN KEY (class_code, subclass_code) REFERENCES wells.well_subclass_code (class_code, code)
);

CREATE TABLE wells.casing (
    well_tag_number integer NOT NULL REFERENCES wells.well (well_tag_number),
    position integer NOT NULL,
    from_m numeric(8, 2) NOT NULL,
    to_m numeric(8, 2) NOT NULL CHECK (to_m >= from_m),
    diameter_mm integer,
    PRIMARY KEY (well_tag_number, position)
);

CREATE TABLE wells.lithology (
    well_tag_number integer NOT NULL REFERENCES wells.well (well_tag_number),
    from_m numeric(8, 2) NOT NULL,
    to_m numeric(8, 2) NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (well_tag_number, from_m)
);
