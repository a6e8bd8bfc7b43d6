"""Snaplet's snapshot, of npm: capture into files, restore from them."""

from __future__ import annotations

import json

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import Once


class Snaplet(Peer):
    name = "@snaplet/snapshot"
    means = "capture with a subset, restore"

    def install(self, home: Home) -> str:
        programs, version = home.node(self.name)
        self._program = programs / "snapshot"
        return version

    def prepare(self, errand: Errand) -> None:
        super().prepare(errand)
        errand.place.run("postgres")

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        subset = {
            "enabled": True,
            "targets": [{"table": table, "where": where}],
            "keepDisconnectedTables": False,
            "followNullableRelations": True,
        }
        errand.write("snaplet.config.ts", f"export default {{ subset: {json.dumps(subset)} }}\n")
        env = {
            "SNAPLET_SOURCE_DATABASE_URL": errand.url(errand.source),
            "SNAPLET_TARGET_DATABASE_URL": errand.url(errand.target),
            "SNAPLET_DISABLE_TELEMETRY": "1",
            "CI": "true",
        }
        return together(
            [
                errand.run(self._program, "snapshot", "capture", "--transform-mode", "unsafe", "shot", **env),
                errand.run(self._program, "snapshot", "restore", "shot", "--yes", "--no-progress", **env),
            ]
        )
