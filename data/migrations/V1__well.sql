-- An example, in Oracle's SQL: replace it by migrations of your own.
CREATE TABLE well (
    well_tag_number   NUMBER(10)     NOT NULL,
    owner_name        VARCHAR2(200)  NOT NULL,
    construction_date DATE,
    depth_m           NUMBER(7, 2),
    CONSTRAINT well_pk PRIMARY KEY (well_tag_number),
    CONSTRAINT well_depth_ck CHECK (depth_m > 0)
);
COMMENT ON TABLE well IS 'Water wells';
