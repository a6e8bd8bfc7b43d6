"""What tests of migrations may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from migration_site import Site

from devdb.server.cluster import Cluster

_EMPTIED = """
    DO $$
    DECLARE statement text;
    BEGIN
        FOR statement IN
            SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
            UNION ALL
            SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        LOOP
            EXECUTE statement;
        END LOOP;
    END
    $$;
    CREATE SCHEMA public;
"""


@pytest.fixture(scope="module")
def migrated_db(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as connection:
        yield connection


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster, migrated_db: psycopg.Connection[Any]) -> Site:
    """An empty folder, and an empty database."""
    migrated_db.execute(_EMPTIED.encode())
    return Site(tmp_path, cluster.conninfo(migrated_db.info.dbname))
