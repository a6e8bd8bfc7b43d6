"""Code tables: rows that stand in CSV files, brought into the dev database."""
