-- The core of the legacy schema, as Oracle has it. postgresql.sql and mariadb.sql beside this file stand in for it.

CREATE TABLE wells_owners (
    owner_id NUMBER(10) NOT NULL,
    full_name VARCHAR2(120 CHAR),
    city VARCHAR2(60 CHAR),
    CONSTRAINT wells_owners_pk PRIMARY KEY (owner_id)
);

CREATE TABLE wells_wells (
    well_id NUMBER(10) NOT NULL,
    well_tag_number NUMBER(9) NOT NULL,
    owner_id NUMBER(10),
    status_of_well_code VARCHAR2(1 CHAR) NOT NULL,
    class_of_well_code VARCHAR2(2 CHAR) NOT NULL,
    subclass_code VARCHAR2(1 CHAR),
    acceptance_status_code VARCHAR2(1 CHAR) NOT NULL,
    drilled_date DATE,
    depth_well_drilled NUMBER(7, 2),
    general_remarks VARCHAR2(2000 CHAR),
    CONSTRAINT wells_wells_pk PRIMARY KEY (well_id),
    CONSTRAINT wells_wells_tag_uk UNIQUE (well_tag_number),
    CONSTRAINT wells_wells_owner_fk FOREIGN KEY (owner_id) REFERENCES wells_owners (owner_id)
);

CREATE TABLE wells_casings (
    casing_id NUMBER(10) NOT NULL,
    well_id NUMBER(10) NOT NULL,
    casing_from NUMBER(7, 2) NOT NULL,
    casing_to NUMBER(7, 2) NOT NULL,
    diameter NUMBER(6, 3),
    CONSTRAINT wells_casings_pk PRIMARY KEY (casing_id),
    CONSTRAINT wells_casings_well_fk FOREIGN KEY (well_id) REFERENCES wells_wells (well_id)
);

CREATE TABLE wells_lithology_descriptions (
    well_id NUMBER(10) NOT NULL,
    depth_from NUMBER(7, 2) NOT NULL,
    depth_to NUMBER(7, 2) NOT NULL,
    description VARCHAR2(240 CHAR) NOT NULL,
    CONSTRAINT wells_lithology_pk PRIMARY KEY (well_id, depth_from),
    CONSTRAINT wells_lithology_well_fk FOREIGN KEY (well_id) REFERENCES wells_wells (well_id)
);
