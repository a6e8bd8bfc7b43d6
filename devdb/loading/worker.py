"""A session of the dev database that rows are copied into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from devdb.catalog.model import Table
from devdb.server.connection import Connection, raise_if_lost, refused
from devdb.sqltext.quoting import ident


@dataclass
class Worker:
    """A session of the dev database that rows are copied into."""

    connection: Connection
    is_alone: bool

    def execute(self, text: str, *, path: str) -> int:
        """Run statements; returns the rows that the last of them touched."""
        with self._failing(path):
            cursor = self.connection.execute(text.encode())
            while cursor.nextset():
                pass
            return cursor.rowcount

    def query(self, text: str, *, path: str) -> list[tuple[object, ...]]:
        with self._failing(path):
            return self.connection.execute(text.encode()).fetchall()

    def set(self, name: str, value: int) -> None:
        self.execute(f"SELECT pg_catalog.set_config('devdb.{name}', '{value}', false)", path=name)

    @contextmanager
    def _failing(self, path: str) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as exc:
            raise_if_lost(self.connection, exc)
            raise refused(exc, path=path) from exc


def target(table: Table, name: str | None = None) -> str:
    """SQL: where COPY is to put rows of `table`: where they belong, or the one called `name` that has its columns."""
    columns = ", ".join(map(ident, table.loaded_columns))
    return f"{name or table.filled} ({columns})" if columns else name or table.filled
