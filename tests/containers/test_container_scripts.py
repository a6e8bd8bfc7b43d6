"""What runs while the image is built and in its containers; programs that are not to be had here are stood in for."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from fixture_types import MakeDb, RunProgram

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The part of a checkout that the scripts know."""
    shutil.copytree(ROOT / "container", tmp_path / "container", ignore=shutil.ignore_patterns("*_password", "pgpass"))
    shutil.copy(ROOT / "Dockerfile.postgres-oraclefdw", tmp_path)
    return tmp_path


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program, those in bin/ going before all others."""
    (tmp_path / "bin").mkdir()

    def run(*argv: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        path = f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            [str(word) for word in argv],
            cwd=cwd or tmp_path,
            env={"PATH": path, **env},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def stand_in(tmp_path: Path, name: str, script: str) -> None:
    path = tmp_path / "bin" / name
    path.write_text(f"#!/usr/bin/env bash\n{script}\n")
    path.chmod(0o755)


def test_secrets_are_made_once(checkout: Path, run: Run) -> None:
    first = run(checkout / "container" / "prepare", "secrets")
    assert first.returncode == 0, first.stderr
    secrets = checkout / "container" / "secrets"
    made = {path.name: path.read_text() for path in secrets.iterdir() if path.name != ".gitkeep"}
    assert set(made) == {"devdb_password", "prod_password", "oracle_password", "oracle_test_password", "pgpass"}
    assert all(re.fullmatch(r"d[0-9a-f]{24}", text) for name, text in made.items() if name != "pgpass")
    assert made["pgpass"].splitlines()[0] == f"devdb:5432:*:postgres:{made['devdb_password']}"
    assert len(set(made.values())) == len(made)
    # Closed to others as a directory; the containers' users differ, so the files are not.
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE((secrets / name).stat().st_mode) for name in made} == {0o444}
    assert run(checkout / "container" / "prepare", "secrets").stdout == ""
    assert {name: (secrets / name).read_text() for name in made} == made


def test_downloads_are_checked_against_what_they_were(checkout: Path, run: Run, tmp_path: Path) -> None:
    stand_in(
        tmp_path, "curl", 'while [ "$1" != --output ]; do shift; done; echo "content of $3" >"$2"; echo "$3" >>asked'
    )
    done = run(checkout / "container" / "prepare", "downloads", "arm64")
    assert done.returncode == 0, done.stderr
    downloads = checkout / "container" / "downloads"
    urls = (downloads / "asked").read_text().split()
    assert [url.rsplit("/")[-1].split("-23.")[0] for url in urls[:2]] == [
        "instantclient-basiclite-linux.arm64",
        "instantclient-sdk-linux.arm64",
    ]
    assert urls[2] == "https://github.com/laurenz/oracle_fdw/archive/refs/tags/ORACLE_FDW_2_9_0.tar.gz"
    name = urls[2].rsplit("/")[-1]
    assert (
        f"{hashlib.sha256((downloads / name).read_bytes()).hexdigest()}  {name}"
        in (downloads / "SHA256SUMS").read_text()
    )
    assert run(checkout / "container" / "prepare", "downloads", "arm64").returncode == 0
    assert len((downloads / "SHA256SUMS").read_text().splitlines()) == 3

    # The build takes them from there, if they are what they were.
    shutil.copy(checkout / "container" / "take", downloads)
    assert run("./take", urls[2], cwd=downloads).returncode == 0
    (downloads / name).unlink()
    taken = run("./take", urls[2], cwd=downloads)
    assert (taken.returncode, taken.stdout) == (0, f"downloading {urls[2]}\n")
    (downloads / name).write_text("something else")
    for argv in (["./take", urls[2]], [checkout / "container" / "prepare", "downloads", "arm64"]):
        assert run(*argv, cwd=downloads).returncode != 0
    unknown = run("./take", "https://download.example/x.zip", cwd=downloads)
    assert (unknown.returncode, "has no checksum of x.zip" in unknown.stderr) == (1, True)


def test_bad_usage_of_prepare(checkout: Path, run: Run) -> None:
    assert run(checkout / "container" / "prepare").returncode == 2
    done = run(checkout / "container" / "prepare", "downloads", "riscv64")
    assert (done.returncode, "riscv64" in done.stderr) == (2, True)


def test_the_demo_is_loaded_once(make_db: MakeDb, run: Run, tmp_path: Path) -> None:
    with psycopg.connect(make_db("proddb")) as connection:
        info = connection.info
        env = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": info.dbname}
        (tmp_path / "password").write_text("not needed on a socket")
        for words in ("the demo is loaded\n", "the demo is there already\n"):
            done = run(ROOT / "container" / "load-demo", tmp_path / "password", "0.005", **env)
            assert (done.returncode, done.stdout) == (0, words), done.stderr
        assert connection.execute("SELECT count(*) > 0 FROM registry.well").fetchone() == (True,)


def test_the_template_for_roles_without_rights_is_made(make_db: MakeDb, psql: RunProgram) -> None:
    """Of the wrappers that are installed here."""
    admin = make_db()
    script = (ROOT / "container" / "initdb" / "10-devdb-template.sql").read_text()
    there = psql(admin, "-c", "SELECT name FROM pg_available_extensions").split()
    wanted = re.findall(r"CREATE EXTENSION (\w+) .*\n", script)
    assert set(wanted) == {"postgres_fdw", "mysql_fdw", "tds_fdw", "oracle_fdw"}
    for name in set(wanted) - set(there):
        script = script.replace(f"CREATE EXTENSION {name} WITH SCHEMA fdw_setup;\n", "")
    try:
        psql(admin, stdin=script)
        made = psql(
            psycopg.conninfo.make_conninfo(admin, dbname="devdb_template"),
            "-c",
            "SELECT extname FROM pg_extension WHERE extnamespace = 'fdw_setup'::regnamespace",
        )
        assert set(made.split()) == set(wanted) & set(there)
    finally:
        psql(admin, "-c", "UPDATE pg_database SET datistemplate = false WHERE datname = 'devdb_template'")


SQLPLUS = """
printf '%s\\n' "$*" >>"$LOG/arguments"
while read -r line; do
    printf '%s\\n' "$line" >>"$LOG/sql"
    case $line in
        CONNECT*) [ -z "${WRONG_PASSWORD:-}" ] || { echo "ORA-01017: invalid credential"; exit 0; } ;;
        *"FROM devdb_imported"*)
            name=${line#*"= '"}
            ! grep -qsF "VALUES ('${name%%"'"*}" "$LOG/sql" || echo "imported before"
            ;;
        *"FROM dual"*) echo "reached the end" ;;
    esac
