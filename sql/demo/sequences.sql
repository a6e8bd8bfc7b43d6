-- What:         set the sequences past the numbers that the data uses
-- Parameters:   none
-- Transaction:  yes
-- Repeatable:   yes

SELECT setval(pg_get_serial_sequence('public.django_migrations', 'id'), (SELECT max(id) FROM public.django_migrations));
SELECT setval(pg_get_serial_sequence('registry.aquifer', 'id'), (SELECT max(id) FROM registry.aquifer));
SELECT setval(pg_get_serial_sequence('registry.owner', 'id'), (SELECT max(id) FROM registry.owner));
SELECT setval(pg_get_serial_sequence('registry.driller', 'id'), (SELECT max(id) FROM registry.driller));
SELECT setval(pg_get_serial_sequence('registry.well', 'id'), (SELECT max(id) FROM registry.well));
SELECT setval(pg_get_serial_sequence('registry.pump', 'id'), (SELECT max(id) FROM registry.pump));
SELECT setval(pg_get_serial_sequence('registry.permit', 'id'), (SELECT max(id) FROM registry.permit));
SELECT setval(pg_get_serial_sequence('registry.inspection', 'id'), (SELECT max(id) FROM registry.inspection));
SELECT setval(pg_get_serial_sequence('registry.water_level_remark', 'id'), (SELECT max(id) FROM registry.water_level_remark));
SELECT setval(pg_get_serial_sequence('registry.audit_event', 'id'), (SELECT max(id) FROM registry.audit_event));
SELECT setval(pg_get_serial_sequence('staff.department', 'id'), (SELECT max(id) FROM staff.department));
SELECT setval(pg_get_serial_sequence('staff.employee', 'id'), (SELECT max(id) FROM staff.employee));
SELECT setval(pg_get_serial_sequence('staff.absence', 'id'), (SELECT max(id) FROM staff.absence));
SELECT setval(pg_get_serial_sequence('lab.laboratory', 'id'), (SELECT max(id) FROM lab.laboratory));
SELECT setval('registry.well_number_seq', (SELECT max(id) FROM registry.well));
-- Numbers were drawn for applications that were never filed.
SELECT setval('registry.permit_number_seq', (SELECT max(id) FROM registry.permit) + 100017);
