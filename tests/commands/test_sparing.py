"""What spares the source is in the settings, and holds for the sessions that read its rows."""

from __future__ import annotations

import time
from contextlib import ExitStack

import psycopg
import pytest
from workbench import SLOW_BY

pytestmark = pytest.mark.usefixtures("dev_db")


def test_no_statement_takes_longer_than_it_may(run, databases):
    there = databases()
    settings = SLOW_BY["direct"].replace("source: {", "source: {statement_timeout: 500ms, ")
    done = run("update-dev-db-data", status=3, settings=settings)
    said = done.stderr.partition("Error: ")[2]
    assert "of public.customer: " in said
    assert "canceling statement due to statement timeout (SQLSTATE 57014)" in said
    assert databases() == there


def test_a_slow_and_patient_run(start, cluster, ask):
    """It reads some eight thousand bytes, and its own sessions are none to wait for."""
    settings = "source: {reader: direct, max_rate: 4kB, snapshot_warning: 1s, pause: {active_sessions: 1}}\n"
    with ExitStack() as ending:
        for _ in range(2):
            busy = psycopg.connect(cluster.conninfo(), autocommit=True)
            ending.callback(busy.close)
            ending.callback(busy.cancel)
            busy.pgconn.send_query(b"SELECT pg_sleep(60)")
        process = start("update-dev-db-data", "--no-dump", settings=settings)
        assert process.stderr is not None
        while "waiting: 2 sessions are active (limit 1)" not in process.stderr.readline():
            assert process.poll() is None
    begun_s = time.monotonic()
    _, err = process.communicate(timeout=60)
    assert time.monotonic() - begun_s > 1.5
    assert process.returncode == 0, err
    assert "the source has time again: reading goes on" in err
    assert "warning: the snapshot of the source is 1 s old" in err
    assert ask("devdb", "SELECT count(*) FROM orders") == 200
