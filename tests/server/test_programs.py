"""Client programs are found, and run without a password where others could see it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from databases import connect

from devdb.errors import ConnectionFailed, ScriptFailed, UsageError
from devdb.server import programs


def fake(directory: Path, name: str, version: str, body: str = "") -> Path:
    """A program that says that it is of this version, and otherwise runs `body`."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && {{ echo "{name} (PostgreSQL) {version}"; exit; }}\n{body}\n')
    path.chmod(0o755)
    return path


def as_program(path: Path) -> programs.Program:
    return programs.Program(path.name, path, (15, 1))


@pytest.fixture
def only(monkeypatch, tmp_path):
    """Of the places of this machine, none; PATH and DEVDB_PG_BIN are the test's own."""
    monkeypatch.setattr(programs.glob, "glob", lambda _: [])
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("DEVDB_PG_BIN", os.pathsep.join([str(tmp_path / "own"), str(tmp_path / "other")]))
    return tmp_path


def test_the_newest_is_found_wherever_it_is(only):
    fake(only / "path", "pg_dump", "15.18 (Debian 15.18-0+deb12u1)")
    fake(only / "other", "pg_dump", "18beta2")
    newest = fake(only / "own", "pg_dump", "18.4")
    assert programs.find("pg_dump").path == newest
    assert programs.find("pg_dump").version == (18, 4)
    assert programs.find("pg_dump", at_least=14, newest=False).major == 15
    assert programs.find("pg_dump", at_least=16, newest=False).path == newest


def test_what_does_not_run_is_passed_over(only):
    good = fake(only / "other", "psql", "16.2")
    (only / "own").mkdir()
    (only / "own" / "psql").mkdir()
    broken = fake(only / "path", "psql", "17.1")
    broken.write_text("#!/nonexistent/interpreter\n")
    assert [program.path for program in programs.installed("psql")] == [good]


def test_debian_s_wrapper_is_passed_over(only):
    good = fake(only / "other", "pg_dump", "15.2")
    fake(only / "path", "pg_wrapper", "15.9")
    (only / "path" / "pg_dump").symlink_to("pg_wrapper")
    assert programs.find("pg_dump").path == good


def test_none_or_none_new_enough_says_what_to_install(only):
    with pytest.raises(UsageError, match=r"pg_dump is not installed here\nHint: install .*DEVDB_PG_BIN"):
        programs.find("pg_dump")
    path = fake(only / "own", "pg_dump", "15.18")
    with pytest.raises(UsageError) as refused:
        programs.find("pg_dump", at_least=18)
    assert refused.value.message == f"the source is PostgreSQL 18, the newest pg_dump here is 15.18 ({path})"
    assert refused.value.hint is not None
    assert "18" in refused.value.hint


def test_a_sibling_is_of_the_same_release(only):
    fake(only / "path", "pg_restore", "18.1")
    fake(only / "path", "pg_dump", "18.1")
    fake(only / "own", "pg_restore", "15.3")
    fake(only / "own", "pg_dump", "15.3")
    older = programs.find("pg_dump", at_least=15, newest=False)
    assert older.sibling("pg_restore").path == only / "own" / "pg_restore"


def test_parameters_go_by_environment_and_nothing_else_of_it_gets_through(tmp_path, monkeypatch):
    for variable in ("PGHOST", "PGSERVICE", "PGOPTIONS", "PGPASSWORD", "PGDATABASE", "PGSSLMODE", "PGTZ"):
        monkeypatch.setenv(variable, "leftover")
    show = as_program(fake(tmp_path, "psql", "15.1", 'echo "$@"; env | grep ^PG | sort'))
    said = programs.run(show, ["-c", "x"], conninfo={"host": "h", "port": "1", "dbname": "d"}, password="s3cret")
    assert said.decode().splitlines() == [
        "-c x",
        "PGCLIENTENCODING=UTF8",
        "PGDATABASE=d",
        "PGHOST=h",
        "PGPASSWORD=s3cret",
        "PGPORT=1",
        "PG_COLOR=never",
    ]


def test_parameters_without_a_variable_are_arguments_unless_secret(tmp_path):
    show = as_program(fake(tmp_path, "psql", "15.1", 'echo "$@"'))
    assert programs.run(show, [], conninfo={"keepalives_idle": "7"}) == b"--dbname keepalives_idle=7\n"
    with pytest.raises(UsageError, match="sslpassword cannot be handed"):
        programs.run(show, [], conninfo={"sslpassword": "s3cret"})


def test_a_failure_shows_the_program_s_words_without_the_password(tmp_path):
    failing = as_program(fake(tmp_path, "pg_dump", "15.1", 'echo "pg_dump: error: no s3cret here" >&2; exit 1'))
    with pytest.raises(ScriptFailed) as failure:
        programs.run(failing, [], conninfo={}, password="s3cret")
    assert str(failure.value) == "pg_dump: no ******** here"
    with pytest.raises(ScriptFailed, match="pg_dump: ended with status 3"):
        programs.run(as_program(fake(tmp_path, "pg_dump", "15.1", "exit 3")), [])
    mismatch = 'echo "pg_dump: error: aborting because of server version mismatch" >&2; exit 1'
    with pytest.raises(UsageError, match="is older than the server"):
        programs.run(as_program(fake(tmp_path, "pg_dump", "15.1", mismatch)), [])


def test_no_server_is_a_failed_connection():
    with pytest.raises(ConnectionFailed, match="psql: "):
        programs.run(programs.find("psql"), ["-X"], conninfo={"host": "127.0.0.1", "port": "1", "dbname": "x"})


def test_a_live_connection_s_parameters_reach_the_same_server(cluster):
    with connect(cluster, "postgres") as connection:
        conninfo, password = programs.parameters(connection)
        said = programs.run(
            programs.find("psql"), ["-XAtc", "SELECT system_identifier FROM pg_control_system()"], conninfo=conninfo
        )
        known = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    assert int(said) == known[0]
    assert "password" not in conninfo
    assert password is None


def test_much_said_on_both_streams_does_not_block(tmp_path):
    loud = as_program(
        fake(tmp_path, "psql", "15.1", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i$PATH >&2; echo $i; done")
    )
    assert programs.run(loud, []).splitlines()[-1] == b"3000"


def test_a_program_nobody_listens_to_any_more_is_ended(tmp_path):
    endless = as_program(fake(tmp_path, "psql", "15.1", f"echo $$ > {tmp_path}/pid; while :; do echo x; done"))
    blocks = programs.stream(endless, [])
    next(blocks)
    pid = int((tmp_path / "pid").read_text())
    blocks.close()
    time.sleep(0.1)
    assert subprocess.run(["ps", "-p", str(pid)], capture_output=True).returncode != 0


def test_output_can_go_to_a_file(tmp_path):
    hello = as_program(fake(tmp_path, "psql", "15.1", "echo hello"))
    assert programs.run(hello, [], stdout=tmp_path / "out") == b""
    assert (tmp_path / "out").read_bytes() == b"hello\n"


def test_names_in_patterns_are_taken_literally():
    assert programs.exactly('We"ird.*') == '"We""ird.*"'
