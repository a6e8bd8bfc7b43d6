"""One COPY from the source into the dev database, as a stream of blocks between two threads."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.copy import LibpqWriter

from devdb.errors import ConnectionFailed, DevdbError, ScriptFailed
from devdb.server.connection import Connection, lost, refused

# What one reading holds at most, beside the pipe, while the dev side is not ready for it.
BUFFER_BYTES = 4 << 20
_FLOWING_BYTES = 1 << 20
# libpq gets slow with more.
_PIECE_BYTES = 1 << 17
# Whatever the server says while it loads is a failure.
_SESSION = "SET client_min_messages = error; SET client_encoding = 'UTF8'"


class Reading:
    """A query that a reader carries out; `into` puts its rows into a table of the dev database.

    The reader fills a buffer, at most `BUFFER_BYTES`, from when the reading was started; the rest waits for `into`.
    """

    def __init__(self, statement: str, *, encoding: str | None, what: str) -> None:
        """`statement` for psql; `encoding` of the text that it puts out, None for the binary format."""
        self.statement = statement
        self.what = what
        self._encoding = encoding
        self._cancel: Callable[[], None] | None = None
        self._room = BUFFER_BYTES
        self._blocks: deque[bytes] = deque()
        self._held = 0
        self._changed = Condition()
        self._is_complete = False
        self._is_abandoned = False
        self._failure: DevdbError | None = None

    @property
    def is_abandoned(self) -> bool:
        return self._is_abandoned

    def into(self, connection: Connection, target: str, *, freeze: bool = False) -> int:
        """Copy the rows into `target`, a table in SQL with or without its columns; returns how many there were.

        In the transaction of `connection` as it stands. The session's client_encoding is UTF8 afterwards, and of
        messages it gets errors only. `freeze`: see COPY's option; the table must be new in this very transaction.
        Raises ScriptFailed or ConnectionFailed, which name the reading's `what` and the side that failed.
        """
        options = self._options(connection) + (", FREEZE" if freeze else "")
        # From now on the buffer need only bridge the time between two blocks.
        self._room = _FLOWING_BYTES
        try:
            connection.execute(_SESSION)
            with connection.cursor() as cursor:
                writer = _Writer(cursor)
                with cursor.copy(f"COPY {target} FROM STDIN ({options})".encode(), writer=writer) as copy:
                    while not writer.is_answered and (block := self._next()) is not None:
                        copy.write(block)
                rows = cursor.rowcount
        except psycopg.Error as exc:
            self.abandon()
            raise self._dev_failure(connection, exc, target) from exc
        except BaseException:
            self.abandon()
            raise
        if writer.is_answered:
            self.abandon()
            raise ScriptFailed("the dev server ended the load and did not say why", path=self.what)
        return rows

    def abandon(self) -> None:
        """Nobody wants the rows any more: the reader's query is cancelled."""
        with self._changed:
            was_needed = not (self._is_abandoned or self._is_complete or self._failure)
            self._is_abandoned = True
            self._blocks.clear()
            self._changed.notify_all()
            # Under the lock: once it is complete, the reader may be at the next reading.
            if was_needed and self._cancel is not None:
                self._cancel()

    def taken_by(self, cancel: Callable[[], None]) -> bool:
        """For the reader: it begins, and `cancel` ends it before its time; False when nobody wants the rows."""
        with self._changed:
            self._cancel = cancel
            return not self._is_abandoned

    def offer(self, block: bytes) -> bool:
        """For the reader: hand over a block once there is room; False when nobody wants it."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_abandoned or self._held < self._room)
            if self._is_abandoned:
                return False
            self._blocks.append(block)
            self._held += len(block)
            self._changed.notify_all()
            return True

    def complete(self) -> None:
        """For the reader: that was all."""
        with self._changed:
            self._is_complete = True
            self._changed.notify_all()

    def fail(self, failure: DevdbError) -> None:
        """For the reader: it will not go on. `failure` is told by `into`, with the name of what was read."""
        with self._changed:
            self._failure = failure
            self._changed.notify_all()

    def _next(self) -> bytes | None:
        """All that has been read since the last time; None when there is no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._blocks or self._is_complete or self._failure or self._is_abandoned)
            if self._blocks:
                block = self._blocks.popleft() if len(self._blocks) == 1 else b"".join(self._blocks)
                self._blocks.clear()
                self._held = 0
                self._changed.notify_all()
                return block
            if self._failure is not None:
                raise self._source_failure(self._failure)
            if not self._is_complete:
                raise ScriptFailed("the reading was given up", path=self.what)
            return None

    def _options(self, connection: Connection) -> str:
        encoding = self._encoding
        if encoding == "SQL_ASCII" and connection.info.parameter_status("server_encoding") != "SQL_ASCII":
            # Said to be in no encoding, text would be let in unchecked.
            encoding = "UTF8"
        return copy_options(encoding)

    def _source_failure(self, failure: DevdbError) -> DevdbError:
        if isinstance(failure, ScriptFailed):
            return ScriptFailed(
                f"reading from the source failed: {failure.reason}",
                path=self.what,
                sqlstate=failure.sqlstate,
                detail=failure.detail,
                hint=failure.hint,
            )
        return ConnectionFailed(
            f"{self.what}: the source was lost while it was read: {failure.message}", hint=failure.hint
        )

    def _dev_failure(self, connection: Connection, exc: psycopg.Error, target: str) -> DevdbError:
        gone = lost(connection, exc)
        if gone is not None:
            return ConnectionFailed(f"{self.what}: {gone.message}", hint=gone.hint)
        # It quotes the row; one on its way into a temporary table may not be masked yet.
        context = None if target.startswith("pg_temp.") else exc.diag.context
        return refused(exc, path=self.what, what="loading failed", context=context)


def copy_options(encoding: str | None) -> str:
    """Options of COPY, for text in this encoding or (None) the binary format."""
    return "FORMAT binary" if encoding is None else f"FORMAT text, ENCODING '{encoding}'"


class _Writer(LibpqWriter):
    """Sends blocks until the server has something to say, which the end of the COPY brings out.

    psycopg's own would keep that until the end, when the last of a hundred million rows has been sent in vain.
    """

    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        super().__init__(cursor)
        self.is_answered = False
        self._polling = select.poll()
        self._polling.register(self.connection.fileno(), select.POLLIN | select.POLLOUT)

    def write(self, data: Buffer) -> None:
        view = memoryview(data)
        for start in range(0, len(view), _PIECE_BYTES):
            if self.is_answered:
                return
            self._send(bytes(view[start : start + _PIECE_BYTES]))

    def _send(self, piece: bytes) -> None:
        pgconn = self.connection.pgconn
        pgconn.put_copy_data(piece)
        while True:
            is_through = pgconn.flush() == 0
            if any(events & ~select.POLLOUT for _, events in self._polling.poll(0 if is_through else None)):
                self.is_answered = True
                return
            if is_through:
                return