done
"""
IMPDP = """
printf '%s\\n' "$*" >>"$LOG/arguments"
stat -c %a "${1#parfile=}" >>"$LOG/modes"
cat "${1#parfile=}" >>"$LOG/parfile"
exit "${IMPDP_STATUS:-0}"
"""


@pytest.fixture
def import_dump(run: Run, tmp_path: Path) -> Run:
    """The one-shot import, with programs in the place of Oracle's that only write down what they were told."""
    stand_in(tmp_path, "sqlplus", SQLPLUS)
    stand_in(tmp_path, "impdp", IMPDP)
    (tmp_path / "oracle_password").write_text("d0123456789")
    (tmp_path / "dumps").mkdir()
    env = {
        "LOG": str(tmp_path),
        "DP_DUMPS": str(tmp_path / "dumps"),
        "DP_PASSWORD_FILE": str(tmp_path / "oracle_password"),
    }
    return lambda **more: run(ROOT / "container" / "import-dump", **env, **more)


def test_a_dump_is_imported_once_and_no_program_is_told_the_password(import_dump: Run, tmp_path: Path) -> None:
    nothing = import_dump()
    assert (nothing.returncode, "there is no dump" in nothing.stderr) == (1, True)
    (tmp_path / "dumps" / "wells.dmp").touch()
    first = import_dump(IMPDP_STATUS="5", DP_SCHEMAS="WELLS")
    assert (first.returncode, first.stdout) == (0, "wells.dmp is imported\n"), first.stderr
    told = (tmp_path / "parfile").read_text()
    assert {"directory=DEVDB_DUMP", "dumpfile=wells.dmp", "content=METADATA_ONLY", "schemas=WELLS"} <= set(told.split())
    assert (tmp_path / "modes").read_text() == "600\n"
    assert "d0123456789" not in (tmp_path / "arguments").read_text()
    again = import_dump()
    assert (again.returncode, again.stdout) == (0, "wells.dmp was imported before\n")
    assert (tmp_path / "parfile").read_text() == told


def test_an_import_that_fails_is_a_failure(import_dump: Run, tmp_path: Path) -> None:
    (tmp_path / "dumps" / "wells.dmp").touch()
    wrong = import_dump(WRONG_PASSWORD="1")
    assert (wrong.returncode, "ORA-01017" in wrong.stderr, wrong.stdout) == (1, True, "")
    failed = import_dump(IMPDP_STATUS="1")
    assert (failed.returncode, "impdp of wells.dmp ended with status 1" in failed.stderr) == (1, True)
    assert import_dump().stdout == "wells.dmp is imported\n"
    (tmp_path / "dumps" / "it's.dmp").touch()
    odd = import_dump()
    assert (odd.returncode, "rename it's.dmp" in odd.stderr) == (1, True)
