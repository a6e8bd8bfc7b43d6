"""Rows of one snapshot of a source, copied into another database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from databases import new_database, roles
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from snapshots import connected, opened, soon

from devdb.errors import ConnectionFailed, ScriptFailed
from devdb.server import reader

SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
READERS = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'devdb' AND query LIKE 'COPY%' AND state = 'active'"
)
ITEM = "CREATE TABLE item AS SELECT g AS id, 'item ' || g AS name FROM generate_series(1, 1000) AS g; CREATE SEQUENCE s"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'devdb' AND backend_type = 'client backend'"


@pytest.fixture(scope="module")
def source(cluster):
    """A database of a thousand rows."""
    with new_database(cluster, ITEM) as connection:
        yield connection.info.dsn


@pytest.fixture(scope="module")
def dev_database(cluster):
    with new_database(cluster) as connection:
        yield connection.info.dsn


@pytest.fixture
def dev(dev_database):
    """A connection to another database, which has the table without rows."""
    with connected(dev_database) as connection:
        connection.execute("DROP TABLE IF EXISTS item")
        connection.execute("CREATE TABLE item (id integer CHECK (id <> 1666), name text)")
        yield connection


def rows(connection) -> int:
    return connection.execute("SELECT count(*) FROM item").fetchone()[0]


def process_is_gone(pid: int) -> bool:
    """Or about to be: one that has ended is listed until its parent, which may be init, has taken notice."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


@pytest.mark.parametrize("binary", [True, False])
def test_rows_arrive_as_they_are(source, dev, binary):
    with opened(source) as snapshot:
        copied = snapshot.copy("SELECT name, id FROM item", dev, "public.item (name, id)", binary=binary, what="item")
        assert snapshot.bytes > 10_000
    assert copied == rows(dev) == 1000
    assert dev.execute("SELECT name FROM item WHERE id = 7").fetchone() == ("item 7",)


def test_nothing_to_copy_is_no_failure(source, dev):
    with opened(source) as snapshot:
        for binary in (True, False):
            assert snapshot.copy("SELECT * FROM item WHERE false", dev, "item", binary=binary, what="item") == 0


def test_all_readers_and_questions_see_one_moment(source, dev):
    with opened(source, readers=3, keepalive_s=0.2) as snapshot, connected(source) as writer:
        writer.execute("INSERT INTO item VALUES (0, 'too late')")
        try:
            assert snapshot.read("SELECT count(*) FROM item") == [(1000,)]
            readings = [snapshot.start("SELECT * FROM item", binary=True, what="item") for _ in range(3)]
            assert [reading.into(dev, "item") for reading in readings] == [1000] * 3
            # Also a session that takes the place of a lost one.
            for each in snapshot._readers:
                each._session.kill()
            soon(lambda: all(each._session is None for each in snapshot._readers))
            assert snapshot.copy("SELECT * FROM item", dev, "item", binary=True, what="item") == 1000
        finally:
            writer.execute("DELETE FROM item WHERE id = 0")


def test_nothing_can_be_written(source, dev):
    with opened(source) as snapshot:
        with pytest.raises(ScriptFailed) as failure:
            snapshot.copy("SELECT setval('s', 1), 'x'", dev, "item", binary=False, what="item")
        assert failure.value.sqlstate == "25006"
        with pytest.raises(ScriptFailed) as failure:
            snapshot.read("DELETE FROM item RETURNING id")
        assert failure.value.sqlstate == "25006"
        assert snapshot.read("SELECT count(*) FROM item") == [(1000,)]


def test_readers_work_side_by_side(source, dev):
    with opened(source, readers=2) as snapshot, connected(dev.info.dsn) as second:
        meeting = "SELECT id, (SELECT pg_sleep(1))::text FROM item LIMIT 1"
        loads = [
            threading.Thread(
                target=snapshot.copy, args=(meeting, into, "item"), kwargs={"binary": True, "what": "item"}
            )
            for into in (dev, second)
        ]
        # Both readers are connected by then.
        started = time.monotonic()
        for load in loads:
            load.start()
        for load in loads:
            load.join()
        assert time.monotonic() - started < 1.9
    assert rows(dev) == 2


def test_reading_begins_before_there_is_a_table(source, dev):
    with opened(source) as snapshot:
        reading = snapshot.start("SELECT * FROM item", binary=True, what="item")
        soon(lambda: snapshot.bytes > 10_000)
        with dev.transaction(force_rollback=True):
            dev.execute("CREATE TABLE later (id integer, name text)")
            assert reading.into(dev, "later") == 1000


