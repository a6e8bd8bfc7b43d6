-- One more table for the demo, with dates that are none: source.zero_dates is for those.
SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = 'NO_ENGINE_SUBSTITUTION';
CREATE TABLE registry.legacy_visit (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    well_id bigint unsigned NOT NULL,
    planned_on date NOT NULL DEFAULT '0000-00-00',
    visited_at datetime DEFAULT '0000-00-00 00:00:00',
    FOREIGN KEY (well_id) REFERENCES registry.well (id)
);
INSERT INTO registry.legacy_visit (well_id, planned_on, visited_at)
SELECT id, if(id % 3 = 0, '0000-00-00', '2001-02-03'), elt(1 + id % 4, '0000-00-00', '2001-00-00', '2001-02-03 04:05:06', NULL)
FROM registry.well;
