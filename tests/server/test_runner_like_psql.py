"""The same file through psql and through the runner: the same output, the same database."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from devdb.errors import ScriptFailed
from devdb.server import programs
from devdb.server.connection import connect
from devdb.server.runner import Server
from devdb.sqltext.script import Script

SCRIPTS = Path("tests/server/scripts")
ROOT = Path(__file__).parents[2]


def run_psql(conninfo: str, path: Path, *args: str) -> tuple[int, str, str]:
    """psql's status, what it printed, and what it said."""
    argv = [str(programs.find("psql").path), "-X", "-q", "-v", "ON_ERROR_STOP=1", *args, "-f", str(path), conninfo]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, capture_output=True, env=environment, cwd=ROOT, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def run_ours(conninfo: str, script: Path | Script, **options: Any) -> str:
    """What our runner printed."""
    out = io.StringIO()
    server = Server(
        connect(conninfo, application_name="test"),
        reconnect=lambda parameters: connect(make_conninfo(**parameters), application_name="test"),
        out=out,
    )
    try:
        server.run(script if isinstance(script, Script) else Script.from_file(script), **options)
    finally:
        server.close()
    return out.getvalue()


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", sorted((ROOT / SCRIPTS).glob("*.sql")), ids=lambda path: path.stem)
def test_a_script_does_what_psql_does(path: Path, make_db: Callable[..., str], pg_dump: Callable[..., str]) -> None:
    theirs, ours = make_db(), make_db()
    path = path.relative_to(ROOT)
    status, printed, said = run_psql(theirs, path)
    assert (status, said) == (0, "")
    assert run_ours(ours, path) == printed
    assert pg_dump(ours) == pg_dump(theirs)
