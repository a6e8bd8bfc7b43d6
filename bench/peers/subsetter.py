"""subsetter, of PyPI: one query a table, without cycles."""

from __future__ import annotations

import json

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import Once


class Subsetter(Peer):
    name = "subsetter"
    means = "into tables made by pg_dump, then keys and indexes"
    sections = ("pre-data",)

    def install(self, home: Home) -> str:
        programs, version = home.python("subsetter", "psycopg2-binary")
        self._program = programs / "subsetter"
        return version

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        server = {
            "dialect": "postgres",
            "host": errand.host,
            "port": errand.port,
            "username": errand.user,
            "password": errand.password,
        }
        # Configuration files are YAML, of which JSON is a part.
        config = {
            "source": {**server, "database": errand.source},
            "planner": {
                "select": [f"{name}" for name in errand.sample.queries],
                "targets": {table: {"sql": where}},
            },
            "sampler": {"output": {"mode": "database", **server, "database": errand.target}},
        }
        path = errand.write("subsetter.yaml", json.dumps(config))
        return together(
            [
                errand.run(self._program, "-c", path, "subset"),
                errand.place.run_file(errand.target, f"{errand.sample.shape}_keys.sql"),
            ]
        )
