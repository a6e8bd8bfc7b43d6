"""Run one script both ways: by psql, and by our runner."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from devdb.server import programs
from devdb.server.connection import connect
from devdb.server.runner import Server
from devdb.sqltext.script import Script

ROOT = Path(__file__).parents[2]


def run_psql(conninfo: str, script: Path | str, *args: str) -> tuple[int, str, str]:
    """psql's status, what it printed, and what it said; a text goes to its standard input."""
    argv = [str(programs.find("psql").path), "-X", "-q", "-v", "ON_ERROR_STOP=1", *args, conninfo]
    argv += ["-f", "-" if isinstance(script, str) else str(script)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
    stdin = script.encode() if isinstance(script, str) else b""
    done = subprocess.run(argv, input=stdin, capture_output=True, env=environment, cwd=ROOT, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def server_at(conninfo: str, out: io.StringIO | None = None, err: io.StringIO | None = None) -> Server:
    """A server that may connect anew, as devdb run makes it."""
    return Server(
        connect(conninfo, application_name="test"),
        reconnect=lambda parameters: connect(make_conninfo("", **parameters), application_name="test"),
        out=out or io.StringIO(),
        err=err or io.StringIO(),
    )


def run_ours(conninfo: str, script: Path | str | Script, **options: Any) -> str:
    """What our runner printed; raises what it raises."""
    out = io.StringIO()
    if not isinstance(script, Script):
        script = Script("script.sql", script) if isinstance(script, str) else Script.from_file(script)
    server = server_at(conninfo, out)
    try:
        server.run(script, **options)
    finally:
        server.close()
    return out.getvalue()
