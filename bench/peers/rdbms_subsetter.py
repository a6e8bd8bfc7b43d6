"""rdbms-subsetter, of PyPI: a share of every table, by chance."""

from __future__ import annotations

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer
from bench.timing import Once

# The one after it, 0.2.6, lacks a part of itself; SQLAlchemy is of its time.
_VERSION = "0.2.5"


class RdbmsSubsetter(Peer):
    name = "rdbms-subsetter"
    means = "1 % by chance, as it knows no conditions; into tables with their keys"

    def install(self, home: Home) -> str:
        programs, version = home.python("rdbms-subsetter", "SQLAlchemy<1.4", "psycopg2-binary", version=_VERSION)
        self._program = programs / "rdbms-subsetter"
        return version

    def prepare(self, errand: Errand) -> None:
        super().prepare(errand)
        errand.make_schema()

    def run(self, errand: Errand) -> Once:
        return errand.run(self._program, "--yes", errand.url(errand.source), errand.url(errand.target), "0.01")
