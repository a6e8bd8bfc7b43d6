"""dbslice, of PyPI: rows around a seed, as INSERT statements."""

from __future__ import annotations

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import Once


class Dbslice(Peer):
    name = "dbslice"
    means = "extract | psql, into tables made by pg_dump, then keys and indexes"
    sections = ("pre-data",)

    def install(self, home: Home) -> str:
        programs, version = home.python("dbslice", "psycopg2-binary")
        self._program = programs / "dbslice"
        return version

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        # One step in both directions is what the shop asks for; ten is the most that there is.
        way = ("both", "1") if errand.children else ("up", "10")
        return together(
            [
                errand.run(
                    self._program,
                    *(
                        "extract",
                        errand.url(errand.source),
                        "--seed",
                        f"{table.removeprefix('public.')}:{where.replace('%', '%%')}",
                    ),
                    *("--direction", way[0], "--depth", way[1], "--max-seed-rows", "10000000"),
                    *("--no-anonymize", "--no-progress", "--no-validate", "-o", "sql", "-f", "slice.sql"),
                ),
                errand.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "slice.sql", dbname=errand.target),
                errand.place.run_file(errand.target, f"{errand.sample.shape}_keys.sql"),
            ]
        )
