"""Which statements of a migration can run in a transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from devdb.migrations.folder import File
from devdb.migrations.info import Resolved
from devdb.migrations.naming import parse
from devdb.migrations.running import runs_in_transaction


@pytest.mark.parametrize(
    ("sql", "inside"),
    [
        ("CREATE TABLE a ()", True),
        ("VACUUM", False),
        ("-- x\n/* y */ vacuum (analyze) t", False),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", False),
        ("create index concurrently if not exists i on t (a)", False),
        ("CREATE INDEX concurrently_i ON t (a)", True),
        ("DROP INDEX CONCURRENTLY i", False),
        ("REINDEX TABLE t", True),
        ("REINDEX (VERBOSE) DATABASE d", False),
        ("REINDEX INDEX CONCURRENTLY i", False),
        ("CREATE DATABASE d", False),
        ("DROP TABLESPACE t", False),
        ("CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", False),
        ("ALTER SYSTEM SET work_mem = '1MB'", False),
        ("DISCARD ALL", False),
        ("DISCARD PLANS", True),
        ("CLUSTER", False),
        ("CLUSTER t", True),
        ("ALTER TYPE t ADD VALUE 'x'", True),
        ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", False),
        ("ALTER DATABASE d SET TABLESPACE t", False),
        ("ALTER DATABASE d SET work_mem = '1MB'", True),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY m", True),
        ("SELECT 'VACUUM'; SELECT 1", True),
        ("", True),
    ],
)
def test_what_cannot_be_in_a_transaction_is_known(sql: str, inside: bool) -> None:
    file = File(Path("V1__a.sql"), "V1__a.sql", parse("V1__a.sql"), sql)
    resolved = Resolved(file, "SQL", 0, 0, None)
    assert runs_in_transaction(resolved, mixed=False, server_version=150000) is inside
    if "ADD VALUE" in sql:
        assert not runs_in_transaction(resolved, mixed=False, server_version=110000)
