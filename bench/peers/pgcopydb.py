"""pgcopydb: a whole database, tables and indexes side by side."""

from __future__ import annotations

from pathlib import Path

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer
from bench.timing import Once


class Pgcopydb(Peer):
    name = "pgcopydb"
    means = "clone --table-jobs 2 --index-jobs 2"

    def install(self, home: Home) -> str:
        root, version = home.debian("pgcopydb")
        self._program = next(path for path in Path(root).rglob("pgcopydb") if path.is_file())
        return version

    def run(self, errand: Errand) -> Once:
        return errand.run(
            self._program,
            *("clone", "--table-jobs", "2", "--index-jobs", "2", "--restart", "--dir", errand.directory / "work"),
            *("--source", errand.url(errand.source), "--target", errand.url(errand.target)),
        )
