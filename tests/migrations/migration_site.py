"""A folder of migrations and a database of its own to apply them to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from quiet import Quiet

from devdb.migrations import apply as applying
from devdb.migrations import folder as folders
from devdb.migrations.history import History
from devdb.migrations.info import Info, Resolved, infos, resolve
from devdb.server import connection as connections
from devdb.sqltext.templates import Templates

TEMPLATES = Templates()
# As Flyway's manual gives it for PostgreSQL ("Flyway schema history table"), and as its rows look.
FLYWAYS_TABLE = """
    CREATE TABLE {0} (
        "installed_rank" INT NOT NULL, "version" VARCHAR(50), "description" VARCHAR(200) NOT NULL,
        "type" VARCHAR(20) NOT NULL, "script" VARCHAR(1000) NOT NULL, "checksum" INTEGER,
        "installed_by" VARCHAR(100) NOT NULL, "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
        "execution_time" INTEGER NOT NULL, "success" BOOLEAN NOT NULL
    );
    ALTER TABLE {0} ADD CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank");
    CREATE INDEX "flyway_schema_history_s_idx" ON {0} ("success");
"""


class Site:
    def __init__(self, directory: Path, conninfo: str) -> None:
        self.directory = directory
        self.folder = directory / "migrations"
        self.folder.mkdir()
        self.conninfo = conninfo
        self.reporter = Quiet()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write files; None removes one."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text.encode() if isinstance(text, str) else text)

    def connect(self) -> connections.Connection:
        return connections.connect(self.conninfo)

    def read(self) -> folders.Folder:
        return folders.read(self.folder)

    def apply(self, **options: Any) -> list[str]:
        """Apply what is pending, as the command does; returns the scripts."""
        connection = self.connect()
        try:
            done = applying.apply(
                connection,
                self.connect,
                self.read(),
                applying.Options(**options),
                templates=TEMPLATES,
                reporter=self.reporter,
            )
        finally:
            connection.close()
        return [info.script for info, _ in done.migrations]

    def infos(self, **options: Any) -> list[Info]:
        with self.connect() as connection:
            history = History(connection, TEMPLATES)
            return infos(self.resolved(history), history.rows(), **options)

    def resolved(self, history: History) -> list[Resolved]:
        return resolve(self.read(), history, {})

    def states(self, **options: Any) -> dict[str, str]:
        return {each.script: each.state.value for each in self.infos(**options)}

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []

    def history(self, columns: str = "version, script, success") -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT {columns} FROM flyway_schema_history ORDER BY installed_rank")
