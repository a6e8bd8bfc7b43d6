"""Private PostgreSQL clusters: made, started, stopped and removed without touching any other server."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from devdb.errors import DevdbError, UsageError
from devdb.server import account, installation, postmaster
from devdb.server.account import Account
from devdb.server.installation import Installation

SUPERUSER = "postgres"

# For clusters whose loss costs nothing: no waiting for the disk.
DISPOSABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1h",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
}

# macOS allows the fewest bytes in the path of a socket; the file's name takes up to 15 of them.
_LONGEST_SOCKET_DIRECTORY = 103 - len("/.s.PGSQL.65535")

# A port that was free a moment ago may not be when the server asks for it.
_START_ATTEMPTS = 5

# pg_ctl puts paths between double quotes of a shell, as they are.
_UNQUOTABLE = frozenset('"$`\\')

_LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")


@dataclass(frozen=True)
class Cluster:
    """A cluster of our own in `directory`: data, log, password and (if the path is short enough) the socket.

    Whoever may enter the socket's directory (its owner and root) is trusted; over TCP, where `start` was asked to
    listen, the superuser needs `password`.
    """

    directory: Path
    programs: Installation
    account: Account

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def socket_directory(self) -> Path:
        return _socket_directory(self.directory)

    @property
    def password(self) -> str:
        """The superuser's, for TCP."""
        return (self.directory / "password").read_text(encoding="utf-8").strip()

    @property
    def port(self) -> int:
        """The port of the running server. Raises DevdbError when it does not run."""
        lines = postmaster.pid_file(self.data)
        if len(lines) < 4:
            raise DevdbError(f"the cluster in {self.directory} is not running")
        return int(lines[3])

    def conninfo(self, dbname: str = "postgres") -> str:
        """A connection string for the superuser, over the socket."""
        return make_conninfo("", host=str(self.socket_directory), port=self.port, user=SUPERUSER, dbname=dbname)

    def tcp_conninfo(self, dbname: str = "postgres") -> str:
        """A connection string for the superuser over TCP. It holds the password."""
        return make_conninfo(
            "", host="127.0.0.1", port=self.port, user=SUPERUSER, password=self.password, dbname=dbname
        )

    def is_running(self) -> bool:
        return postmaster.running(self.data) is not None

    def start(self, *, port: int | None = None, listen: bool = False) -> None:
        """Start the server, unless it runs, on a free port or on `port`.

        `listen`: on 127.0.0.1 as well as on the socket. Without it the port is no more than the socket's name.

        Raises DevdbError with the end of the server's log.
        """
        if self.is_running():
            postmaster.await_start(self.data)
            return
        # A machine that went down leaves its pid file behind, and the number may be another program's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.account.own(self.socket_directory)
        for attempt in range(1, _START_ATTEMPTS + 1):
            self.account.write(self.data / "address.conf", self._address(port or _free_port(), listen=listen))
            written = self.log.stat().st_size if self.log.exists() else 0
            try:
                pg_ctl = self.programs.directory / "pg_ctl"
                arguments: list[str | Path] = [
                    "start",
                    "-D",
                    self.data,
                    "-l",
                    self.log,
                    "-w",
                    "-t",
                    str(postmaster.PATIENCE_S),
                ]
                self.account.run([pg_ctl, *arguments], directory=self.directory)
                return
            except DevdbError as exc:
                said = self.log.read_bytes()[written:].decode("utf-8", "replace") if self.log.exists() else ""
                if port or attempt == _START_ATTEMPTS or "Address already in use" not in said:
                    last = "\n".join(said.splitlines()[-10:]) or exc.message
                    raise DevdbError(f"the private cluster in {self.directory} does not start:\n{last}") from exc

    def stop(self) -> None:
        """Stop the server, ending its sessions; nothing to do when it does not run."""
        postmaster.stop(self.data)

    def remove(self) -> None:
        """Stop the server and remove every file of the cluster."""
        discard(self.directory)

    def _address(self, port: int, *, listen: bool) -> str:
        return (
            f"port = {port}\n"
            f"listen_addresses = {_quoted('127.0.0.1' if listen else '')}\n"
            f"unix_socket_directories = {_quoted(str(self.socket_directory))}\n"
        )


def create(
    directory: Path, *, programs: Installation | None = None, settings: Mapping[str, str] | None = None
) -> Cluster:
    """Make a cluster in `directory`, which must not exist yet or be empty; it is not started.

    `programs` None takes the best server installed here. UTF-8, superuser `postgres`, checksums as the release
    thinks best. Nothing is left behind after a failure.
    """
    if not _UNQUOTABLE.isdisjoint(str(directory)):
        raise UsageError(
            f"{directory}: the path of a cluster may hold none of {' '.join(sorted(_UNQUOTABLE))}",
            hint="name another directory for such files in DEVDB_CACHE_DIR",
        )
    owner = account.server_account()
    cluster = Cluster(directory, programs or installation.find_server(), owner)
    owner.own(directory)
    try:
        password = directory / "password"
        owner.write(password, secrets.token_urlsafe(24) + "\n")
        _initdb(cluster, password)
        lines = [f"{name} = {_quoted(value)}" for name, value in (settings or {}).items()]
        owner.write(cluster.data / "devdb.conf", "\n".join(["max_connections = 60", *lines, ""]))
        with (cluster.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude 'devdb.conf'\ninclude 'address.conf'\n")
    except BaseException:
        account.remove_tree(directory)
        raise
    return cluster


def existing(directory: Path) -> Cluster | None:
    """The cluster that `create` made in `directory`; None when there is none, or none that is complete.

    Raises UsageError when the release it was made with is installed no longer.
    """
    try:
        major = int((directory / "data" / "PG_VERSION").read_text())
        conf = (directory / "data" / "postgresql.conf").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    if "include 'address.conf'" not in conf:
        return None
    return Cluster(directory, installation.find_server(major=major), account.server_account())


def discard(directory: Path) -> None:
    """Remove whatever `create` left in `directory`, complete or not; a server that runs there is stopped first."""
    postmaster.stop(directory / "data", for_good=True)
    account.remove_tree(_socket_directory(directory))
    account.remove_tree(directory)


def _initdb(cluster: Cluster, password: Path) -> None:
    for position, locale in enumerate(_LOCALES, start=1):
        try:
            cluster.account.run(
                [
                    cluster.programs.directory / "initdb",
                    f"--pgdata={cluster.data}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth-local=trust",
                    "--auth-host=scram-sha-256",
                    "--encoding=UTF8",
                    f"--locale={locale}",
                    # The files are flushed when the server needs them; a crash here leaves nothing of value.
                    "--no-sync",
                    "--no-instructions",
                ],
                directory=cluster.directory,
            )
            return
        except DevdbError as exc:
            if "locale" not in exc.message or position == len(_LOCALES):
                raise


def _socket_directory(directory: Path) -> Path:
    """Inside `directory`, or a short path of its own where that one is too long for a socket.

    Or where it holds a comma, by which both the server and libpq tell one directory from the next.
    """
    inside = directory / "socket"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY and "," not in str(inside):
        return inside
    return Path("/tmp") / f"devdb-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]}"


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quoted(value: str) -> str:
    """A value as postgresql.conf wants it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
