"""Where it is measured: a private cluster, its programs, and this checkout's commands."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench import timing
from bench.timing import Once
from devdb.server import account, cluster, programs
from devdb.server.cluster import Cluster
from devdb.server.temporary import temporary

_SQL = Path(__file__).parent / "sql"

# Nobody waits for the disk, no checkpoint falls into one run and not into the next, and the tables are in memory.
_SETTINGS = {
    **cluster.DISPOSABLE,
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "maintenance_work_mem": "256MB",
}
# As a server is run whose data matter.
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass(frozen=True)
class Place:
    """A running cluster and a directory for settings files; both databases of every job are in that cluster."""

    cluster: Cluster
    directory: Path

    def env(self, *, host: str | None = None, port: int | None = None, password: str | None = None) -> dict[str, str]:
        """An environment that leads to the cluster: by its socket, unless another address is given."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG") and name != "PYTHONPATH"}
        env |= {
            "PGHOST": host or str(self.cluster.socket_directory),
            "PGPORT": str(port or self.cluster.port),
            "PGUSER": cluster.SUPERUSER,
        }
        return env if password is None else env | {"PGPASSWORD": password}

    def tool(self, name: str) -> str:
        """A client program, of the server's own release where there is one."""
        path = self.cluster.programs.directory / name
        return str(path if path.exists() else programs.find(name, at_least=self.cluster.programs.major).path)

    def psql(self, dbname: str, *args: str) -> list[str]:
        """The command line of a psql that reads no start-up file and stops at the first error."""
        return [self.tool("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", dbname, *args]

    def run(self, dbname: str, *statements: str) -> str:
        """Send statements, each by itself; returns what they printed."""
        words = [word for statement in statements for word in ("-c", statement)]
        return timing.program(self.psql(dbname, *words), env=self.env()).said

    def run_file(self, dbname: str, name: str, **variables: int) -> Once:
        """Run a file of bench/sql."""
        words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
        return timing.program(self.psql(dbname, *words, "-f", self.file(name)), env=self.env())

    def file(self, name: str) -> str:
        """The path of a file of bench/sql."""
        return str(_SQL / name)

    def recreate(self, dbname: str) -> None:
        """An empty database of that name, in place of the one there may be."""
        self.run("postgres", f"DROP DATABASE IF EXISTS {dbname} WITH (FORCE)", f"CREATE DATABASE {dbname}")

    def copy(self, dbname: str, other: str) -> None:
        """A copy of a database under another name, in place of the one there may be."""
        self.run(
            "postgres", f"DROP DATABASE IF EXISTS {other} WITH (FORCE)", f"CREATE DATABASE {other} TEMPLATE {dbname}"
        )

    def settle(self) -> None:
        self.run("postgres", "CHECKPOINT")

    def settings(self, name: str, values: Mapping[str, Any]) -> Path:
        """A settings file in a directory of its own, which takes schema.sql and the dump."""
        path = self.directory / name / "devdb.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(dict(values)), encoding="utf-8")
        return path

    def command(self, name: str, config: Path, *args: str, env: Mapping[str, str] | None = None) -> Once:
        """Run one of the installed commands as a user would."""
        argv = [str(Path(sys.executable).parent / name), "-c", str(config), *args]
        return timing.program(argv, env=env or self.env())


@contextmanager
def prepared(*, keep: bool, durable: bool) -> Iterator[Place]:
    """A running cluster and a directory for settings, both gone after the block, whatever ends it.

    `keep` uses the cluster that an earlier run has kept, or makes it, and leaves it running.
    """
    settings = {**_SETTINGS, **(_DURABLE if durable else {})}
    with tempfile.TemporaryDirectory(prefix="devdb-bench-") as directory:
        if not keep:
            with temporary(settings=settings) as made:
                yield Place(made, Path(directory))
            return
        home = _kept()
        kept = cluster.existing(home) or cluster.create(home, settings=settings)
        kept.start(listen=True)
        yield Place(kept, Path(directory))
        print(f"kept: psql '{kept.conninfo()}'; --keep measures there again, --remove-kept removes it", file=sys.stderr)


@contextmanager
def peers_home(*, keep: bool) -> Iterator[Path]:
    """A directory for other programs, gone after the block unless `keep` leaves it for the next one."""
    if keep:
        yield _kept_peers()
        return
    with tempfile.TemporaryDirectory(prefix="devdb-peers-") as directory:
        yield Path(directory)


def remove_kept() -> None:
    """Remove what runs with `keep` have left, if they have."""
    cluster.discard(_kept())
    account.remove_tree(_kept_peers())


def _kept_peers() -> Path:
    return account.cache_directory(account.server_account()) / "bench-peers"


def _kept() -> Path:
    return account.cache_directory(account.server_account()) / "bench"
