"""What psql keeps while it runs scripts: a connection, variables, where results go; and how a statement is sent."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TextIO, cast

import psycopg
from psycopg import pq
from psycopg.errors import Diagnostic

from devdb.errors import ScriptFailed, UsageError
from devdb.server.connection import Connection, raise_if_lost
from devdb.server.results import Display, Table, is_numeric, write_table
from devdb.server.settings_commands import PRESETS, set_variable
from devdb.sqltext.arguments import CommandError
from devdb.sqltext.lexer import Query
from devdb.sqltext.lines import Lines
from devdb.sqltext.scanning import combines_copy, copy_direction

Reconnect = Callable[[Mapping[str, str]], Connection]
Data = bytes | bytearray | memoryview
Rewrite = Callable[[str], "str | None"]
Cursor = psycopg.Cursor[tuple[object, ...]]

HIDDEN = "********"
_ESCAPED = re.compile(r"\\(\\|044)")
# The server says in its own language where in the data it was, the word COPY aside; other languages get no line.
_COPY_LINE = re.compile(r"^COPY .*, line (\d+)", re.MULTILINE)


class Session:
    """A connection and psql's state beside it."""

    def __init__(
        self,
        connection: Connection,
        *,
        reconnect: Reconnect | None,
        out: TextIO,
        err: TextIO | None,
        on_notice: Callable[[Diagnostic], None] | None,
    ) -> None:
        self.reconnect = reconnect
        self.out = out
        self.standard_out = out
        self.err = err if err is not None else sys.stderr
        self.display = Display()
        self.restricted_by: str | None = None
        self.variables: dict[str, str] = {}
        self.secrets: set[str] = set()
        self._on_notice = on_notice
        self.connection = connection
        self.use(connection)

    def use(self, connection: Connection) -> None:
        """Make this the current connection."""
        self.connection = connection
        self._cursor: Cursor = connection.cursor()
        if self._on_notice is not None:
            connection.add_notice_handler(self._on_notice)
        self._describe_connection()

    def _describe_connection(self) -> None:
        info = self.connection.info
        self.variables.update(
            DBNAME=info.dbname,
            USER=info.user,
            HOST=info.host,
            PORT=str(info.port),
            ENCODING=info.parameter_status("client_encoding") or "",
            SERVER_VERSION_NUM=str(info.server_version),
            SERVER_VERSION_NAME=info.parameter_status("server_version") or "",
        )

    def standard_strings(self) -> bool:
        """The session's standard_conforming_strings."""
        return self.connection.pgconn.parameter_status(b"standard_conforming_strings") != b"off"

    def encoding(self) -> str:
        """Python's name for the session's client_encoding; where it means nothing to Python, bytes pass unchanged."""
        try:
            name = self.connection.info.encoding
        except psycopg.NotSupportedError:
            return "utf-8"
        return "utf-8" if name == "ascii" else name

    def start(self, variables: Mapping[str, str]) -> None:
        """Begin a script: psql's variables as they are at its start, and the given ones."""
        self.variables = dict(PRESETS)
        self.display = Display()
        self.restricted_by = None
        self._describe_connection()
        for name, value in variables.items():
            try:
                set_variable(self, name, value)
            except CommandError as exc:
                raise UsageError(exc.message, hint=exc.hint) from exc

    def finish(self) -> None:
        """End a script: results go where they went before."""
        self.send_output_to(None)

    def send_output_to(self, name: str | None) -> None:
        """Have results go to a file; None: back to where they went at first."""
        if self.out is not self.standard_out:
            self.out.close()
            self.out = self.standard_out
        if name is not None:
            if name.startswith("|"):
                raise CommandError(r"\o | is refused: scripts run no programs")
            try:
                self.out = Path(name).expanduser().open("w", encoding="utf-8")
            except OSError as exc:
                raise CommandError(f"{name}: {exc.strerror}") from exc

    def warn(self, text: str) -> None:
        self.err.write(f"{text}\n")

    def execute(self, sql: str) -> Cursor:
        """Send one statement (or several that `\\;` combined). Raises psycopg's errors."""
        return self._cursor.execute(self._encoded(sql))

    def copy_in(self, sql: str, blocks: Iterable[bytes]) -> Cursor:
        """Send COPY … FROM STDIN and its data."""
        with self._cursor.copy(self._encoded(sql)) as copy:
            for block in blocks:
                copy.write(block)
        return self._cursor

    def copy_out(self, sql: str, write: Callable[[Data], object] | None = None) -> Cursor:
        """Send COPY … TO STDOUT and hand on its data, row by row; None: to where results go."""
        write = write or self._writer()
        with self._cursor.copy(self._encoded(sql)) as copy:
            for row in copy:
                write(row)
        return self._cursor

    def _writer(self) -> Callable[[Data], object]:
        """Writes data where results go, unchanged if that takes bytes."""
        self.out.flush()
        buffer = getattr(self.out, "buffer", None)
        if buffer is not None:
            return cast("Callable[[Data], object]", buffer.write)
        encoding = self.encoding()
        return lambda data: self.out.write(bytes(data).decode(encoding, "backslashreplace"))

    def show(self, cursor: Cursor, display: Display | None = None) -> None:
        """Write the rows of each result that has any."""
        while True:
            self.show_result(cursor.pgresult, display)
            if not cursor.nextset():
                return

    def show_result(self, result: pq.abc.PGresult | None, display: Display | None = None) -> None:
        """Write the rows of one result, if it has any."""
        if result is not None and result.status == pq.ExecStatus.TUPLES_OK:
            write_table(self.table(result), display or self.display, self.out)

    def table(self, result: pq.abc.PGresult) -> Table:
        """A result's columns and rows as text."""
        encoding = self.encoding()

        def text(data: bytes | None) -> str | None:
            return None if data is None else data.decode(encoding, "backslashreplace")

        columns = range(result.nfields)
        return Table(
            [text(result.fname(column)) or "" for column in columns],
            [is_numeric(result.ftype(column)) for column in columns],
            [[text(result.get_value(row, column)) for column in columns] for row in range(result.ntuples)],
        )

    def redacted(self, text: str | None) -> str | None:
        """`text` with ******** for every secret that has been sent."""
        for secret in self.secrets if text else ():
            text = text.replace(secret, HIDDEN) if text else text
        return text

    def _encoded(self, sql: str) -> bytes:
        encoding = self.encoding()
        try:
            return sql.encode(encoding, "surrogateescape")
        except UnicodeEncodeError as exc:
            character = exc.object[exc.start]
            raise psycopg.DataError(
                f"the character {character!r} does not exist in client_encoding {encoding}"
            ) from exc


