"""Migrations as Flyway has them: files with a version each, and the table that says which were applied."""
