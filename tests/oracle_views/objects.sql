-- The view of all objects, which some rows bring along.

CREATE TABLE IF NOT EXISTS sys.all_objects (owner text, object_name text, object_type text);
