"""The commands for migrations, as a person or a pipeline runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from executables import executable
from fixture_types import RunCommand, RunProgram
from migration_site import FLYWAYS_TABLE, Site

from devdb.cli import main
from devdb.server.cluster import Cluster


class Ended(NamedTuple):
    """What a command said."""

    stdout: str
    stderr: str


Devdb = Callable[..., Ended]
Start = Callable[..., "subprocess.Popen[str]"]

SLEEPING = "SELECT 1 FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid()"


@pytest.fixture
def where(cluster: Cluster, site: Site) -> list[str]:
    """The options that lead to the database of the test."""
    dbname = psycopg.conninfo.conninfo_to_dict(site.conninfo)["dbname"]
    return ["-h", str(cluster.socket_directory), "-p", str(cluster.port), "-d", str(dbname)]


@pytest.fixture
def installed(command: RunCommand, site: Site, where: list[str]) -> Devdb:
    """Run a command of the group, which must end with `status`."""

    def run(name: str, *args: str, status: int = 0) -> Ended:
        done = command("devdb", "migrations", name, *where, *args, cwd=site.directory)
        assert done.returncode == status, done.stderr
        return Ended(done.stdout, done.stderr)

    return run


@pytest.fixture
def devdb(
    site: Site, where: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Devdb]:
    """As `installed`, in this process, where it starts in no time."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.chdir(site.directory)

    def run(name: str, *args: str, status: int = 0) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main.devdb.main(args=["migrations", name, *where, *args], prog_name="devdb")
        told = capsys.readouterr()
        assert ended.value.code == status, told.err
        return Ended(told.out, told.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def start(site: Site, where: list[str]) -> Iterator[Start]:
    """Start a command of the group, and do not wait for it."""
    started = []

    def run(*args: str) -> subprocess.Popen[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(site.directory), "LANG": "C.UTF-8"}
        argv = [executable("devdb"), "migrations", *args, *where]
        process = subprocess.Popen(argv, cwd=site.directory, env=environment, text=True, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def wait_for_sleep(site: Site) -> None:
    deadline = time.monotonic() + 20
    while not site.rows(SLEEPING):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def told(done: Ended) -> Any:
    return json.loads(done.stdout)


def test_a_life_with_migrations(installed: Devdb, devdb: Devdb, site: Site) -> None:
    site.write(
        {"V1__a.sql": "CREATE TABLE a ();", "R__v.sql": "CREATE OR REPLACE VIEW v AS SELECT ${n}", "notes.sql": ""}
    )
    done = installed("apply", "--placeholder", "n=1")
    assert "warning: " in done.stderr
    assert "notes.sql begins with none of V, R, U and B: passed over" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[:3]] == ["applied", "V1__a.sql", "R__v.sql"]
    assert done.stdout.splitlines()[-1].endswith(": version 1, 2 applied")
    site.write({"notes.sql": None, "V2__b.sql": "CREATE TABLE b (;"})
    # A placeholder without a value; a file that fails; a check that fails.
    assert "R__v.sql:1: there is no value for the placeholder ${n}" in installed("info", status=3).stderr
    done = installed("apply", "--placeholder", "n=1", status=3)
    assert 'migrations/V2__b.sql:1: syntax error at or near ";" (SQLSTATE 42601)' in done.stderr
    done = installed("validate", "--placeholder", "n=2", status=1)
    assert "V2__b.sql (version 2): not applied" in done.stderr
    assert "R__v.sql (repeatable): changed since it was applied" in done.stderr
    devdb("validate", "--placeholder", "n=1", "--ignore", "*:pending")
    assert devdb("info", "--placeholder", "n=1").stdout.splitlines()[0].split() == [
        *("category", "version", "description", "type", "installed", "on", "state"),
    ]


def test_programs_are_told_in_json(devdb: Devdb, site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a ();", "V2__b.sql": "VACUUM a; SELECT 1/0;"})
    wanted = {"version": "1", "description": "a", "type": "SQL", "script": "V1__a.sql", "category": "Versioned"}
    applied = told(devdb("apply", "--format", "json", "--target", "1"))
    assert (applied["initialSchemaVersion"], applied["targetSchemaVersion"], applied["migrationsExecuted"]) == (
        None,
        "1",
        1,
    )
    assert wanted.items() <= applied["migrations"][0].items()
    devdb("apply", "--mixed", "--format", "json", status=3)
    done = told(devdb("info", "--format", "json"))
    assert done["schemaVersion"] == "2"
    assert [(each["state"], each["installedRank"]) for each in done["migrations"]] == [("Success", 1), ("Failed", 2)]
    assert wanted.items() <= done["migrations"][0].items()
    done = told(devdb("validate", "--format", "json", status=1))
    assert not done["validationSuccessful"]
    assert [each["code"] for each in done["invalidMigrations"]] == ["FAILED_VERSIONED_MIGRATION"]
    site.write({"V2__b.sql": None, "V1__a.sql": "CREATE TABLE a (i int);"})
    done = told(devdb("repair", "--format", "json"))
    del done["database"]
    assert done == {"migrationsRemoved": ["V2__b.sql"], "migrationsDeleted": [], "migrationsAligned": ["V1__a.sql"]}
    assert "migrations have been applied" in devdb("baseline", status=1).stderr
    site.rows("DROP TABLE flyway_schema_history")
    done = told(devdb("baseline", "--baseline-version", "3", "--baseline-description", "äs was", "--format", "json"))
    assert (done["successfullyBaselined"], done["baselineVersion"]) == (True, "3")
    assert site.history("version, description, type") == [("3", "äs was", "BASELINE")]


def test_a_dry_run_is_the_run(devdb: Devdb, site: Site, psql: RunProgram) -> None:
    site.write(
        {
            "V1__a.sql": "SET search_path = '';\nCREATE TABLE public.a (i int);\nCOPY public.a FROM stdin;\n1\n\\.\n",
            "V2__b.sql": "CREATE INDEX CONCURRENTLY i ON a (i) -- no end",
        }
    )
    options = ("--schema", "new", "--table", "h")
    text = devdb("apply", "-n", *options).stdout
    assert site.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'new'") == []
    psql(site.conninfo, stdin=text.replace("ON a (i)", "ON public.a (i)"))
    rows = site.rows(
        "SELECT installed_rank, version, description, type, script, checksum, success FROM new.h ORDER BY 1"
    )
    site.rows("DROP SCHEMA new CASCADE; DROP TABLE public.a")
    devdb("apply", *options, "-q")
    question = "SELECT installed_rank, version, description, type, script, checksum, success FROM new.h ORDER BY 1"
    assert site.rows(question) == rows
    assert devdb("repair", "-n", *options).stdout == ""
    assert devdb("baseline", "-n").stdout.startswith("BEGIN;\nCREATE TABLE public.flyway_schema_history")


def test_the_source_and_bad_usage_are_refused(devdb: Devdb, site: Site, where: list[str]) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a ();", "V1.0__b.sql": "SELECT 1"})
    assert "V1__a.sql: the version 1 is that of" in devdb("info", status=1).stderr
    site.write({"V1.0__b.sql": None, "x.sql": ""})
    assert "x.sql begins with none" in devdb("apply", "--validate-naming", status=1).stderr
    assert "would be the source itself" in devdb("apply", "--prod-db", where[-1], status=1).stderr
    for args, message in (
        (("--folder", "nope"), "there is no directory nope"),
        (("--placeholder", "x"), "write name=value"),
        (("--baseline-version", "x"), "--baseline-version: 'x' is not a version"),
        (("--ignore", "x"), "--ignore: 'x' is not TYPE:STATUS"),
        (("--target", "7"), "--target: there is no migration of version 7"),
    ):
        assert message in devdb("apply", *args, status=2).stderr
    assert site.rows("SELECT to_regclass('a') IS NULL, to_regclass('flyway_schema_history') IS NULL") == [(True, True)]
    site.rows(FLYWAYS_TABLE.format("flyway_schema_history") + "ALTER TABLE flyway_schema_history ADD x int")
    for name in ("apply", "info", "validate", "repair", "baseline"):
        assert "it seems to be of a newer Flyway" in devdb(name, status=1).stderr


def test_folders_may_be_in_the_settings(devdb: Devdb, site: Site) -> None:
    site.write({"V1__a.sql": "SELECT 1"})
    other = site.directory / "db" / "more"
    other.mkdir(parents=True)
    (other / "V2__b.sql").write_text("SELECT 2")
    (site.directory / "devdb.yaml").write_text("migrations_state: {flyway: [migrations, db]}\n")
    devdb("apply", "-q")
    assert site.history("script") == [("V1__a.sql",), ("more/V2__b.sql",)]


def test_killed_in_the_middle_nothing_is_left(start: Start, site: Site, devdb: Devdb) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a ();", "V2__b.sql": "CREATE TABLE b (); SELECT pg_sleep(2);"})
    process = start("apply")
    wait_for_sleep(site)
    process.send_signal(signal.SIGKILL)
    process.wait()
    site.write({"V2__b.sql": "CREATE TABLE b ();"})
    # The lock went with it, though the server has not noticed yet; the next run waits for what it left behind.
    assert devdb("apply").stdout.splitlines()[-1].endswith(": version 2, 1 applied")
    assert site.history() == [("1", "V1__a.sql", True), ("2", "V2__b.sql", True)]


def test_terminated_without_a_transaction_it_has_failed(start: Start, site: Site) -> None:
    site.write({"V1__a.sql": "CREATE TABLE a (); SELECT pg_sleep(30);", "V1__a.sql.conf": "executeInTransaction=false"})
    process = start("apply")
    wait_for_sleep(site)
    process.terminate()
    assert process.wait() == 128 + signal.SIGTERM
    assert site.history() == [("1", "V1__a.sql", False)]
    assert site.rows(SLEEPING) == []


def test_two_at_once_do_it_once(start: Start, site: Site) -> None:
    site.write({f"V{n}__x.sql": f"CREATE TABLE t{n} (); SELECT pg_sleep(0.1);" for n in range(1, 6)})
    both = [start("apply"), start("apply")]
    messages = [process.communicate()[1] for process in both]
    statuses = sorted(process.returncode for process in both)
    # Who is second is refused, or finds nothing to do.
    assert statuses in ([0, 0], [0, 1]), messages
    assert statuses == [0, 0] or any("another run is at the dev database" in message for message in messages)
    assert site.history("installed_rank, version, success") == [(n, str(n), True) for n in range(1, 6)]


def test_help_starts_fast_and_names_every_command(command: RunCommand) -> None:
    text = command("devdb", "migrations", "--help").stdout
    assert all(name in text for name in ("apply", "baseline", "info", "repair", "validate"))
    done = command("devdb", "migrations", "apply", "-?", cwd=Path.cwd())
    assert "--baseline-on-migrate" in done.stdout
