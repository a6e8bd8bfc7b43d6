"""What a peer is, and what it is asked to do."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bench import timing
from bench.peers.home import Home
from bench.place import Place
from bench.samples import Sample
from bench.timing import Once

# A peer that takes longer is not waited for.
_PATIENCE_S = 900


@dataclass(frozen=True)
class Errand:
    """Rows of one database, to be brought into another; `directory` is for the peer's own files."""

    place: Place
    source: str
    target: str
    sample: Sample
    directory: Path

    def url(self, dbname: str) -> str:
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{dbname}"

    @property
    def user(self) -> str:
        return self.place.env()["PGUSER"]

    @property
    def password(self) -> str:
        return self.place.cluster.password

    @property
    def host(self) -> str:
        """Not all peers know what a socket is."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        return self.place.cluster.port

    @property
    def seed(self) -> tuple[str, str]:
        """The table that the sample starts from, and the condition that chooses its rows."""
        ((table, rule),) = self.sample.tables.items()
        return table, rule["where"]

    @property
    def children(self) -> list[str]:
        """Tables whose rows are wanted for the rows that they refer to."""
        return [pattern.split("(")[0] for pattern in self.sample.follow]

    def write(self, name: str, text: str) -> str:
        """Write a file of the peer's; returns its path."""
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run(self, *argv: str | Path, dbname: str | None = None, **env: str) -> Once:
        """Run a program in the directory, with the cluster's programs first in its path.

        libpq's variables lead to the cluster, and to `dbname` if that is given.
        """
        ours = self.place.env(host=self.host, port=self.port, password=self.password)
        programs = str(self.place.cluster.programs.directory)
        ours |= {"PATH": f"{programs}{os.pathsep}{ours.get('PATH', '')}", "HOME": str(self.directory), **env}
        if dbname is not None:
            ours["PGDATABASE"] = dbname
        return timing.program([str(word) for word in argv], env=ours, directory=self.directory, timeout_s=_PATIENCE_S)

    def make_schema(self, *sections: str) -> None:
        """Make the source's schema in the target: all of it, or some of pg_dump's sections."""
        chosen = [f"--section={section}" for section in sections] or ["--schema-only"]
        timing.pipelines(
            [
                (
                    [self.place.tool("pg_dump"), *chosen, "-d", self.source],
                    self.place.psql(self.target, "-o", "/dev/null"),
                )
            ],
            left_env=self.place.env(),
            right_env=self.place.env(),
        )


class Peer(ABC):
    """A program that brings rows from one database into another.

    `means` says how it is used; `writes_into_source` has it run on a copy of the source; the target begins with these
    `sections` of pg_dump's.
    """

    name: ClassVar[str]
    means: ClassVar[str] = ""
    writes_into_source: ClassVar[bool] = False
    sections: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def install(self, home: Home) -> str:
        """Get the program; returns its version. Raises BenchError where it cannot be had."""

    def prepare(self, errand: Errand) -> None:
        """Make the target ready, untimed: a database with no more than `sections`."""
        errand.place.recreate(errand.target)
        if self.sections:
            errand.make_schema(*self.sections)

    @abstractmethod
    def run(self, errand: Errand) -> Once:
        """Bring the rows, and all that is to be there after them. Raises BenchError when it fails."""


def together(runs: Sequence[Once]) -> Once:
    """Several runs, one after the other, as one."""
    return Once(sum(once.seconds for once in runs), max(once.peak_bytes for once in runs))
