"""Snaplet's snapshot, of npm: capture into files, restore from them."""

from __future__ import annotations

import json
import shutil

from bench.peers.home import Home
from bench.peers.peer import Errand, Peer, together
from bench.timing import Once

_SHOT = "shot"


class Snaplet(Peer):
    name = "@snaplet/snapshot"
    means = "capture with a subset, restore"

    def install(self, home: Home) -> str:
        programs, version = home.node(self.name)
        self._program = programs / "snapshot"
        return version

    def prepare(self, errand: Errand) -> None:
        super().prepare(errand)
        shutil.rmtree(errand.directory / _SHOT, ignore_errors=True)
        # What makes the directory a project, whose settings are then read.
        project = errand.directory / ".snaplet"
        project.mkdir(exist_ok=True)
        (project / "config.json").write_text("{}", encoding="utf-8")

    def run(self, errand: Errand) -> Once:
        table, where = errand.seed
        subset = {
            "enabled": True,
            "targets": [{"table": table, "where": where}],
            "keepDisconnectedTables": False,
            "followNullableRelations": True,
            **({} if errand.children else {"maxChildrenPerNode": 0}),
        }
        config = f"export default defineConfig({{ subset: {json.dumps(subset)} }})"
        errand.write("snaplet.config.ts", f'import {{ defineConfig }} from "snaplet"\n{config}\n')
        shot = errand.directory / _SHOT
        env = {
            "SNAPLET_SOURCE_DATABASE_URL": errand.url(errand.source),
            "SNAPLET_TARGET_DATABASE_URL": errand.url(errand.target),
            "SNAPLET_DISABLE_TELEMETRY": "1",
            "CI": "true",
        }
        return together(
            [
                errand.run(self._program, "snapshot", "capture", "--transform-mode", "unsafe", shot, **env),
                errand.run(self._program, "snapshot", "restore", shot, "--yes", "--no-progress", **env),
            ]
        )
