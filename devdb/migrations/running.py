"""One migration on a server, sent as a JDBC program would: statement by statement, nothing of psql in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TextIO, cast

import psycopg
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus

from devdb.errors import CheckFailed, ScriptFailed
from devdb.migrations.info import Resolved
from devdb.server.connection import Connection, raise_if_lost, refused
from devdb.server.session import Sender, Session
from devdb.sqltext.lexer import Lexer, Query, Stop
from devdb.sqltext.lines import open_lines
from devdb.sqltext.scanning import copy_direction, is_blank, is_comment, scan_text
from devdb.sqltext.script import Script
from devdb.sqltext.statements import Kind, split

_WORDS = 12
_IDLE = TransactionStatus.IDLE


def script_of(resolved: Resolved) -> Script:
    return Script(str(resolved.file.path), resolved.sql)


def runs_in_transaction(resolved: Resolved, *, mixed: bool, server_version: int) -> bool:
    """Whether a migration is run in a transaction: not if one of its statements cannot be, as Flyway decides.

    Raises CheckFailed if there are statements of both kinds and `mixed` does not allow that, ScriptFailed for what
    only psql understands, and for a file that does not end well.
    """
    path = resolved.file.path
    inside: int | None = None
    outside: int | None = None
    for statement in split(script_of(resolved)):
        if statement.kind is Kind.COMMAND:
            command = statement.text.split(None, 1)[0]
            raise ScriptFailed(
                f"{command} is a command of psql's, which Flyway does not know", path=path, line=statement.line
            )
        if statement.kind is not Kind.SQL:
            continue
        sql = statement.sql
        line = statement.line + statement.text.count("\n", 0, len(statement.text) - len(sql))
        words = _words(sql)
        if words[:1] == ["COPY"] and copy_direction(sql) == "out":
            raise ScriptFailed("COPY … TO STDOUT has nowhere to go", path=path, line=line)
        if _cannot_be_in_transaction(words, server_version):
            outside = line if outside is None else outside
        else:
            inside = line if inside is None else inside
    if resolved.file.in_transaction is not None:
        return resolved.file.in_transaction
    if inside is not None and outside is not None and not mixed:
        raise CheckFailed(
            f"{path}:{outside}: this statement cannot run in a transaction, that of line {inside} can",
            hint="put it into a file of its own; --mixed runs all of the file without a transaction",
        )
    return outside is None


def _words(sql: str) -> list[str]:
    tokens = [token for token in scan_text(sql).tokens if not is_comment(token)]
    return [sql[token.start : token.end + 1].upper() for token in tokens]


def _cannot_be_in_transaction(words: Sequence[str], server_version: int) -> bool:
    first, second, *_ = [*words, "", ""]
    if first == "VACUUM" or (first, second) in (("ALTER", "SYSTEM"), ("DISCARD", "ALL")):
        return True
    if first in ("CREATE", "DROP") and second in ("DATABASE", "TABLESPACE", "SUBSCRIPTION"):
        return True
    if first in ("CREATE", "DROP") and "INDEX" in words[1:3]:
        return words[words.index("INDEX") + 1 :][:1] == ["CONCURRENTLY"]
    if first == "REINDEX":
        return not {"SCHEMA", "DATABASE", "SYSTEM", "CONCURRENTLY"}.isdisjoint(words[1:_WORDS])
    if first == "CLUSTER":
        return [word for word in words[1:] if word not in (";", "VERBOSE")] == []
    if (first, second) == ("ALTER", "DATABASE"):
        return words[3:5] == ["SET", "TABLESPACE"]
    if (first, second) == ("ALTER", "TABLE"):
        return "DETACH" in words and "CONCURRENTLY" in words[words.index("DETACH") :]
    if (first, second) == ("ALTER", "TYPE") and server_version < 120000:
        return ("ADD", "VALUE") in pairwise(words)
    return False


class Runner:
    """Runs migrations on a connection that is for nothing else."""

    def __init__(
        self,
        connection: Connection,
        *,
        on_notice: Callable[[Diagnostic], None],
        on_statement: Callable[[str], None] = lambda _sql: None,
    ) -> None:
        """`on_statement` hears of each statement of a file before it is sent."""
        self._connection = connection
        self._on_statement = on_statement
        self._nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (as long as this lives)
        out = cast(TextIO, self._nowhere)
        self._session = Session(connection, reconnect=None, out=out, err=out, on_notice=on_notice)
        self.ended_itself = False
        """Whether the migration that ran last ended the transaction that it was in: part of it may be there to stay."""

    def run(self, resolved: Resolved, *, in_transaction: bool, before: str, after: Callable[[], str]) -> None:
        """Run a migration, `before` it, and `after` it what is to be kept with it or not at all.

        Raises ScriptFailed with file and line, ConnectionFailed if the connection was lost. What had not been
        committed then is undone.
        """
        self.ended_itself = False
        self.execute(before, resolved)
        try:
            if in_transaction:
                self.execute("BEGIN", resolved)
            self._run(resolved, in_transaction=in_transaction)
            if not in_transaction and self._status() != _IDLE:
                raise ScriptFailed("the file leaves a transaction open", path=resolved.file.path)
            if self._status() == _IDLE:
                self.execute("BEGIN", resolved)
            self.execute(f"{before}\n{after()}", resolved)
            self.execute("COMMIT", resolved)
        except BaseException:
            if not self._connection.closed and self._status() != _IDLE:
                with contextlib.suppress(psycopg.Error):
                    self._connection.cancel()
                    self._connection.execute("ROLLBACK")
            raise

    def execute(self, sql: str, resolved: Resolved | None = None) -> None:
        """Run statements of ours."""
        try:
            self._connection.execute(sql.encode())
        except psycopg.Error as exc:
            raise_if_lost(self._connection, exc)
            raise refused(exc, path=resolved.file.path if resolved is not None else "devdb migrations") from exc

    def close(self) -> None:
        self._nowhere.close()

    def _run(self, resolved: Resolved, *, in_transaction: bool) -> None:
        session = self._session
        with open_lines(script_of(resolved)) as lines:
            # A lookup that knows nothing: psql's variables are none here, and comments before a statement are dropped.
            lexer = Lexer(lines, lookup=_unknown, standard_strings=session.standard_strings, encoding=session.encoding)
            sender = Sender(session, lines, rewrite=self._told)
            while True:
                query = Query()
                stop = lexer.read(query)
                if not is_blank(query.text):
                    if in_transaction and self._status() == _IDLE:
                        self.ended_itself = True
                        self.execute("BEGIN", resolved)
                    if query.words[:1] == ["copy"]:
                        lexer.end_line()
                    sender.send(query)
                if stop is not Stop.SEMICOLON:
                    break
        self.ended_itself = self.ended_itself or (in_transaction and self._status() == _IDLE)

    def _told(self, sql: str) -> str:
        self._on_statement(sql)
        return sql

    def _status(self) -> TransactionStatus:
        return self._connection.info.transaction_status


def _unknown(_name: str) -> str | None:
    return None
