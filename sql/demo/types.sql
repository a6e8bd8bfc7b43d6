-- What:         create the demo's schemas, its types and the sequences that belong to no column
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

CREATE SCHEMA registry;
CREATE SCHEMA staff;
CREATE SCHEMA lab;

CREATE TYPE registry.well_status AS ENUM ('planned', 'drilling', 'active', 'inactive', 'sealed', 'lost');
CREATE TYPE registry.owner_kind AS ENUM ('person', 'company', 'municipality', 'cooperative');
CREATE TYPE registry.inspection_result AS ENUM ('pass', 'pass with remarks', 'fail');
CREATE TYPE staff."Grade" AS ENUM ('Junior', 'Senior', 'Head', 'Größte Erfahrung');

CREATE TYPE registry.postal_address AS (
    street text,
    postcode text,
    city text
);

CREATE DOMAIN registry.metres AS numeric(7, 2)
    CONSTRAINT metres_are_plausible CHECK (VALUE BETWEEN 0 AND 5000);

CREATE DOMAIN registry.well_no AS text COLLATE "C"
    CONSTRAINT well_no_form CHECK (VALUE ~ '^W[0-9]{7}$');

CREATE DOMAIN registry.email_address AS text
    CONSTRAINT email_address_form CHECK (VALUE ~ '^[^@[:space:]]+@[^@[:space:]]+$');

CREATE DOMAIN registry.phone_number AS text
    CONSTRAINT phone_number_form CHECK (VALUE ~ '^\+[0-9][-0-9 ]{6,20}$');

-- One is the default of a column that does not own it, the other is only ever asked by a function.
CREATE SEQUENCE registry.well_number_seq;
CREATE SEQUENCE registry.permit_number_seq START WITH 100000;