class Sender:
    """Sends the statements of one file, and says where in the file they failed."""

    def __init__(
        self, session: Session, lines: Lines, *, rewrite: Rewrite | None, secrets: Mapping[str, str] | None = None
    ) -> None:
        self._session = session
        self._lines = lines
        self._rewrite = rewrite
        self._secrets = secrets or {}

    def send(
        self,
        query: Query,
        *,
        data: Iterable[bytes] | None = None,
        write: Callable[[Data], object] | None = None,
    ) -> Cursor | None:
        """Send a statement. None if there is no result to show.

        COPY data are taken from `data` (None: from the file itself) and given to `write` (None: to where results go).

        Raises ScriptFailed with the line at fault, ConnectionFailed if the connection was lost.
        """
        text = query.text
        if "\0" in text and not self._secrets:
            raise self._lines.failure("the statement holds a NUL character", query.first_line)
        direction = None
        if query.combined or query.words[:1] == ["copy"]:
            if query.combined and combines_copy(text):
                message = r"COPY from stdin or to stdout cannot be combined with other statements by \;"
                raise self._lines.failure(message, query.first_line)
            direction = copy_direction(text, standard_strings=self._session.standard_strings())
        written = text if self._rewrite is None else self._rewrite(text)
        if written is None:
            if direction == "in" and data is None:
                for _ in self._lines.copy_data():
                    pass
            return None
        data_line = None
        session = self._session
        sent = self._revealed(written)
        try:
            if direction == "in":
                data_line = self._lines.next_number if data is None else None
                cursor = session.copy_in(sent, self._data() if data is None else data)
            elif direction == "out":
                cursor = session.copy_out(sent, write)
            else:
                cursor = session.execute(sent)
        except psycopg.Error as exc:
            raise self.failure(exc, query, written, data_line) from exc
        self._succeeded(cursor)
        return cursor if direction is None else None

    def send_text(self, text: str, line: int) -> Cursor | None:
        r"""Send a statement that a command made (`\gexec`, `\encoding`); all of it belongs to one line."""
        query = Query()
        query.add(text, line, fixed=True)
        query.combined = True
        return self.send(query)

    def failure(
        self, exc: psycopg.Error, query: Query, written: str | None = None, data_line: int | None = None
    ) -> ScriptFailed:
        """What to raise for an error that a statement met."""
        session = self._session
        raise_if_lost(session.connection, exc)
        diag = exc.diag
        said = str(exc).strip() if diag.message_primary is None else diag.message_primary
        message = session.redacted(said) or ""
        session.variables.update(
            ERROR="true",
            SQLSTATE=exc.sqlstate or "",
            ROW_COUNT="0",
            LAST_ERROR_MESSAGE=message,
            LAST_ERROR_SQLSTATE=exc.sqlstate or "",
        )
        context = session.redacted(diag.context)
        line = query.first_line
        if diag.statement_position is not None and written is not None:
            line = self._line_of(int(diag.statement_position) - 1, query, written)
        elif data_line is not None and context and (found := _COPY_LINE.search(context)):
            line = data_line + int(found.group(1)) - 1
        return self._lines.failure(
            message,
            line,
            sqlstate=exc.sqlstate,
            detail=session.redacted(diag.message_detail),
            hint=session.redacted(diag.message_hint),
            context=context,
        )

    def _succeeded(self, cursor: Cursor) -> None:
        count = max(cursor.rowcount, 0)
        self._session.variables.update(ERROR="false", SQLSTATE="00000", ROW_COUNT=str(count))

    def _data(self) -> Iterable[bytes]:
        source, target = self._lines.encoding, self._session.encoding()
        if source is None or source == target:
            return self._lines.copy_data()
        return (block.decode(source).encode(target) for block in self._lines.copy_data())

    def _revealed(self, text: str) -> str:
        """The text with secrets where their placeholders are."""
        for placeholder, secret in self._secrets.items():
            if placeholder in text:
                self._session.secrets.update(_forms(secret))
                text = text.replace(placeholder, secret)
        return text

    def _line_of(self, position: int, query: Query, written: str) -> int:
        """The file's line for a position in the text that was sent."""
        start = 0
        while (start := written.find("\0", start)) >= 0:
            placeholder = written[start : written.index("\0", start + 1) + 1]
            longer = len(self._secrets.get(placeholder, placeholder)) - len(placeholder)
            if start < position:
                position = max(position - longer, start)
            start += len(placeholder)
        if written == query.text:
            return query.line_at(min(position, len(written) - 1))
        # Rewritten: the lines are the best there is to go by.
        last = query.line_at(query.length - 1)
        return min(query.first_line + written.count("\n", 0, position), last)


def _forms(literal: str) -> set[str]:
    """A secret as it may come back in what the server says: as the literal, without its quotes, and as it is."""
    if not literal.endswith("'"):
        return set()
    inner = literal[literal.index("'") + 1 : -1]
    plain = inner.replace("''", "'")
    if literal.startswith("E"):
        plain = _ESCAPED.sub(lambda found: "$" if found[1] == "044" else "\\", plain)
    return {form for form in (literal, inner, plain) if form}
