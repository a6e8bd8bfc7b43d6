CREATE TABLE lithology (
    well_tag_number NUMBER(10)    NOT NULL,
    top_m           NUMBER(7, 2)  NOT NULL,
    bottom_m        NUMBER(7, 2)  NOT NULL,
    description     VARCHAR2(4000),
    CONSTRAINT lithology_pk PRIMARY KEY (well_tag_number, top_m),
    CONSTRAINT lithology_well_fk FOREIGN KEY (well_tag_number) REFERENCES well (well_tag_number)
);
