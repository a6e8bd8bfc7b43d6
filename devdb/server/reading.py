"""One COPY from the source into the dev database, as a stream of blocks between two threads."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable
from threading import Condition

import psycopg

from devdb.errors import ConnectionFailed, DevdbError, ScriptFailed
from devdb.server.connection import Connection, lost

# What one reading holds at most, beside the pipe, while the dev side is not ready for it.
BUFFER_BYTES = 4 << 20
_FLOWING_BYTES = 1 << 20
# A failure ends a load at once, and is told from notices by there being none.
_SESSION = "SET client_min_messages = error; SET client_encoding = 'UTF8'"


class Reading:
    """A query that a reader carries out; `into` puts its rows into a table of the dev database.

    The reader fills a buffer, at most `BUFFER_BYTES`, from when the reading was started; the rest waits for `into`.
    """

    def __init__(self, statement: str, *, options: str, what: str) -> None:
        """`statement` for psql, with the `options` of COPY that both sides use."""
        self.statement = statement
        self.what = what
        self._options = options
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
        options = self._options + (", FREEZE" if freeze else "")
        is_early = False
        # From now on the buffer need only bridge the time between two blocks.
        self._room = _FLOWING_BYTES
        try:
            connection.execute(_SESSION)
            with connection.cursor() as cursor:
                with cursor.copy(f"COPY {target} FROM STDIN ({options})".encode()) as copy:
                    while (block := self._next()) is not None:
                        copy.write(block)
                        if _has_something_to_say(connection):
                            # Nothing but a failure. The end of the COPY brings it out.
                            is_early = True
                            break
                rows = cursor.rowcount
        except psycopg.Error as exc:
            self.abandon()
            raise self._dev_failure(connection, exc) from exc
        except BaseException:
            self.abandon()
            raise
        if is_early:
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

    def _dev_failure(self, connection: Connection, exc: psycopg.Error) -> DevdbError:
        gone = lost(connection, exc)
        if gone is not None:
            return ConnectionFailed(f"{self.what}: {gone.message}", hint=gone.hint)
        return ScriptFailed(
            f"loading failed: {exc.diag.message_primary or str(exc).strip()}",
            path=self.what,
            sqlstate=exc.sqlstate,
            detail=exc.diag.message_detail,
            context=exc.diag.context,
            hint=exc.diag.message_hint,
        )


def _has_something_to_say(connection: Connection) -> bool:
    polling = select.poll()
    polling.register(connection.fileno(), select.POLLIN)
    return bool(polling.poll(0))
