"""Condenser, in the two forms that PyPI has."""

from __future__ import annotations

import json
from typing import ClassVar

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer
from bench.timing import Once

# Keys that have to be let go where they make a cycle, or lead to the table that they are of.
_BREAKS = {
    "cycles": (
        ("public.remark", "public.remark"),
        ("public.device", "public.device"),
        ("public.employee", "public.employee"),
        ("public.department", "public.employee"),
    )
}


class Condenser(Peer):
    name = "bp-condenser-postgresql"
    means = "keys of cycles let go with dependency_breaks"
    program: ClassVar[str] = "condenser-direct-subset"

    def install(self, home: Home) -> str:
        programs, version = home.python(self.name)
        self._program = programs / self.program
        return version

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        server = {"user_name": errand.user, "host": errand.host, "port": errand.port, "password": errand.password}
        config = {
            "db_type": "postgres",
            "source_db_connection_info": {**server, "db_name": errand.source, "ssl_mode": "prefer"},
            "destination_db_connection_info": {**server, "db_name": errand.target, "ssl_mode": "prefer"},
            "initial_targets": [{"table": table, "where": where}],
            "keep_disconnected_tables": False,
            "excluded_tables": [],
            "passthrough_tables": [],
            "fk_augmentation": [],
            "upstream_filters": [],
            "dependency_breaks": [
                {"fk_table": child, "target_table": parent} for child, parent in _BREAKS.get(errand.sample.shape, ())
            ],
            **self.more(),
        }
        errand.write("config.json", json.dumps(config))
        return errand.run(self._program, *self.words())

    def more(self) -> dict[str, object]:
        return {}

    def words(self) -> tuple[str, ...]:
        return ()


class DbCondenser(Condenser):
    name = "db-condenser"
    means = "2 parallel_read_workers; keys of cycles let go with dependency_breaks"
    program = "subset"

    def more(self) -> dict[str, object]:
        return {"parallel_read_workers": 2}

    def words(self) -> tuple[str, ...]:
        return ("-y",)
