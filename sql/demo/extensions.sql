-- What:         let logins be equal whatever their case, and names be found by a part of them, as far as the server can
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   no
-- Why:          citext and pg_trgm are trusted, so an owner may create them, but a server without contrib has neither

DO $demo$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'citext') THEN
        CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
        ALTER TABLE staff.account ALTER COLUMN login TYPE public.citext;
        ALTER TABLE registry.document ALTER COLUMN uploaded_by TYPE public.citext;
        -- A reference that is equal to its key and yet spelt otherwise.
        UPDATE registry.document SET uploaded_by = initcap(uploaded_by::text) WHERE get_byte(content, 9) % 8 = 0;
    END IF;
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
        CREATE INDEX owner_display_name_trgm ON registry.owner USING gin (display_name public.gin_trgm_ops);
    END IF;
END
$demo$;
