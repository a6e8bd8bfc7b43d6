"""The command `devdb run`, as installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from executables import executable
from psycopg.conninfo import conninfo_to_dict

Run = Callable[..., "subprocess.CompletedProcess[str]"]

COPY_MB = 50
MOST_MB = 100

# Runs a command, and says at the end how much memory it took.
MEASURE = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture(name="run")
def _run(command: Run, db: str) -> Run:
    address = conninfo_to_dict(db)

    def run(*args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        place = ("-h", str(address["host"]), "-p", str(address["port"]), "-d", str(address["dbname"]))
        return command("devdb", "run", *place, *args, **options)

    return run


def test_a_file_is_run_with_variables(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT :'name' AS name, :n + 1 AS n;\nDO $$ BEGIN RAISE NOTICE 'noted'; END $$;\n")
    done = run("a.sql", "-v", "name=it's=é", "-v", "n=1")
    assert (done.returncode, done.stderr) == (0, "NOTICE:  noted\n")
    assert done.stdout.splitlines()[2] == " it's=é | 2"


def test_standard_input_is_run_too(run: Run) -> None:
    done = run("-", stdin="CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n2\n\\.\nSELECT sum(a) FROM t;\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["sum", "-----", "3", "(1", "row)"]


def test_a_failing_script_ends_with_status_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE t (a int);\n\nSELECT 1/0;\n")
    done = run("a.sql", "--single-transaction")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "Error: a.sql:3: division by zero (SQLSTATE 22012)\n"
    assert run("-", stdin="SELECT * FROM t;").returncode == 3
    assert run("-", "-1", stdin="CREATE TABLE t (a int);").returncode == 0
    assert run("-", stdin="SELECT * FROM t;").returncode == 0


def test_bad_usage_ends_with_status_2(run: Run, command: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT 1;\n")
    for args in (["nowhere.sql"], ["a.sql", "-v", "novalue"], ["a.sql", "-v", "a b=1"], ["a.sql", "-d", "nowhere"]):
        assert run(*args).returncode == 2, args
    done = command("devdb", "run", "a.sql", "-h", str(tmp_path), "-p", "5999")
    assert done.returncode == 2
    assert f"cannot connect to host {tmp_path}, port 5999, user postgres, database devdb" in done.stderr


def test_a_transaction_left_open_is_said(run: Run) -> None:
    done = run("-", stdin="BEGIN; SELECT;")
    assert done.returncode == 0
    assert "left a transaction open" in done.stderr


def test_a_dry_run_prints_the_script(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("SELECT 1;\n\\ir b.sql\n")
    done = run("a.sql", "-n", "-v", "x=1")
    assert done.returncode == 0
    assert "\\set x '1'\nSELECT 1;\n\\i '" in done.stdout


def test_connect_goes_to_another_database(run: Run, make_db: Callable[..., str], psql: Callable[..., str]) -> None:
    other = make_db("other one")
    assert run("-", stdin='\\connect "other one"\nCREATE TABLE t (a int);\n').returncode == 0
    assert psql(other, "-c", "SELECT count(*) FROM t") == "0\n"


def test_much_data_in_little_memory(db: str, psql: Callable[..., str], tmp_path: Path) -> None:
    row = b"%d\tsome text of a usual length, it's long enough; \\\\ and more of it\n"
    with (tmp_path / "big.sql").open("wb") as file:
        file.write(b"CREATE TABLE big (id int, v text);\nCOPY big FROM stdin;\n")
        rows = 0
        while file.tell() < COPY_MB << 20:
            file.write(b"".join(row % number for number in range(rows, rows + 10_000)))
            rows += 10_000
        file.write(b"\\.\nCOPY big TO stdout;\nSELECT count(*) FROM big;\n")
    address = conninfo_to_dict(db)
    place = ["-h", str(address["host"]), "-p", str(address["port"]), "-d", str(address["dbname"])]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, executable("devdb"), "run", "big.sql", *place],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    most_kb = int(done.stderr.split()[-1]) >> (10 if sys.platform == "darwin" else 0)
    assert most_kb < MOST_MB << 10
    assert psql(db, "-c", "SELECT count(*) FROM big") == f"{rows}\n"