def test_what_nobody_takes_stays_at_the_source(source):
    with opened(source) as snapshot:
        snapshot.start("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", binary=False, what="item")
        soon(lambda: snapshot.bytes > 4_000_000)
        time.sleep(0.2)
        assert snapshot.bytes < 6_000_000


def test_megabytes_of_text_are_a_query(source, dev):
    ids = ",".join(str(number) for number in range(1_000_000, 1_400_000))
    with opened(source) as snapshot:
        snapshot.read("SELECT 1")
        started = time.monotonic()
        query = f"SELECT * FROM item WHERE id = ANY ('{{7,{ids}}}'::integer[])"
        assert snapshot.copy(query, dev, "item", binary=True, what="item") == 1
        assert time.monotonic() - started < 3


def test_a_failure_at_the_source_names_the_table(source, dev):
    with opened(source) as snapshot:
        with pytest.raises(ScriptFailed) as failure:
            snapshot.copy(
                "SELECT 1 / (500 - id), name FROM item ORDER BY id", dev, "item", binary=False, what="public.item"
            )
        assert failure.value.sqlstate == "22012"
        assert str(failure.value) == "public.item: reading from the source failed: division by zero (SQLSTATE 22012)"
        assert dev.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert rows(dev) == 0
        # Another session takes over, on the same snapshot.
        assert snapshot.copy("SELECT * FROM item", dev, "item", binary=True, what="item") == 1000


def test_what_the_server_adds_to_a_failure_is_told(source, dev):
    with opened(source, session={"statement_timeout": "200ms"}) as snapshot:
        with pytest.raises(ScriptFailed, match="statement timeout") as failure:
            snapshot.copy("SELECT 1, pg_sleep(9)::text", dev, "item", binary=True, what="item")
        assert "statement_timeout" in (failure.value.hint or "")
        with pytest.raises(ScriptFailed, match='column "nam" does not exist') as failure:
            snapshot.copy("SELECT nam FROM item", dev, "item", binary=True, what="item")
        assert "item.name" in (failure.value.hint or "")


def test_a_failure_of_the_dev_server_names_the_table(source, dev):
    with opened(source) as snapshot:
        with pytest.raises(ScriptFailed) as failure:
            snapshot.copy("SELECT id + 1000, name FROM item", dev, "item", binary=True, what="public.item")
        assert failure.value.sqlstate == "23514"
        assert str(failure.value).startswith("public.item: loading failed: ")
        assert "1666" in str(failure.value)
        assert (dev.info.transaction_status, rows(dev)) == (psycopg.pq.TransactionStatus.IDLE, 0)


def test_the_dev_server_s_failure_ends_the_reading_at_once(source, dev):
    with opened(source) as snapshot, connected(source) as watcher:
        started = time.monotonic()
        query = "SELECT 1666, repeat('x', 100) FROM generate_series(1, 10000) AS a, generate_series(1, 10000) AS b"
        with pytest.raises(ScriptFailed, match="violates check constraint"):
            snapshot.copy(query, dev, "item", binary=True, what="item")
        assert time.monotonic() - started < 5
        soon(lambda: not watcher.execute(READERS).fetchall())


def test_the_transaction_of_the_dev_side_is_the_caller_s(source, dev):
    with opened(source) as snapshot:
        with pytest.raises(ScriptFailed), dev.transaction():
            snapshot.copy("SELECT id + 1000, name FROM item", dev, "item", binary=True, what="item")
        with dev.transaction(force_rollback=True):
            dev.execute("TRUNCATE item")
            assert snapshot.copy("SELECT * FROM item", dev, "item", binary=True, what="item", freeze=True) == 1000
        assert rows(dev) == 0


def test_a_lost_source_names_the_table(source, dev):
    with opened(source) as snapshot, connected(source) as killer:
        reading = snapshot.start("SELECT id, pg_sleep(9)::text FROM item", binary=True, what="public.item")
        ((pid,),) = soon(lambda: killer.execute(READERS).fetchall())
        killer.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(ConnectionFailed, match=r"^public\.item: the source was lost.*terminating connection"):
            reading.into(dev, "item")
        assert rows(dev) == 0


