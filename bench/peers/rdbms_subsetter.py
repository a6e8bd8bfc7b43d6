"""rdbms-subsetter, of PyPI: a share of every table, by chance."""

from __future__ import annotations

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer
from bench.timing import Once


class RdbmsSubsetter(Peer):
    name = "rdbms-subsetter"
    means = "1 % by chance, as it knows no conditions; into tables with their keys"

    def install(self, home: Home) -> str:
        programs, version = home.python("rdbms-subsetter", "psycopg2-binary")
        self._program = programs / "rdbms-subsetter"
        return version

    def prepare(self, errand: Errand) -> None:
        super().prepare(errand)
        errand.make_schema()

    def run(self, errand: Errand) -> Once:
        return errand.run(self._program, "--yes", errand.url(errand.source), errand.url(errand.target), "0.01")
