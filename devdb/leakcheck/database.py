"""The dev database as text: rows of every table and materialized view, and what else it holds of texts."""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import ExecStatus

from devdb.catalog import source as catalog
from devdb.catalog.model import Name
from devdb.errors import ScriptFailed
from devdb.leakcheck.needles import Automaton
from devdb.leakcheck.search import Found, Stream
from devdb.progress import Reporter
from devdb.server.connection import Connection, cancel_quietly, raise_if_lost
from devdb.sqltext.templates import Templates

# Rows are searched together until they are so long.
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Relation:
    """A table or materialized view of the dev database. `root` is the partitioned table it is part of, or itself."""

    name: Name
    root: Name
    columns: tuple[str, ...]
    may_read: bool
    has_octets: bool


def relations(connection: Connection, templates: Templates) -> list[Relation]:
    """What there is to search."""
    return [
        Relation(
            Name(row.schema, row.name),
            Name(row.root_schema, row.root_name),
            tuple(row.columns),
            row.may_read,
            row.has_octets,
        )
        for row in catalog.ask(connection, templates, "leakcheck/relations.sql")
    ]


def search_database(
    connection: Connection, templates: Templates, automaton: Automaton, there: list[Relation], report: Reporter
) -> Found:
    """Search all of it, in the transaction that is under way or one of its own. Nothing is changed.

    Raises ScriptFailed or ConnectionFailed, without what the server said of values.
    """
    found = Found(f"database {connection.info.dbname}")
    encoding = "SQL_ASCII" if connection.info.parameter_status("server_encoding") == "SQL_ASCII" else "UTF8"
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL bytea_output = 'hex'")
        for relation in there:
            if relation.may_read and relation.columns:
                report.step(f"searching {relation.name}")
                script = templates.render(
                    "leakcheck/rows.sql", table=relation.name, columns=relation.columns, encoding=encoding
                )
                assert script.text is not None
                stream = Stream(automaton, found, table=str(relation.name), columns=relation.columns)
                for block in _copied(connection, script.text, what=str(relation.name)):
                    stream.feed(block)
                stream.end()
        report.step("searching definitions")
        for row in catalog.ask(connection, templates, "leakcheck/definitions.sql"):
            stream = Stream(automaton, found, at=f"{row.kind} of {row.object}")
            stream.feed((row.text or "").encode("utf-8", "surrogateescape"))
            stream.end()
    return found


def roots(there: list[Relation]) -> Mapping[str, Name]:
    """The table that a relation's rows are part of, by the relation's name."""
    return {str(relation.name): relation.root for relation in there}


def _copied(connection: psycopg.Connection[Any], statement: str, *, what: str) -> Iterator[bytes]:
    """What COPY puts out, in blocks of some size.

    By libpq itself: psycopg's own iterator takes three times as long as the server does, for it waits for each row.
    """
    pgconn = connection.pgconn
    with connection.lock:
        result = pgconn.exec_(statement.encode())
        is_through = result.status != ExecStatus.COPY_OUT
        try:
            held: list[memoryview] = []
            size = 0
            while not is_through:
                count, row = pgconn.get_copy_data(1)
                if count > 0:
                    held.append(row)
                    size += count
                    if size >= _BLOCK_BYTES:
                        yield b"".join(held)
                        held, size = [], 0
                elif count == 0:
                    # Within Python, so that an interrupt is heard.
                    select.select([pgconn.socket], [], [])
                    pgconn.consume_input()
                else:
                    is_through = True
            yield b"".join(held)
        finally:
            if not is_through:
                cancel_quietly(connection)
            while (ended := pgconn.get_result()) is not None:
                if ended.status == ExecStatus.COPY_OUT:
                    while pgconn.get_copy_data(0)[0] > 0:
                        pass
                result = ended
    if result.status != ExecStatus.COMMAND_OK:
        exc = psycopg.errors.error_from_result(result, encoding="utf-8")
        raise_if_lost(connection, exc)
        raise unsaid(exc, path=what)


def says_nothing(sqlstate: str) -> bool:
    """Whether what a server says with this state is of tables and sessions, never of values."""
    return sqlstate.startswith(("08", "0A", "25", "3F", "40", "42", "53", "54", "55", "57", "58"))


def unsaid(exc: psycopg.Error, *, path: str) -> ScriptFailed:
    """The failure without the server's words where they may quote a value."""
    said = exc.diag.message_primary if says_nothing(exc.sqlstate or "") else None
    return ScriptFailed(said or "the server could not read it", path=path, sqlstate=exc.sqlstate)
