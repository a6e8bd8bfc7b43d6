"""Run the statements that make a schema, and tell which of those that may fail did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from devdb.dictionary.local import Statement
from devdb.server.connection import raise_if_lost, refused


def apply(connection: psycopg.Connection[Any], statements: Iterable[Statement]) -> list[str]:
    """Run the statements, each by itself unless a transaction is open; returns a note for each that PostgreSQL refused.

    Names without a schema are those of pg_catalog meanwhile. Raises ScriptFailed when one fails that is not optional.
    """
    notes = []
    with _meanwhile(connection, search_path="pg_catalog", synchronous_commit="off"):
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
            with _meanwhile(connection, search_path="pg_catalog"), connection.transaction(force_rollback=True):
                connection.execute(first.encode())
                connection.execute(then.encode())
        except psycopg.Error as exc:
            raise_if_lost(connection, exc)
            return False
        return True

    return is_understood


@contextmanager
def _meanwhile(connection: psycopg.Connection[Any], **settings: str) -> Iterator[None]:
    before = {
        name: connection.execute("SELECT pg_catalog.current_setting(%s)", (name,)).fetchone() for name in settings
    }
    for name, value in settings.items():
        connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
    try:
        yield
    finally:
        # A transaction that failed takes its settings with it.
        if connection.info.transaction_status in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
            for name, row in before.items():
                assert row is not None
                connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, row[0]))
