"""What migration tools noted in a database: which migrations were applied there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from devdb.catalog.model import Name
from devdb.catalog.source import ask
from devdb.migrations.naming import Version
from devdb.server.connection import Connection
from devdb.sqltext.templates import Templates
from devdb.state.disk import Disk, flyway_name

_TABLES = {"django_migrations": "django", "alembic_version": "alembic", "flyway_schema_history": "flyway"}


@dataclass
class Book:
    """What one tool noted in one database: names of migrations, and their checksums where it keeps any.

    `tables` are where it says so; there may be one in each of several schemas.
    """

    tables: list[Name] = field(default_factory=list)
    applied: dict[str, int | None] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    baseline: str | None = None

    def completed(self, disk: Disk) -> None:
        """Add what follows from what is noted, as the files tell it."""
        # Of Alembic's only the latest are noted.
        todo = list(self.applied)
        while todo:
            file = disk.files.get(todo.pop())
            for parent in () if file is None else file.parents:
                if parent not in self.applied:
                    self.applied[parent] = None
                    todo.append(parent)
        for name, file in disk.files.items():
            if file.replaces and (name in self.applied or all(each in self.applied for each in file.replaces)):
                self.applied.update({each: None for each in (name, *file.replaces) if each not in self.applied})
            if name not in self.applied and self._is_below_baseline(name):
                self.applied[name] = None

    def _is_below_baseline(self, name: str) -> bool:
        """Whether Flyway takes it for applied, as the database began later."""
        is_versioned = self.baseline is not None and name.startswith("V")
        return is_versioned and Version(name[1:]).numbers <= Version(self.baseline or "0").numbers


def read(connection: Connection, templates: Templates) -> dict[str, Book]:
    """What each tool noted in the database of `connection`; tools that have no table there are not in it."""
    books: dict[str, Book] = {}
    for row in ask(connection, templates, "state/books.sql"):
        tool = _TABLES[row.name]
        book = books.setdefault(tool, Book())
        table = Name(row.schema, row.name)
        book.tables.append(table)
        noted = ask(connection, templates, "state/applied.sql", tool=tool, table=table.sql)
        if tool == "flyway":
            _note_flyway(book, noted)
        else:
            book.applied.update({each.name: None for each in noted})
    return books


def _note_flyway(book: Book, rows: Iterable[Any]) -> None:
    for row in rows:
        if row.kind == "SCHEMA":
            continue
        if row.kind == "BASELINE":
            book.baseline = row.version
            continue
        name = f"R {row.name}" if row.version is None else flyway_name(row.version)
        if not row.success:
            book.failed.add(name)
        elif row.kind.startswith("UNDO") or row.kind == "DELETE":
            book.applied.pop(name, None)
        else:
            book.applied[name] = row.checksum
            book.failed.discard(name)
