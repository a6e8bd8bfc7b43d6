"""Run the statements that make a schema, and tell which of those that may fail did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from devdb.dictionary.local import Statement
from devdb.server.connection import raise_if_lost, refused


def apply(connection: psycopg.Connection[Any], statements: Iterable[Statement]) -> list[str]:
    """Run the statements, each by itself unless a transaction is open; returns a note for each that PostgreSQL refused.

    Names without a schema are those of pg_catalog meanwhile. Raises ScriptFailed when one fails that is not optional.
    """
    notes = []
    with _system_names(connection):
        for statement in statements:
            try:
                if statement.is_optional:
                    with connection.transaction():
                        connection.execute(statement.text.encode())
                else:
                    connection.execute(statement.text.encode())
            except psycopg.Error as exc:
                raise_if_lost(connection, exc)
                if not statement.is_optional:
                    raise refused(exc, path=statement.about) from exc
                said = exc.diag.message_primary or str(exc).strip()
                notes.append(f"Left out, as PostgreSQL does not take it: {statement.about} ({said})")
    return notes


def understanding(connection: psycopg.Connection[Any]) -> Callable[[str, str], bool]:
    """A way to ask whether PostgreSQL takes a second statement after a first; nothing of either stays."""

    def is_understood(first: str, then: str) -> bool:
        try:
            with _system_names(connection), connection.transaction(force_rollback=True):
                connection.execute(first.encode())
                connection.execute(then.encode())
        except psycopg.Error as exc:
            raise_if_lost(connection, exc)
            return False
        return True

    return is_understood


@contextmanager
def _system_names(connection: psycopg.Connection[Any]) -> Iterator[None]:
    row = connection.execute("SELECT pg_catalog.current_setting('search_path')").fetchone()
    connection.execute("SELECT pg_catalog.set_config('search_path', 'pg_catalog', false)")
    try:
        yield
    finally:
        usable = (psycopg.pq.TransactionStatus.IDLE, psycopg.pq.TransactionStatus.INTRANS)
        if row is not None and connection.info.transaction_status in usable:
            connection.execute("SELECT pg_catalog.set_config('search_path', %s, false)", (row[0],))
