"""abridger, of PyPI: subjects by the values of a column, and their relations."""

from __future__ import annotations

import json

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import Once


class Abridger(Peer):
    name = "abridger"
    means = "the seeds' keys listed in its settings; into tables made by pg_dump, then keys and indexes"

    def install(self, home: Home) -> str:
        programs, version = home.python("abridger", "psycopg2-binary")
        self._program = programs / "abridge-db"
        return version

    def prepare(self, errand: Errand) -> None:
        super().prepare(errand)
        errand.make_schema("pre-data")
        table, where = errand.seed
        keys = errand.place.run(errand.source, f"SELECT id FROM {table} WHERE {where}").split()
        name = table.removeprefix("public.")
        relations = [{"table": child.removeprefix("public."), "column": "order_id"} for child in errand.children]
        config = [
            {"subject": [{"tables": [{"table": name, "column": "id", "values": [int(key) for key in keys]}]}]}
            | ({"relations": relations} if relations else {})
        ]
        errand.write("abridger.yaml", json.dumps(config))

    def run(self, errand: Errand) -> Once:
        return together(
            [
                errand.run(
                    self._program, "-q", "abridger.yaml", errand.url(errand.source), "-u", errand.url(errand.target)
                ),
                errand.place.run_file(errand.target, f"{errand.sample.shape}_keys.sql"),
            ]
        )
