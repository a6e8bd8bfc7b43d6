"""devdb leakcheck: what it searches, what it says, and with which status it ends."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixture_types import MakeDb, RunCommand, RunProgram
from leaking import Leaking

from devdb.server import programs
from devdb.server.cluster import Cluster

SETTINGS = """
classification: {policy: open}
masking:
  columns:
    public.person.email: email
    public.person.phone: redact
    public.person.home: "null"
    public.person.born: date_shift
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def leakcheck(clean: Leaking, cluster: Cluster, command: RunCommand, tmp_path: Path) -> Run:
    """The command on both databases, with settings that mask some columns."""
    (tmp_path / "devdb.yaml").write_text(SETTINGS)

    def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
        return command(
            "devdb",
            "leakcheck",
            *("-h", cluster.socket_directory, "-p", str(cluster.port)),
            *("--prod-db", clean.source.info.dbname, "-d", clean.dev.info.dbname),
            *args,
        )

    return run


@contextlib.contextmanager
def planted(world: Leaking, text: str) -> Iterator[None]:
    world.dev.execute("UPDATE note SET body = %s WHERE id = 3", [text])
    try:
        yield
    finally:
        world.dev.execute("UPDATE note SET body = 'nothing to see here, number 3' WHERE id = 3")


def test_one_line_when_nothing_is_found(leakcheck: Run, clean: Leaking) -> None:
    done = leakcheck("--values", "50")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr
    assert done.stdout.startswith("leakcheck: no leak: 150 values of 3 columns, searched for in 390 rows, ")
    assert f"of database {clean.dev.info.dbname}, " in done.stdout
    assert "public.person.born" not in done.stderr
    done = leakcheck("-v", "--values", "50")
    assert "public.person.born: dates are not telling" in done.stderr
    assert leakcheck("-q").stdout == ""


def test_a_table_of_leaks_and_no_value(leakcheck: Run, clean: Leaking, tmp_path: Path) -> None:
    mail = clean.raw("email")
    (tmp_path / "schema.sql").write_text(f"-- a run's\n-- {mail}\n")
    (tmp_path / "mine.txt").write_text(f"{clean.raw('(home).street')}\n")
    with planted(clean, f"see {mail} or {clean.raw('email', id=18)}"):
        done = leakcheck(tmp_path / "mine.txt", "-vv")
        assert done.returncode == 1
        table = [line.split() for line in done.stdout.splitlines()]
        place = ["database", f"{clean.dev.info.dbname}:", "public.note.body"]
        assert table[0] == ["found", "in", "raw", "values", "of", "values", "times"]
        assert table[1] == [*place, "public.person.email", "2", "2"]
        assert table[2] == ["mine.txt:", "line", "1", "public.person.home", "1", "1"]
        assert table[3] == ["schema.sql:", "line", "2", "public.person.email", "1", "1"]
        assert "leakcheck: 3 leaks: " in done.stdout
        assert "Error: raw values of masked columns were found" in done.stderr
        seen = (done.stdout + done.stderr).casefold()
        assert mail.casefold() not in seen
        assert "lange straße" not in seen
        assert leakcheck("--min-length", "30").returncode == 0
        quiet = leakcheck("-q")
        assert (quiet.returncode, "public.note.body" in quiet.stdout) == (1, True)


def test_an_archive_that_is_damaged_is_a_failure(leakcheck: Run, clean: Leaking, tmp_path: Path) -> None:
    conninfo, password = programs.parameters(clean.dev)
    path = tmp_path / "devdb.dump"
    programs.run(programs.find("pg_dump"), ["-Fc", f"--file={path}"], conninfo=conninfo, password=password)
    assert leakcheck().returncode == 0
    path.write_bytes(path.read_bytes()[:-5000])
    done = leakcheck()
    assert done.returncode == 1
    assert "devdb.dump: cannot be searched to its end" in done.stderr


def test_what_cannot_be_checked_is_refused(leakcheck: Run, tmp_path: Path) -> None:
    assert leakcheck(tmp_path / "nowhere").returncode == 2
    assert leakcheck("--values", "0").returncode == 2
    done = leakcheck("-d", "nowhere_at_all")
    assert done.returncode == 2
    assert "cannot connect" in done.stderr
    (tmp_path / "devdb.yaml").write_text("masking: {columns: {public.person.nothing: email}}\n")
    done = leakcheck()
    assert done.returncode == 1
    assert "devdb.yaml:1" in done.stderr
    (tmp_path / "devdb.yaml").write_text("")
    done = leakcheck()
    assert done.returncode == 1
    assert "the settings mask nothing" in done.stderr


BUILD = """
classification: {policy: open}
masking:
  columns: {public.person.*: "null", public.person.id: keep, public.person.email: email, public.person.badge: uuid}
leakcheck: off
"""


def test_what_a_run_made_is_clean_and_told_again(
    make_db: MakeDb, psql: RunProgram, cluster: Cluster, command: RunCommand, tmp_path: Path
) -> None:
    psql(
        make_db("proddb"),
        stdin="""
        CREATE TABLE person (id int PRIMARY KEY, email text UNIQUE, badge uuid, home text);
        CREATE TABLE note (id int PRIMARY KEY, person_id int REFERENCES person, body text);
        INSERT INTO person
        SELECT n, 'anna' || n || '@firma.de', md5('b' || n)::uuid, 'Lange Straße ' || n
        FROM generate_series(1, 200) AS n;
        INSERT INTO note SELECT n, n, 'nothing in it' FROM generate_series(1, 200) AS n;
    """,
    )
    (tmp_path / "devdb.yaml").write_text(BUILD)
    address = ("-h", cluster.socket_directory, "-p", str(cluster.port))
    done = command("build-dev-db", *address)
    assert done.returncode == 0, done.stderr
    done = command("devdb", "leakcheck", *address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "devdb, schema.sql, devdb.dump, devdb.sql.gz, run.json, " in done.stdout
    told = command("devdb", "report", "--masking", "--json")
    assert told.returncode == 0, told.stderr
    assert {
        column["column"]: column["kind"] for column in json.loads(told.stdout) if column["table"] == "public.person"
    } == {
        "id": None,
        "email": "email",
        "badge": "uuid",
        "home": "null",
    }
    psql(cluster.conninfo("proddb"), stdin="UPDATE note SET body = 'of anna7@firma.de' WHERE id = 7")
    assert command("build-dev-db", *address).returncode == 0
    done = command("devdb", "leakcheck", *address)
    assert done.returncode == 1
    assert [line.split()[:4] for line in done.stdout.splitlines()[1:-1]] == [
        ["database", "devdb:", "public.note.body", "public.person.email"],
        ["devdb.dump:", "public.note.body", "public.person.email", "1"],
        ["devdb.sql.gz:", "public.note.body", "public.person.email", "1"],
    ]
