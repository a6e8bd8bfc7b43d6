"""Whatever ends a run before its time, the old dev database stays complete and in use, and the next run succeeds."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest
from killing import AT_WORK, OURS, RUNS, WORK, at_work, readers_of, whole_files
from workbench import SLOW, SLOW_BY, eventually


def test_kill_9_at_any_moment(start, run, demo_db, ask, tell, reader, databases, tmp_path):  # noqa: ARG001
    begun_s = time.monotonic()
    run("build-dev-db")
    whole_s = time.monotonic() - begun_s
    rows = ask("devdb", "SELECT count(*) FROM registry.well")
    for part in range(6):
        tell("devdb", OURS)
        oid = ask("devdb", "SELECT oid FROM pg_database WHERE datname = 'devdb'")
        reading = reader("devdb", "SELECT count(*), max(id) FROM registry.well")
        moment_s = whole_s * (part + random.random()) / 6
        process = start("update-dev-db-schema")
        try:
            process.wait(moment_s)
        except subprocess.TimeoutExpired:
            process.kill()
            # It may have come to its end just before.
            assert process.wait() in (-signal.SIGKILL, 0)
        # What it asked the server for last may still be done.
        eventually(lambda: not ask("postgres", RUNS))
        whole_files(tmp_path)
        assert ask("devdb", "SELECT count(*) FROM registry.well") == rows
        touched = ask("devdb", "SELECT obj_description('registry.well'::regclass)") == "touched by us"
        if ask("postgres", "SELECT oid FROM pg_database WHERE datname = 'devdb'") == oid:
            assert touched, f"no longer the old one {moment_s:.2f} s after the start"
            reading.finish()
        else:
            # It had done its work already.
            assert not touched, f"not quite the new one {moment_s:.2f} s after the start"
            reading.forget()
    run("update-dev-db-schema", "--no-dump")
    assert not databases() & {WORK, "devdb__old"}


def test_the_run_after_a_killed_one_removes_what_it_left(start, run, dev_db, ask, databases, reader, cluster):
    reading = reader(dev_db)
    process = start("update-dev-db-data", settings=SLOW)
    at_work(ask)
    process.kill()
    process.wait()
    assert WORK in databases()
    eventually(lambda: not readers_of(cluster), timeout_s=2)
    # The dev server is still busy with what the killed one asked for: the next run does not wait for that.
    run("update-dev-db-data", "--dry-run", settings="")
    assert WORK in databases()
    reading.finish()
    run("update-dev-db-data", "--no-dump")
    assert WORK not in databases()
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


@pytest.mark.parametrize(
    ("number", "status", "way"),
    [(signal.SIGTERM, 143, "direct"), (signal.SIGINT, 130, "wrapper"), (signal.SIGHUP, 129, "direct")],
    ids=["TERM", "INT", "HUP"],
)
def test_a_signal_ends_a_run_and_leaves_nothing(start, dev_db, ask, reader, nothing_is_left, number, status, way):
    reader(dev_db)
    process = start("update-dev-db-data", settings=SLOW_BY[way])
    at_work(ask, way)
    process.send_signal(number)
    begun_s = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - begun_s < 5
    assert process.returncode == status, out + err
    assert "Traceback" not in err
    nothing_is_left()


def test_a_signal_while_the_dump_is_written(start, demo_db, run, tmp_path, work_is_gone):  # noqa: ARG001
    run("build-dev-db")
    before = (tmp_path / "devdb.dump").read_bytes()
    process = start("update-dev-db-data")
    assert process.stderr is not None
    while "writing the dump" not in process.stderr.readline():
        assert process.poll() is None
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 143
    work_is_gone()
    assert (tmp_path / "devdb.dump").read_bytes() == before
    assert not list(tmp_path.glob(".*dump*"))


@pytest.mark.parametrize(("way", "whose"), [("wrapper", "wrapper"), ("direct", "direct"), ("direct", "source")])
def test_a_servers_process_is_terminated(start, dev_db, ask, reader, nothing_is_left, way, whose):
    reader(dev_db)
    process = start("update-dev-db-data", settings=SLOW_BY[way])
    at_work(ask, way)
    ask("postgres", "SELECT pg_terminate_backend(%s)", at_work(ask, whose))
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2, err
    said = err.partition("Error: ")[2]
    assert ("the source was lost" if whose == "source" else "devdb__next") in said
    if way == "direct":
        assert said.startswith("public.customer: ")
    assert "Traceback" not in err
    nothing_is_left()


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_a_reader_is_killed(start, dev_db, ask, cluster, nothing_is_left):
    process = start("update-dev-db-data", "-j", "1", settings=SLOW_BY["direct"])
    at_work(ask)
    (psql,) = readers_of(cluster)
    os.kill(psql, signal.SIGKILL)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2, err
    assert err.partition("Error: ")[2].startswith("public.customer: the source was lost")
    nothing_is_left()
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def test_the_holder_of_the_snapshot_is_terminated(start, dev_db, ask, nothing_is_left):
    """Whether all rows could be seen is not known then."""
    process = start("update-dev-db-data", "-j", "1", settings=SLOW_BY["direct"])
    at_work(ask)
    ask("postgres", "SELECT pg_terminate_backend(%s)", at_work(ask, "holder"))
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2, err
    assert "database proddb was lost" in err.partition("Error: ")[2]
    nothing_is_left()
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "ALTER TABLE orders DROP COLUMN note",
            "public.orders: reading from the source failed: column f.note",
        ),
        ("TRUNCATE orders", "written anew at the source while it was read, .*: public.orders"),
    ],
    ids=["DROP COLUMN", "TRUNCATE"],
)
def test_a_table_changes_while_others_are_read(start, dev_db, ask, tell, nothing_is_left, change, said):
    # The largest table is read first.
    tell("proddb", *["UPDATE customer SET id = id"] * 20)
    process = start("update-dev-db-data", "-j", "1", settings=SLOW_BY["direct"])
    at_work(ask, "source")
    tell("proddb", change)
    _, err = process.communicate(timeout=20)
    assert process.returncode not in (0, None), err
    assert re.match(said, err.partition("Error: ")[2])
    nothing_is_left()
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def test_the_holder_of_the_lock_is_terminated(start, dev_db, ask, reader):
    reader(dev_db)
    process = start("update-dev-db-data", "--no-dump", settings=SLOW)
    at_work(ask)
    ask(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
    )
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2, err
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def test_files_of_another_run_that_was_killed_go_away(run, dev_db, tmp_path):  # noqa: ARG001
    old = tmp_path / ".devdb.dump.abandoned"
    old.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    run("update-dev-db-data")
    assert not old.exists()


def test_in_place_a_killed_run_leaves_the_old_rows(run, start, make_db, ask, tell, shop):  # noqa: ARG001
    make_db("devdb")
    run("build-dev-db", "--no-dump", settings="target: {replace: in_place}\n")
    tell("devdb", "UPDATE orders SET note = 'old'")
    process = start("update-dev-db-data", settings="target: {replace: in_place}\n" + SLOW)
    asked = f"SELECT 1 FROM pg_stat_activity WHERE {AT_WORK['direct']}".replace(WORK, "devdb")
    eventually(lambda: ask("postgres", asked))
    process.kill()
    process.wait()
    # Those who want to read wait for a transaction that the server ends within seconds.
    assert ask("devdb", "SELECT count(*) FROM orders WHERE note = 'old'") == 200
    run("update-dev-db-data", "--no-dump", settings="target: {replace: in_place}\n")
    assert ask("devdb", "SELECT count(*) FROM orders WHERE note = 'old'") == 0


def test_a_reader_of_the_dry_run_that_has_had_enough(start, dev_db):  # noqa: ARG001
    process = start("update-dev-db-data", "--dry-run")
    assert process.stdout is not None
    process.stdout.close()
    process.wait(30)
    assert process.returncode in (0, 1, -signal.SIGPIPE)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()


def test_there_is_a_dev_database_all_the_time(run, dev_db, cluster):  # noqa: ARG001
    seen = set()
    end = threading.Event()

    def watch():
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            while not end.is_set():
                seen.add(bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = 'devdb'").fetchone()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    run("update-dev-db-data", "--no-dump")
    end.set()
    watcher.join()
    assert seen == {True}
