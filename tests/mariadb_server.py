"""A private MariaDB for the tests, and what it takes to be reached through mysql_fdw."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from devdb.server import account
from devdb.server.cluster import Cluster
from devdb.server.temporary import place
from devdb.wrappers import registry

DEMO = Path(__file__).with_name("mysql") / "demo.sql"
# Adds a table to the demo, for whoever drops it again.
DEMO_ZERO_DATES = DEMO.with_name("demo_zero_dates.sql")

_PROGRAMS = ("mariadb-install-db", "mariadbd", "mariadb")
_START_S = 30
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
# The disk is not waited for: nobody wants to keep what is made.
_HASTY = (
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
)
# In a time zone that is nobody's.
_SETTINGS = (
    *_HASTY,
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+05:30",
    "--innodb-buffer-pool-size=64M",
    "--innodb-fast-shutdown=2",
    "--aria-pagecache-buffer-size=8M",
    "--key-buffer-size=8M",
)


@dataclass(frozen=True)
class MariaDb:
    """A started server. `user` may read everything and write nothing; `run` is root's."""

    host: str
    port: int
    user: str
    password: str
    socket: Path
    root_password: str

    def run(self, sql: str, *, database: str | None = None) -> str:
        """Run statements as root; returns what they print, columns between tabs, without their names."""
        done = subprocess.run(
            [
                _program("mariadb"), "--no-defaults", "--batch", "--skip-column-names", f"--socket={self.socket}",
                "--user=root", "--default-character-set=utf8mb4", *([database] if database else []),
            ],
            input=sql, env={**os.environ, "MYSQL_PWD": self.root_password}, capture_output=True, text=True,
            encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def server_options(self) -> str:
        """SQL of the options of a foreign server that leads here, as devdb makes it."""
        options = {**registry.wrapper("mysql_fdw").steady, "host": self.host, "port": str(self.port)}
        return ", ".join(f"{name} '{value.replace(chr(39), chr(39) * 2)}'" for name, value in options.items())


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """The private MariaDB of this session."""
    missing = [name for name in _PROGRAMS if _program(name) is None]
    if missing:
        pytest.skip("MariaDB is not installed (apt-get install mariadb-server-core mariadb-client-core)")
    with started() as server:
        yield server


@pytest.fixture(scope="session")
def mysql_demo(mariadb: MariaDb) -> MariaDb:
    """The private MariaDB with the demo in it: databases registry, staff and lab. Nobody writes to them."""
    mariadb.run(DEMO.read_text(encoding="utf-8"))
    return mariadb


@pytest.fixture(scope="session")
def mysql_fdw(cluster: Cluster) -> None:
    """The session's cluster has the wrapper, or who asks is skipped."""
    with psycopg.connect(cluster.conninfo()) as connection:
        found = connection.execute("SELECT FROM pg_available_extensions WHERE name = 'mysql_fdw'").fetchone()
    if found is None:
        major = cluster.programs.major
        pytest.skip(f"mysql_fdw is not installed (apt-get install postgresql-{major}-mysql-fdw)")


@contextmanager
def started() -> Iterator[MariaDb]:
    """A server on a free port, its data in a directory of its own; both are gone afterwards."""
    owner = account.server_account()
    with place() as directory:
        data = directory / "mariadb"
        owner.run(
            [
                _program("mariadb-install-db") or "", "--no-defaults", f"--datadir={data}", "--skip-test-db",
                "--auth-root-authentication-method=normal", "--skip-name-resolve", *_HASTY,
            ],
            directory=directory,
        )  # fmt: skip
        made = MariaDb("127.0.0.1", 0, "reader", secrets.token_hex(8), directory / "s.sock", secrets.token_hex(8))
        owner.write(directory / "init.sql", _users(made))
        for attempt in range(5):
            # Between our asking and its taking, the port may become somebody else's.
            made = MariaDb(made.host, _free_port(), made.user, made.password, made.socket, made.root_password)
            server = _server(owner, directory, made)
            try:
                if _answers(made, server, directory / "log"):
                    yield made
                    return
            finally:
                _end(server)
            assert attempt < 4, (directory / "log").read_text()


def _users(of: MariaDb) -> str:
    return (
        "DROP USER IF EXISTS root@'127.0.0.1', root@'::1';\n"
        f"ALTER USER root@localhost IDENTIFIED BY '{of.root_password}';\n"
        f"CREATE OR REPLACE USER '{of.user}'@'%' IDENTIFIED BY '{of.password}';\n"
        f"GRANT SELECT, TRIGGER, SHOW VIEW ON *.* TO '{of.user}'@'%';\n"
    )


def _server(owner: account.Account, directory: Path, of: MariaDb) -> subprocess.Popen[bytes]:
    groups = {} if owner.is_ours else {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    with open(directory / "log", "ab") as log:
        return subprocess.Popen(
            [
                str(_program("mariadbd")), "--no-defaults", f"--datadir={directory / 'mariadb'}",
                f"--socket={of.socket}", f"--port={of.port}", f"--pid-file={directory / 'pid'}",
                f"--init-file={directory / 'init.sql'}", f"--tmpdir={directory}", *_SETTINGS,
            ],
            cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=_end_with_parent, **groups,
        )  # type: ignore[call-overload, no-any-return]  # fmt: skip


def _end_with_parent() -> None:
    """Should this process be killed, the kernel ends the server."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_DEATH_SIGNAL, signal.SIGTERM)


def _answers(made: MariaDb, server: subprocess.Popen[bytes], log: Path) -> bool:
    """Whether it came up; not if it ended, as when its port was taken."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return False
        try:
            with socket.create_connection((made.host, made.port), timeout=1) as knock:
                if knock.recv(1):
                    return True
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"MariaDB did not answer within {_START_S} s:\n{log.read_text()}")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_START_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(name: str) -> str | None:
    """Debian has the server in a directory that is in root's path only."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))
