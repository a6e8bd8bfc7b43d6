"""One source, and the dev databases that each reader makes of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from databases import connect
from executables import executable
from expected import Contents, contents

from devdb.server.cluster import Cluster

READERS = ("direct", "wrapper")


@dataclass
class Both:
    """A source, and a directory to run commands in; dev databases are called after their reader."""

    cluster: Cluster
    directory: Path
    source: psycopg.Connection[Any]
    said: dict[str, str] = field(default_factory=dict)

    def run(
        self, reader: str, *args: str, settings: str | None = None, status: int = 0, name: str = "build-dev-db"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, which must end with `status`; the dev database is `dev_direct` or `dev_wrapper`."""
        if settings is not None:
            (self.directory / "devdb.yaml").write_text(settings, encoding="utf-8")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.directory), "LANG": "C.UTF-8"}
        environment |= {"PGHOST": str(self.cluster.socket_directory), "PGPORT": str(self.cluster.port)}
        names = ["--prod-db", self.source.info.dbname, "-d", f"dev_{reader}", "--no-dump"]
        done = subprocess.run(
            [executable(name), *names, "--reader", reader, *args],
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == status, f"{name} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        self.said[reader] = done.stderr
        return done

    def build(self, settings: str, *args: str) -> None:
        """Build by both readers; the rows must be the same."""
        for reader in READERS:
            self.run(reader, *args, settings=settings)
        assert self.contents("direct") == self.contents("wrapper")

    def contents(self, reader: str) -> Contents:
        """The rows of every table of a dev database."""
        with connect(self.cluster, f"dev_{reader}") as dev:
            return contents(dev)

    def dev(self, query: str) -> list[Any]:
        """The first column of what both dev databases answer, sorted."""
        found = []
        for reader in READERS:
            with connect(self.cluster, f"dev_{reader}") as dev:
                found.append(sorted(first for first, *_ in dev.execute(query.encode()).fetchall()))
        assert found[0] == found[1]
        return found[0]

    def prod(self, query: str) -> list[Any]:
        """The first column of what the source answers, sorted."""
        return sorted(first for first, *_ in self.source.execute(query.encode()).fetchall())

    def agrees(self, query: str, expected: str) -> None:
        """The dev databases answer `query` as the source does `expected`, and not with nothing."""
        wanted = self.prod(expected)
        assert wanted
        assert self.dev(query) == wanted


@contextmanager
def both(cluster: Cluster, directory: Path, text: str) -> Iterator[Both]:
    """A source made by this SQL; it and the dev databases are gone afterwards."""
    with connect(cluster, "postgres") as admin, ExitStack() as ending:
        for name in ("both_source", *(f"dev_{reader}" for reader in READERS)):
            ending.callback(admin.execute, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute("CREATE DATABASE both_source")
        with connect(cluster, "both_source") as source:
            source.execute(text.encode())
            yield Both(cluster, directory, source)
