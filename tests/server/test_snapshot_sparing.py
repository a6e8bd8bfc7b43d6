"""The source is spared: a rate, pauses, and word of a snapshot that gets old."""

from __future__ import annotations

import threading
import time

import pytest
from databases import new_database, roles
from psycopg.conninfo import make_conninfo
from snapshots import connected, opened, soon

from devdb.server import sparing
from devdb.server.aging import Aging
from devdb.server.sparing import Spare, Throttle, duration

BUSY = "SELECT pg_sleep(30)"
MEGABYTE = "SELECT repeat('x', 1023) FROM generate_series(1, 1024)"


def test_the_age_of_a_snapshot_that_another_session_holds():
    heard: list[str] = []
    aging = Aging(warning_s=0.05, on_warning=heard.append)
    assert aging.age_s == 0
    aging.hold()
    soon(lambda: len(heard) == 2)
    assert 0.1 <= aging.age_s < 5
    aging.let_go()
    age_s = aging.age_s
    time.sleep(0.2)
    assert aging.age_s == age_s
    assert [text.partition(":")[0] for text in heard] == [
        "the snapshot of the source is 50 ms old",
        "the snapshot of the source is 100 ms old",
    ]


@pytest.fixture(scope="module")
def source(cluster):
    with new_database(cluster) as connection:
        yield connection.info.dsn


@pytest.fixture
def dev(source):
    with (
        connected(make_conninfo(source, application_name="devdb")) as connection,
        connection.transaction(force_rollback=True),
    ):
        connection.execute("CREATE TABLE line (line text)")
        yield connection


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(sparing, "POLL_S", 0.05)
    monkeypatch.setattr(sparing, "_GLANCE_S", 0.02)


def test_all_readers_share_one_rate():
    throttle = Throttle(1_000_000)
    started = time.monotonic()

    def read() -> None:
        for _ in range(5):
            throttle.wait(50_000, is_over=lambda: False)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0.45 < time.monotonic() - started < 2


def test_a_wait_ends_when_nobody_wants_the_rows():
    throttle = Throttle(1)
    over = threading.Event()
    threading.Timer(0.1, over.set).start()
    started = time.monotonic()
    throttle.wait(1_000_000, is_over=over.is_set)
    throttle.hold()
    throttle.wait(0, is_over=over.is_set)
    assert time.monotonic() - started < 0.5


def test_the_rate_is_kept(source, dev):
    with opened(source, spare=Spare(max_rate_bytes=2_000_000)) as snapshot:
        snapshot.copy("SELECT 'a'", dev, "line", binary=False, what="line")
        started = time.monotonic()
        assert snapshot.copy(MEGABYTE, dev, "line", binary=False, what="line") == 1024
        assert time.monotonic() - started > 0.3


@pytest.fixture
def busy(source):
    """Start a session that is busy for a while; the connection is to cancel it with."""
    with connected(source) as connection:

        def work() -> None:
            try:
                connection.execute(BUSY)
            except Exception:
                return

        thread = threading.Thread(target=work)

        def start():
            thread.start()
            with connected(source) as watcher:
                soon(lambda: watcher.execute("SELECT 1 FROM pg_stat_activity WHERE query = %s", [BUSY]).fetchall())
            return connection

        yield start
        connection.cancel()
        thread.join()


def test_reading_pauses_while_others_are_active(source, dev, busy):
    heard: list[str] = []
    others = busy()
    with opened(source, spare=Spare(pause_sessions=0), heard=heard) as snapshot:
        soon(lambda: heard)
        reading = snapshot.start(MEGABYTE, binary=False, what="line")
        time.sleep(0.2)
        assert snapshot.bytes == 0
        others.cancel()
        assert reading.into(dev, "line") == 1024
        soon(lambda: len(heard) == 2)
    assert heard == ["waiting: 1 session is active (limit 0)", "the source has time again: reading goes on"]


def test_our_own_sessions_do_not_count(source, dev):
    heard: list[str] = []
    with opened(source, readers=2, spare=Spare(pause_sessions=0, pause_lag_ms=1000), heard=heard) as snapshot:
        reading = snapshot.start("SELECT pg_sleep(0.3)::text", binary=False, what="line")
        snapshot.copy("SELECT pg_sleep(0.3)::text", dev, "line", binary=False, what="line")
        assert reading.into(dev, "line") == 1
    assert heard == []


def test_a_pause_can_be_left(source, busy):
    busy()
    heard: list[str] = []
    with opened(source, spare=Spare(pause_sessions=0), heard=heard) as snapshot:
        snapshot.start(MEGABYTE, binary=False, what="line")
        soon(lambda: heard)
        started = time.monotonic()
    assert time.monotonic() - started < 2


def test_what_a_role_may_not_see_is_not_waited_for(cluster, source, dev, busy):
    busy()
    heard: list[str] = []
    with roles(cluster, "blind", attributes="LOGIN"):
        spare = Spare(pause_sessions=0, pause_lag_ms=1)
        with opened(make_conninfo(source, user="blind"), spare=spare, heard=heard) as snapshot:
            assert snapshot.copy(MEGABYTE, dev, "line", binary=False, what="line") == 1024
            soon(lambda: heard)
            time.sleep(0.2)
    (warning,) = heard
    assert "cannot be seen" in warning
    assert "pg_read_all_stats" in warning


def test_an_old_snapshot_is_told_of_each_time_its_age_doubles(source):
    heard: list[str] = []
    with opened(source, spare=Spare(snapshot_warning_ms=100), heard=heard):
        soon(lambda: len(heard) == 3)
    assert [warning.partition(" old")[0].rpartition(" is ")[2] for warning in heard] == ["100 ms", "200 ms", "400 ms"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.05, "50 ms"), (59.6, "60 s"), (119, "119 s"), (1800, "30 min"), (7500, "2 h 5 min")]
)
def test_durations_are_as_fine_as_matters(seconds, words):
    assert duration(seconds) == words
