"""slice-db, of PyPI: rows by their physical place, over keys in both directions."""

from __future__ import annotations

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import Once


class SliceDb(Peer):
    name = "slice-db"
    means = "dump and restore -j 2, into tables made by pg_dump, then keys and indexes"
    sections = ("pre-data",)

    def install(self, home: Home) -> str:
        programs, version = home.python("slice-db")
        self._program = programs / "slicedb"
        return version

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        schema = errand.directory / "schema.json"
        return together(
            [
                errand.run(self._program, "schema", "-o", schema, dbname=errand.source),
                errand.run(
                    self._program,
                    *("dump", "-j", "2", "-r", table, where, "-s", schema, "-o", "slice.zip"),
                    dbname=errand.source,
                ),
                errand.run(
                    self._program, "restore", "--no-transaction", "-j", "2", "-i", "slice.zip", dbname=errand.target
                ),
                errand.place.run_file(errand.target, f"{errand.sample.shape}_keys.sql"),
            ]
        )
