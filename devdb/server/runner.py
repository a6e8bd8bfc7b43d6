"""Runs scripts on a server the way `psql -X -v ON_ERROR_STOP=1 -f` would, one statement at a time."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

import psycopg
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus

from devdb.errors import ScriptFailed
from devdb.server.commands import run_command
from devdb.server.conditions import Conditions
from devdb.server.connection import Connection, close_quietly, raise_if_lost
from devdb.server.session import Cursor, Reconnect, Rewrite, Sender, Session
from devdb.sqltext.arguments import Arguments, CommandError
from devdb.sqltext.lexer import Lexer, Query, Stop
from devdb.sqltext.lines import Lines, open_lines
from devdb.sqltext.scanning import is_blank
from devdb.sqltext.script import Script

_MAX_DEPTH = 64
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Server:
    """A server that scripts are run on. Printer has the same methods and sends nothing."""

    def __init__(
        self,
        connection: Connection,
        *,
        reconnect: Reconnect | None = None,
        out: TextIO | None = None,
        on_notice: Callable[[Diagnostic], None] | None = None,
        err: TextIO | None = None,
    ) -> None:
        r"""`reconnect` opens the connection that `\connect` asks for, given libpq's parameters; None: it is refused.

        `out` takes the results of queries and `\echo` (None: standard output), `err` what `\warn` says (None: standard
        error).
        """
        self._session = Session(
            connection, reconnect=reconnect, out=out if out is not None else sys.stdout, err=err, on_notice=on_notice
        )

    @property
    def connection(self) -> Connection:
        r"""The current connection: \connect replaces it."""
        return self._session.connection

    def run(
        self,
        script: Script,
        *,
        variables: Mapping[str, str] | None = None,
        single_transaction: bool = False,
        rewrite: Rewrite | None = None,
    ) -> None:
        """Run a script to its end or its first error.

        `rewrite` has the last word on each statement before it is sent, not on COPY data; None from it skips it.
        A transaction that the script leaves open is rolled back if the script failed, and stays open otherwise.
        Raises ScriptFailed with the file and line, ConnectionFailed if the connection was lost.
        """
        self._session.start(variables or {})
        was_idle = self._status() == TransactionStatus.IDLE
        try:
            if single_transaction:
                self._send(script, "BEGIN")
            with open_lines(script) as lines:
                ScriptFile(self._session, lines, script, rewrite=rewrite).run()
            if single_transaction:
                self._send(script, "COMMIT")
        except BaseException:
            if was_idle and not self.connection.closed and self._status() in _OPEN:
                with contextlib.suppress(psycopg.Error):
                    self.connection.execute("ROLLBACK")
            raise
        finally:
            self._session.finish()

    def query(self, sql: str | Script) -> list[tuple[object, ...]]:
        """The rows of a plain read. Raises ScriptFailed, or ConnectionFailed if the connection was lost."""
        cursor = self.send(sql if isinstance(sql, Script) else Script("query", sql))
        return cursor.fetchall() if cursor is not None and cursor.description is not None else []

    def send(self, script: Script, *, line: int = 1) -> Cursor | None:
        """Send a script that is one statement, which begins at `line` of a file. Raises as `run` does."""
        sender = Sender(self._session, Lines.of_text(script), rewrite=None, secrets=script.secrets)
        query = Query()
        query.add(script.text or "", line)
        return sender.send(query)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction block is open, failed or not."""
        return self._status() in _OPEN

    def close(self) -> None:
        close_quietly(self.connection)

    def _status(self) -> TransactionStatus:
        return self.connection.info.transaction_status

    def _send(self, script: Script, sql: str) -> None:
        try:
            self.connection.execute(sql)
        except psycopg.Error as exc:
            raise_if_lost(self.connection, exc)
            raise ScriptFailed(str(exc).strip(), path=script.name, sqlstate=exc.sqlstate) from exc


class ScriptFile:
    """One file being run: its text, the statement being read, its open conditions."""

    def __init__(
        self, session: Session, lines: Lines, script: Script, *, rewrite: Rewrite | None, depth: int = 0
    ) -> None:
        self.session = session
        self.lines = lines
        self.directory = script.directory
        self.conditions = Conditions()
        self.query = Query()
        self.previous = Query()
        self.sender = Sender(session, lines, rewrite=rewrite, secrets=script.secrets)
        self.ended = False
        self._rewrite = rewrite
        self._depth = depth
        self.lexer = Lexer(
            lines, lookup=self.lookup, standard_strings=session.standard_strings, encoding=session.encoding
        )

    def run(self) -> None:
        r"""Run the file to its end, to `\q`, or to its first error."""
        while not self.ended:
            stop = self.lexer.read(self.query)
            if stop is Stop.SEMICOLON:
                if self.conditions.active:
                    self.send_and_show()
            elif stop is Stop.COMMAND:
                self._run_command()
            else:
                break
        if self.ended:
            return
        if self.conditions.active and not is_blank(self.query.text):
            self.send_and_show()
        if self.conditions.open_line is not None:
            raise self.lines.failure(r"the file ends and this \if has no \endif", self.conditions.open_line)

    def lookup(self, name: str) -> str | None:
        """The value of a variable; in a branch that is not taken there are none."""
        return self.session.variables.get(name) if self.conditions.active else None

    def send(self) -> Cursor | None:
        """Send the statement that has been read and begin a new one."""
        query = self.query
        if query.length == 0:
            query = self.previous
        self.query, self.previous = Query(), query
        if query.text.strip(" \n\r\t;") == "":
            return None
        if query.words[:1] == ["copy"]:
            self.lexer.end_line()
        return self.sender.send(query)

    def send_and_show(self) -> None:
        cursor = self.send()
        if cursor is not None:
            self.session.show(cursor)

    def include(self, name: str, *, relative: bool) -> None:
        """Run another file, as part of this one."""
        path = Path(name).expanduser()
        if relative and self.directory is not None and not path.is_absolute():
            path = self.directory / path
        if self._depth >= _MAX_DEPTH:
            raise CommandError(f"{path}: files include each other more than {_MAX_DEPTH} deep")
        script = Script.from_file(path)
        try:
            path.open("rb").close()
        except OSError as exc:
            raise CommandError(f"{path}: {exc.strerror}") from exc
        with open_lines(script) as lines:
            ScriptFile(self.session, lines, script, rewrite=self._rewrite, depth=self._depth + 1).run()

    def _run_command(self) -> None:
        line = self.lexer.line
        arguments = Arguments(self.lexer.rest_of_line(), self.lookup, line)
        try:
            run_command(self, arguments)
        except CommandError as exc:
            raise self.lines.failure(exc.message, line, hint=exc.hint) from exc
