-- What:         create the functions of the registry, in SQL and in plpgsql
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

CREATE FUNCTION registry.next_permit_no() RETURNS text
LANGUAGE sql
RETURN 'P-'::text || nextval('registry.permit_number_seq'::regclass);

-- Bodies in the standard's form: the server knows which tables they need, so they can only be created after them.
CREATE FUNCTION registry.wells_of(owner bigint) RETURNS TABLE (well_no text, status registry.well_status)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT w.well_no, w.status
    FROM registry.well AS w
    WHERE w.owner_id = wells_of.owner
    ORDER BY w.well_no;
END;

CREATE PROCEDURE registry.seal_well(well bigint, reason text DEFAULT 'no longer used; see file')
LANGUAGE sql
BEGIN ATOMIC
    UPDATE registry.well SET status = 'sealed', remarks = seal_well.reason WHERE id = seal_well.well;
    UPDATE registry.pump
    SET installed = daterange(lower(installed), CURRENT_DATE)
    WHERE well_id = seal_well.well AND upper_inf(installed);
END;

CREATE FUNCTION registry.touch() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE FUNCTION registry.audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $audit$
DECLARE
    old_row jsonb;
    new_row jsonb;
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        new_row := to_jsonb(NEW);
    END IF;
    INSERT INTO registry.audit_event (who, from_address, table_name, operation, old_row, new_row)
    VALUES (session_user, inet_client_addr(), format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), TG_OP, old_row, new_row);
    RETURN NULL;
END
$audit$;

CREATE FUNCTION registry.check_layer_depth() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT FROM registry.well AS w WHERE w.id = NEW.well_id AND w.depth_m < NEW.bottom_m) THEN
        RAISE EXCEPTION 'layer % of well % ends below the well', NEW.depth_no, NEW.well_id
            USING ERRCODE = 'check_violation', HINT = 'Correct the depth of the well first.';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION staff.update_phone() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE staff.employee SET phone = NEW.phone WHERE id = OLD.id;
    RETURN NEW;
END
$$;
