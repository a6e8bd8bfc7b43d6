"""Whatever ends a run before its time, the old dev database stays complete and in use, and the next run succeeds."""

from __future__ import annotations

import gzip
import os
import random
import re
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest
from workbench import SLOW, SLOW_BY, eventually

from devdb.server import programs

WORK = "devdb__next"
# The old dev database of the demo is told from a new one by this.
OURS = "COMMENT ON TABLE registry.well IS 'touched by us'"

RUNS = "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'devdb %' LIMIT 1"

# The sessions of a run on the shop that take its rows: the dev server's, by the wrapper or by COPY, and the source's.
AT_WORK = {
    "wrapper": f"datname = '{WORK}' AND query LIKE '%pg_sleep%'",
    "direct": f"datname = '{WORK}' AND query LIKE 'COPY%FROM STDIN%'",
    "source": "datname = 'proddb' AND query LIKE 'COPY%pg_sleep%TO STDOUT%'",
    "holder": "datname = 'proddb' AND state = 'idle in transaction'",
}


class Reader:
    """A session of somebody else's in the old dev database, who reads the same rows all the time."""

    def __init__(self, conninfo: str, question: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._question = question
        self._wanted = self._connection.execute(question).fetchone()
        self._end = threading.Event()
        self.reads = 0
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        try:
            while not self._end.wait(0.02):
                assert self._connection.execute(self._question).fetchone() == self._wanted
                self.reads += 1
        except Exception as exc:
            self.failure = exc

    def forget(self) -> None:
        """Stop; the database is gone by now."""
        self._end.set()
        self._thread.join()
        self._connection.close()
        self.failure = None

    def finish(self) -> None:
        """Stop; nothing may have gone wrong."""
        if self._end.is_set():
            return
        self._end.set()
        self._thread.join()
        self._connection.close()
        failure, self.failure = self.failure, None
        assert failure is None, failure
        assert self.reads > 0


@pytest.fixture
def reader(cluster):
    """Makes readers, and says at the end whether they could read on."""
    readers = []

    def make(dbname, question="SELECT count(*), sum(id) FROM orders"):
        readers.append(Reader(cluster.conninfo(dbname), question))
        return readers[-1]

    yield make
    for each in readers:
        each.finish()


@pytest.fixture
def work_is_gone(databases):
    def check():
        eventually(lambda: WORK not in databases(), timeout_s=5)

    return check


@pytest.fixture
def nothing_is_left(ask, databases, cluster, tmp_path):
    """Neither at a server, nor as a process, nor as a file."""

    def check():
        eventually(
            lambda: WORK not in databases() and not ask("postgres", RUNS) and not readers_of(cluster), timeout_s=5
        )
        assert not list((tmp_path / "tmp").iterdir())

    return check


def readers_of(cluster) -> list[int]:
    """Every psql that talks to this server."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            program, variables = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:
            continue
        if b"psql\0" in program and f"PGHOST={cluster.socket_directory}\0".encode() in variables:
            found.append(int(process.name))
    return found


def whole_files(directory: Path) -> None:
    """The files of earlier runs are complete."""
    assert (directory / "schema.sql").read_text().rstrip().endswith(";")
    programs.run(programs.find("pg_restore"), ["--list", str(directory / "devdb.dump")])
    with gzip.open(directory / "devdb.sql.gz") as packed:
        assert packed.read().rstrip().endswith(b"-- PostgreSQL database dump complete\n--")


def at_work(ask, what="direct"):
    """Wait until the rows are being taken; returns a server process that does it (see AT_WORK)."""
    return eventually(lambda: ask("postgres", f"SELECT pid FROM pg_stat_activity WHERE {AT_WORK[what]}"))


def test_kill_9_at_any_moment(start, run, demo_db, ask, tell, reader, databases, tmp_path):  # noqa: ARG001
    begun_s = time.monotonic()
    run("build-dev-db")
    whole_s = time.monotonic() - begun_s
    rows = ask("devdb", "SELECT count(*) FROM registry.well")
    for part in range(9):
        tell("devdb", OURS)
        oid = ask("devdb", "SELECT oid FROM pg_database WHERE datname = 'devdb'")
        reading = reader("devdb", "SELECT count(*), max(id) FROM registry.well")
        moment_s = whole_s * (part + random.random()) / 9
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


@pytest.fixture(scope="module")
def elsewhere(cluster_factory):
    """A server of its own, which tests may stop."""
    made = cluster_factory()
    with psycopg.connect(made.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE proddb")
    with psycopg.connect(made.conninfo("proddb"), autocommit=True) as connection:
        connection.execute("CREATE TABLE big (id int PRIMARY KEY, note text)")
        connection.execute("INSERT INTO big SELECT n, repeat('x', 1500) FROM generate_series(1, 18000) AS n")
    return made


@pytest.mark.usefixtures("make_db")
@pytest.mark.parametrize("way", SLOW_BY)
def test_the_source_is_stopped_half_way(start, run, elsewhere, ask, databases, way):
    elsewhere.start(listen=True)

    def settings(rule):
        return (
            f"source: {{host: {elsewhere.socket_directory}, port: {elsewhere.port}, fetch_size: 100, reader: {way}}}\n"
            f"sampling: {{tables: {{public.big: {rule}}}}}\n"
        )

    run("build-dev-db", "--no-dump", settings=settings("{where: id < 10}"))
    there = databases()
    # A server sleeps between the rows, so that the source has not sent them all.
    process = start("update-dev-db-data", settings=settings('{where: "pg_catalog.pg_sleep(0.01) IS NOT NULL"}'))
    at_work(ask, way)
    time.sleep(0.3)
    elsewhere.stop()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2, err
    assert ("public.big: the source was lost" if way == "direct" else "lost the source") in err.partition("Error")[2]
    assert "Traceback" not in err
    assert databases() == there
    assert ask("devdb", "SELECT count(*) FROM big") == 9
    done = run("update-dev-db-data", status=2)
    assert f"host {elsewhere.socket_directory}" in done.stderr
    elsewhere.start(listen=True)
    run("update-dev-db-data", "--no-dump", settings=settings("{where: id < 20}"))
    assert ask("devdb", "SELECT count(*) FROM big") == 19


def test_the_dev_server_is_stopped_half_way(start, run, elsewhere, shop, ask, cluster, tmp_path):  # noqa: ARG001
    elsewhere.start(listen=True)

    def settings(more=""):
        return f"target: {{host: {elsewhere.socket_directory}, port: {elsewhere.port}}}\n{more}"

    run("build-dev-db", "--no-dump", settings=settings())
    process = start("update-dev-db-data", settings=settings(SLOW))
    at_work(ask, "source")
    with psycopg.connect(elsewhere.conninfo(), autocommit=True) as session:
        eventually(lambda: session.execute(f"SELECT 1 FROM pg_stat_activity WHERE {AT_WORK['direct']}").fetchone())
    elsewhere.stop()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2, err
    assert re.match(r"public\.(customer|orders): the connection to .* was lost", err.partition("Error: ")[2])
    assert "Traceback" not in err
    eventually(lambda: not ask("postgres", RUNS) and not readers_of(cluster), timeout_s=5)
    assert not list((tmp_path / "tmp").iterdir())
    elsewhere.start(listen=True)
    with psycopg.connect(elsewhere.conninfo("devdb"), autocommit=True) as session:
        assert session.execute("SELECT count(*) FROM orders").fetchone() == (200,)
    run("update-dev-db-data", "--no-dump", settings=settings())


@pytest.mark.usefixtures("make_db")
def test_a_source_that_the_dev_server_cannot_reach(run, elsewhere, databases):
    elsewhere.start(listen=True)
    there = databases()
    address = f"host: {elsewhere.socket_directory}, port: {elsewhere.port}, fdw_options: {{port: 1}}"
    done = run("build-dev-db", status=2, settings=f"source: {{{address}, reader: wrapper}}\n")
    assert "source.fdw_options" in done.stderr
    assert databases() == there


def test_the_dev_servers_disk_is_full(command, elsewhere, tmp_path):
    elsewhere.start(listen=True)
    env = {"PGHOST": str(elsewhere.socket_directory), "PGPORT": str(elsewhere.port)}
    settings = tmp_path / "devdb.yaml"
    settings.write_text("sampling: {tables: {public.big: {limit: 10}}}\n")
    done = command("build-dev-db", "--no-dump", env=env)
    assert done.returncode == 0, done.stderr
    settings.write_text("sampling: {default: all}\n")
    # No file of this server may grow beyond what its WAL needs, which the table would: as if the disk were full.
    restart(elsewhere, limit=20 << 20)
    try:
        env["PGPORT"] = str(elsewhere.port)
        with psycopg.connect(elsewhere.conninfo("devdb"), autocommit=True) as session:
            for way in SLOW_BY:
                done = command("update-dev-db-data", "--no-dump", "--reader", way, env=env)
                assert done.returncode == 3, done.stderr
                assert "could not extend file" in done.stderr
                said = done.stderr.partition("Error: ")[2]
                assert said.startswith("public.big: loading failed" if way == "direct" else "sql/populate/sample.sql:")
            assert session.execute("SELECT count(*) FROM big").fetchone() == (10,)
            names = {name for (name,) in session.execute("SELECT datname FROM pg_database")}
            assert WORK not in names
    finally:
        restart(elsewhere, limit=None)
    env["PGPORT"] = str(elsewhere.port)
    done = command("update-dev-db-data", "--no-dump", env=env)
    assert done.returncode == 0, done.stderr


def restart(cluster, *, limit):
    """Start the server anew; its files may have `limit` bytes, None for any number."""
    cluster.stop()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft if limit is None else limit, hard))
    try:
        cluster.start(listen=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_disk_for_the_dump_is_full(run, start, demo_db, ask, tell, databases, tmp_path, reader):  # noqa: ARG001
    run("build-dev-db")
    tell("devdb", OURS)
    reader("devdb", "SELECT count(*), max(id) FROM registry.well")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.*")}
    there = databases()
    limit = len(before["devdb.dump"]) // 2

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start("update-dev-db-data", preexec_fn=limited)
    _, err = process.communicate(timeout=60)
    assert process.returncode not in (0, None), err
    assert "pg_dump" in err.partition("Error")[2]
    assert "Traceback" not in err
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*")} == before
    assert databases() == there
    assert ask("devdb", "SELECT obj_description('registry.well'::regclass)") == "touched by us"


def test_the_output_directory_cannot_be_written(run, shop, databases, tmp_path):  # noqa: ARG001
    there = databases()
    (tmp_path / "file").write_text("")
    for directory in (tmp_path / "file" / "below", Path("/proc/nowhere")):
        done = run("build-dev-db", "-o", directory, status=1)
        assert "Error: " in done.stderr
        assert str(directory) in done.stderr
    assert databases() == there


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