def test_a_lost_dev_server_names_the_table(source, dev):
    with opened(source) as snapshot, connected(source) as killer:
        reading = snapshot.start("SELECT id, pg_sleep(0.003)::text FROM item", binary=True, what="public.item")
        threading.Timer(0.3, killer.execute, ["SELECT pg_terminate_backend(%s)", [dev.info.backend_pid]]).start()
        with pytest.raises(ConnectionFailed, match=r"^public\.item: the connection .* was lost"):
            reading.into(dev, "item")
        assert soon(lambda: not killer.execute(SLEEPING).fetchone()[0])


def test_leaving_ends_every_session(source, dev):
    with connected(source) as watcher:
        with opened(source, readers=2) as snapshot:
            snapshot.start("SELECT id, pg_sleep(9)::text FROM item", binary=True, what="item")
            reading = snapshot.start("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", binary=True, what="b")
            soon(lambda: len(watcher.execute(READERS).fetchall()) == 2 and snapshot.bytes > 4_000_000)
            pids = [each._session.pid for each in snapshot._readers]
        assert soon(lambda: not watcher.execute(SESSIONS).fetchone()[0])
        assert all(process_is_gone(pid) for pid in pids)
        with pytest.raises(ScriptFailed, match="given up"):
            reading.into(dev, "item")


