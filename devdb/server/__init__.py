"""Talking to PostgreSQL: connections, the script runner, private clusters, pg_dump and pg_restore."""
