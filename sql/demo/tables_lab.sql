-- What:         create the tables of samples and what laboratories found in them
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

CREATE TABLE lab.laboratory (
    id smallserial NOT NULL,
    name text NOT NULL,
    accredited boolean DEFAULT false NOT NULL,
    contact_name text,
    contact_email registry.email_address
);

CREATE TABLE lab.parameter (
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    "CAS-Nr." text,
    allowed numrange
);

CREATE TABLE lab.method (
    parameter_code text COLLATE "C" NOT NULL,
    method_no smallint NOT NULL,
    laboratory_id smallint NOT NULL,
    name text NOT NULL,
    detection_limit numeric
);

CREATE TABLE lab.sample (
    well_id bigint NOT NULL,
    depth_no smallint NOT NULL,
    sample_no smallint NOT NULL,
    taken_by_id integer,
    laboratory_id smallint,
    taken_at timestamp with time zone NOT NULL,
    field_values jsonb,
    remark text
);

CREATE TABLE lab.analysis (
    well_id bigint NOT NULL,
    depth_no smallint NOT NULL,
    sample_no smallint NOT NULL,
    parameter_code text COLLATE "C" NOT NULL,
    method_no smallint NOT NULL,
    value double precision,
    below_limit boolean DEFAULT false NOT NULL,
    approved_by_id integer
);