PROGRAM = """
import sys, time
from devdb.server.snapshot import Snapshot
from devdb.server.sparing import Spare
from psycopg.conninfo import conninfo_to_dict
given = {key: str(value) for key, value in conninfo_to_dict(sys.argv[1]).items()}
with Snapshot.open(given, readers=2, session={}, spare=Spare(), on_warning=print) as snapshot:
    snapshot.start("SELECT id, pg_sleep(99)::text FROM item", binary=True, what="item")
    snapshot.start("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", binary=True, what="b")
    while snapshot.bytes < 4_000_000 or not all(each._session for each in snapshot._readers):
        time.sleep(0.01)
    print(*(each._session.pid for each in snapshot._readers), flush=True)
    time.sleep(99)
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_psql_is_left_behind(source, number):
    with (
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as child,
        connected(source) as watcher,
    ):
        pids = [int(word) for word in child.stdout.readline().split()]
        try:
            soon(lambda: watcher.execute(SLEEPING).fetchone()[0])
            assert len(pids) == 2
            child.send_signal(number)
            child.wait(10)
            soon(lambda: all(process_is_gone(pid) for pid in pids))
            if number == signal.SIGINT:
                assert not watcher.execute(SLEEPING).fetchone()[0]
        finally:
            child.kill()
            for pid in pids:
                if not process_is_gone(pid):
                    os.kill(pid, signal.SIGKILL)
            # Of a client that was killed the server hears late.
            watcher.execute(SLEEPING.replace("count(*)", "pg_terminate_backend(pid)"))
            soon(lambda: not watcher.execute(SLEEPING).fetchone()[0])


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_the_password_is_in_nobody_s_sight(cluster, source, dev):
    with opened(cluster.tcp_conninfo(conninfo_to_dict(source)["dbname"])) as snapshot:
        assert snapshot.copy("SELECT * FROM item", dev, "item (id, name)", binary=True, what="item") == 1000
        (only,) = snapshot._readers
        assert cluster.password.encode() not in Path(f"/proc/{only._session.pid}/cmdline").read_bytes()


def test_too_few_connections_are_made_do_with(cluster, source, dev, monkeypatch):
    monkeypatch.setattr(reader, "_BACKOFF_S", 0.02)
    heard: list[str] = []
    with roles(cluster, "narrow", attributes="LOGIN CONNECTION LIMIT 2"), connected(source) as admin:
        admin.execute("GRANT SELECT ON item TO narrow")
        with opened(make_conninfo(source, user="narrow"), readers=2, heard=heard) as snapshot:
            readings = [snapshot.start("SELECT * FROM item", binary=True, what="item") for _ in range(3)]
            assert [reading.into(dev, "item") for reading in readings] == [1000] * 3
            soon(lambda: heard)
        admin.execute("ALTER ROLE narrow CONNECTION LIMIT 1")
        none_left = pytest.raises(ConnectionFailed, match="too many connections for role")
        with opened(make_conninfo(source, user="narrow"), readers=2) as snapshot, none_left:
            snapshot.copy("SELECT * FROM item", dev, "item", binary=True, what="item")
        admin.execute("REVOKE ALL ON item FROM narrow")
    assert len(heard) == 1
    assert "fewer connections" in heard[0]


@pytest.mark.parametrize("where", ["role", "session"])
def test_idle_timeouts_do_not_end_the_run(cluster, source, dev, where):
    with roles(cluster, "hasty", attributes="LOGIN"), connected(source) as admin:
        admin.execute("GRANT SELECT ON item TO hasty")
        admin.execute("ALTER ROLE hasty SET idle_in_transaction_session_timeout = '500ms'")
        # Where a setting cannot help, being used does.
        session = {"idle_in_transaction_session_timeout": "500ms"} if where == "session" else {}
        address = make_conninfo(source, user="hasty")
        with opened(address, session=session, keepalive_s=0.1 if session else 99, readers=2) as snapshot:
            time.sleep(1.2)
            assert snapshot.read("SELECT count(*) FROM item") == [(1000,)]
            pids = [each._session.pid for each in snapshot._readers]
            assert not any(process_is_gone(pid) for pid in pids)
            assert snapshot.copy("SELECT * FROM item", dev, "item", binary=True, what="item") == 1000
        admin.execute("REVOKE ALL ON item FROM hasty")


def test_settings_are_those_of_every_session(source, dev):
    settings = {"search_path": "pg_catalog, pg_temp", "DateStyle": "SQL", "devdb.test": "it's"}
    shown = ", ".join(f"current_setting('{name}')" for name in settings)
    query = f"SELECT 1, concat_ws('|', {shown})"
    with opened(source, session=settings) as snapshot:
        ((_, answer),) = snapshot.read(query)
        assert answer == "pg_catalog, pg_temp|SQL, MDY|it's"
        snapshot.copy(query, dev, "item", binary=True, what="item")
        assert dev.execute("SELECT name FROM item").fetchone() == (answer,)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP", "UTF8"])
@pytest.mark.parametrize("binary", [True, False])
def test_text_arrives_whatever_its_encoding(cluster, dev, encoding, binary, monkeypatch):
    with connected(cluster.conninfo()) as admin:
        admin.execute("DROP DATABASE IF EXISTS encoded")
        admin.execute(f"CREATE DATABASE encoded TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    text = "日本" if encoding == "EUC_JP" else "é\\ü"
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with psycopg.connect(cluster.conninfo("encoded"), autocommit=True, client_encoding="UTF8") as connection:
        connection.execute('CREATE TABLE "tàble" AS SELECT 1 AS id, %s::text AS name'.replace("à", text[0]), [text])
    query = f"SELECT * FROM \"t{text[0]}ble\" WHERE name = '{text}'"
    with opened(cluster.conninfo("encoded")) as snapshot, psycopg.connect(dev.info.dsn, autocommit=True) as narrow:
        assert snapshot.copy(query, narrow, "item", binary=binary, what="item") == 1
    assert dev.execute("SELECT name FROM item").fetchone() == (text,)
    with connected(cluster.conninfo()) as admin:
        admin.execute("DROP DATABASE encoded WITH (FORCE)")


def test_bytes_of_no_encoding_come_and_go(cluster, dev):
    with connected(cluster.conninfo()) as admin:
        admin.execute("DROP DATABASE IF EXISTS bytes")
        admin.execute("CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        try:
            with connected(cluster.conninfo("bytes")) as connection:
                connection.execute(b"CREATE TABLE item AS SELECT '\xe9'::text AS name")
            with opened(cluster.conninfo("bytes")) as snapshot, connected(cluster.conninfo("bytes")) as same:
                same.execute("CREATE TABLE copied (name text)")
                same.execute("SET client_encoding = 'SQL_ASCII'")
                # The dev server may take it or not; that is told like any failure of its own.
                with pytest.raises(ScriptFailed, match="invalid byte sequence"):
                    snapshot.copy("SELECT 1, name FROM item", dev, "item", binary=True, what="item")
                query = "SELECT name FROM item WHERE name = '\udce9'"
                assert snapshot.copy(query, same, "copied", binary=True, what="item") == 1
        finally:
            admin.execute("DROP DATABASE bytes WITH (FORCE)")


@pytest.mark.parametrize("major", [16, 18])
def test_other_releases_are_read(cluster_factory, dev, major):
    with opened(cluster_factory(major=major).conninfo(), readers=2) as snapshot:
        query = "SELECT g, 'row' FROM generate_series(1, 5000) AS g WHERE g <> 1666"
        for binary in (True, False):
            assert snapshot.copy(query, dev, "item", binary=binary, what="item") == 4999
