-- What:         create the triggers, a rule and the row security policy
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no

CREATE TRIGGER touch
    BEFORE UPDATE ON registry.owner
    FOR EACH ROW EXECUTE FUNCTION registry.touch();

CREATE TRIGGER touch
    BEFORE UPDATE ON registry.well
    FOR EACH ROW WHEN (OLD.updated_at IS NOT DISTINCT FROM NEW.updated_at)
    EXECUTE FUNCTION registry.touch();

CREATE TRIGGER audit
    AFTER INSERT OR DELETE OR UPDATE ON registry.owner
    FOR EACH ROW EXECUTE FUNCTION registry.audit();

CREATE TRIGGER audit
    AFTER DELETE OR UPDATE OF status, owner_id ON registry.permit
    FOR EACH ROW EXECUTE FUNCTION registry.audit();

CREATE CONSTRAINT TRIGGER check_layer_depth
    AFTER INSERT OR UPDATE ON registry.lithology_layer
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION registry.check_layer_depth();

-- Switched off during an import years ago, and never switched on again.
CREATE TRIGGER audit
    AFTER INSERT ON registry.water_level
    FOR EACH ROW EXECUTE FUNCTION registry.audit();
ALTER TABLE registry.water_level DISABLE TRIGGER audit;

CREATE TRIGGER update_phone
    INSTEAD OF UPDATE ON staff."Telefonbuch"
    FOR EACH ROW EXECUTE FUNCTION staff.update_phone();

-- Permits are not deleted but withdrawn.
CREATE RULE withdraw AS
    ON DELETE TO registry.granted_permit
    DO INSTEAD UPDATE registry.permit SET status = 'withdrawn' WHERE id = OLD.id;

ALTER TABLE staff.absence ENABLE ROW LEVEL SECURITY;
CREATE POLICY illness_is_private ON staff.absence
    FOR SELECT TO PUBLIC
    USING (kind <> 'illness');
