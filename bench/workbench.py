"""What every job works with: the cluster, the sources, the readers, and dev databases to be updated."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import report
from bench.peers.trial import Peers, Trials
from bench.place import Place
from bench.samples import Sample
from bench.sources import Sources
from bench.timing import Series, Way, interleave

FLOOR = "floor_dev"


def dev(reader: str | None, *kinds: str) -> str:
    """The name of a dev database that this reader fills."""
    return "_".join(["dev", *kinds, reader or "default"])


@dataclass(frozen=True)
class Address:
    """Another address of the same server, and its password."""

    port: int
    password: str
    host: str = "127.0.0.1"


@dataclass(frozen=True)
class Bench:
    """`readers` are values of `source.reader`, None to leave it out; `steps` shows those of each command's last run.

    `peers` None: devdb and the floor alone.
    """

    place: Place
    sources: Sources
    runs: int
    steps: bool
    readers: Sequence[str | None]
    peers: Peers | None = None

    def beside(self, job: str, source: str, sample: Sample) -> Trials:
        """The job's peers, tried once; none unless they are asked for."""
        return Trials() if self.peers is None else self.peers.tried(self.place, job, source, sample)

    def measure(self, *ways: Way, runs: int | None = None) -> list[Series]:
        found = interleave(ways, runs=runs or self.runs, settle=self.place.settle)
        if self.steps:
            for series in found:
                for step in report.steps(series.runs[-1].said):
                    print(f"  {series.name}: {step}", file=sys.stderr, flush=True)
        return found

    def updating(
        self,
        source: str,
        sample: Sample,
        *,
        dbname: str,
        reader: str | None,
        by: Address | None = None,
        note: str = "",
        besides: Mapping[str, Any] | None = None,
    ) -> Way:
        """update-dev-db-data, the whole command, on a dev database that build-dev-db makes at once.

        `by` is where the source is reached, by this machine and by the dev server; None: where it is. `besides` are
        further sections of the settings.
        """
        config = self.settings(source, sample.settings, dbname=dbname, reader=reader, by=by, besides=besides)
        env = self.place.env(password=by.password if by else None)
        self.place.command("build-dev-db", config, "--no-dump", env=env)
        name = ", ".join(filter(None, (f"devdb, {reader}" if reader else "devdb", note)))
        return Way(name, lambda: self.place.command("update-dev-db-data", config, "--no-dump", env=env))

    def settings(
        self,
        source: str,
        sampling: Mapping[str, Any],
        *,
        dbname: str,
        reader: str | None = None,
        by: Address | None = None,
        besides: Mapping[str, Any] | None = None,
    ) -> Path:
        """A settings file for the dev database `dbname`."""
        section: dict[str, Any] = {"dbname": source}
        if reader is not None:
            section["reader"] = reader
        if by is not None:
            address = {"host": by.host, "port": by.port}
            section |= {**address, "fdw_options": address}
        values = {"source": section, "target": {"dbname": dbname}, "sampling": dict(sampling), **(besides or {})}
        return self.place.settings(dbname, values)
