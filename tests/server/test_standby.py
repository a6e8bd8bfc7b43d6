"""A hot standby is a source like any other; what is special about it is said clearly."""

from __future__ import annotations

import time

import pytest
from databases import new_database
from psycopg.conninfo import conninfo_to_dict
from snapshots import connected, opened, soon
from standby import streaming

from devdb.errors import DevdbError
from devdb.server import sparing
from devdb.server.sparing import Spare

ITEM = "CREATE TABLE item AS SELECT g AS id, 'item ' || g AS name FROM generate_series(1, 1000) AS g"


@pytest.fixture(scope="module")
def primary(cluster):
    """A database that the standby has too; in the end its own cluster drops it."""
    with new_database(cluster, ITEM) as connection:
        yield connection.info.dsn


@pytest.fixture(scope="module")
def standby(cluster, primary):
    """The same database, on a standby that streams."""
    with streaming(cluster) as copy:
        yield copy.conninfo(conninfo_to_dict(primary)["dbname"])


@pytest.fixture
def dev(cluster):
    with new_database(cluster, "CREATE TABLE item (id integer, name text)") as connection:
        yield connection


def test_a_standby_is_read_like_a_primary(primary, standby, dev):
    with opened(standby, readers=2) as snapshot, connected(primary) as writer, connected(standby) as watcher:
        assert snapshot.read("SELECT pg_is_in_recovery()") == [(True,)]
        writer.execute("INSERT INTO item VALUES (0, 'too late')")
        soon(lambda: watcher.execute("SELECT count(*) FROM item").fetchone() == (1001,))
        readings = [snapshot.start("SELECT * FROM item", binary=True, what="item") for _ in range(2)]
        assert [reading.into(dev, "item") for reading in readings] == [1000, 1000]
        assert snapshot.read("SELECT count(*) FROM item") == [(1000,)]


def test_a_conflict_with_recovery_says_what_helps(primary, standby, dev):
    with opened(standby) as snapshot, connected(primary) as writer:
        reading = snapshot.start("SELECT id, pg_sleep(9)::text FROM item", binary=True, what="public.item")
        time.sleep(0.3)
        writer.execute("DELETE FROM item WHERE id > 500")
        writer.execute("VACUUM item")
        with pytest.raises(DevdbError, match=r"^public\.item: .*conflict with recovery") as failure:
            reading.into(dev, "item")
        assert "max_standby_streaming_delay" in (failure.value.hint or "")


@pytest.mark.parametrize("where", ["primary", "standby"])
def test_reading_pauses_while_a_standby_lags(primary, standby, dev, where, monkeypatch):
    monkeypatch.setattr(sparing, "POLL_S", 0.1)
    heard: list[str] = []
    source = primary if where == "primary" else standby
    with connected(standby) as replay, connected(primary) as writer:
        replay.execute("SELECT pg_wal_replay_pause()")
        try:
            writer.execute("CREATE TABLE IF NOT EXISTS tick (at timestamptz)")
            writer.execute("INSERT INTO tick VALUES (now())")
            spare = Spare(pause_lag_ms=400)
            with opened(source, spare=spare, heard=heard) as snapshot:
                for _ in range(50):
                    writer.execute("INSERT INTO tick VALUES (now())")
                    time.sleep(0.05)
                    if heard:
                        break
                assert heard
                assert heard[0].startswith("waiting: replication is ")
                reading = snapshot.start("SELECT * FROM item", binary=True, what="item")
                time.sleep(0.2)
                assert snapshot.bytes == 0
                replay.execute("SELECT pg_wal_replay_resume()")
                assert reading.into(dev, "item") > 0
        finally:
            replay.execute("SELECT pg_wal_replay_resume()")
