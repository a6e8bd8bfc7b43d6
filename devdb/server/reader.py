"""A reader: one psql on the snapshot, and the thread that moves its rows into readings."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import TypeVar

from devdb.errors import ConnectionFailed, DevdbError
from devdb.server.psql_session import PsqlSession
from devdb.server.reading import Reading
from devdb.server.sparing import Throttle

Jobs = queue.SimpleQueue["Reading | None"]

_T = TypeVar("_T")
_ATTEMPTS = 4
_BACKOFF_S = 0.25
_PATIENCE_S = 3.0
# Failures to connect that another attempt does not mend.
_FINAL = ("password authentication failed", "no password supplied", "does not exist", "pg_hba.conf")


class Reader(Thread):
    """Takes readings from `jobs` until it gets None, one at a time; connects before the first one.

    `begin` is what a new session says first. `goes_on_without` decides what happens when there is no connection: true,
    and this reader ends, for there are others; false, and it fails all that it gets.
    """

    def __init__(
        self,
        connect: Callable[[], PsqlSession],
        *,
        begin: str,
        jobs: Jobs,
        throttle: Throttle,
        goes_on_without: Callable[[DevdbError], bool],
        keepalive_s: float,
    ) -> None:
        super().__init__(name="devdb-reader", daemon=True)
        self.bytes = 0
        self._connect = connect
        self._begin = begin
        self._jobs = jobs
        self._throttle = throttle
        self._goes_on_without = goes_on_without
        self._keepalive_s = keepalive_s
        self._is_ending = Event()
        self._session: PsqlSession | None = None
        self._reading: Reading | None = None

    def run(self) -> None:
        failure: DevdbError | None = None
        try:
            self._opened()
        except DevdbError as exc:
            if self._goes_on_without(exc):
                return
            failure = exc
        while not self._is_ending.is_set():
            try:
                reading = self._jobs.get(timeout=self._keepalive_s)
            except queue.Empty:
                self._keep_alive()
                continue
            if reading is None:
                break
            if failure is not None:
                reading.fail(failure)
            else:
                self._carry_out(reading)
        self._close()

    def interrupt(self) -> None:
        """Have it end, whatever it is doing. From another thread."""
        self._is_ending.set()
        reading, session = self._reading, self._session
        if reading is not None:
            reading.abandon()
        if session is not None:
            session.interrupt()

    def end(self) -> None:
        """Wait for its end, after `interrupt`."""
        self.join(_PATIENCE_S)
        session = self._session
        if self.is_alive() and session is not None:
            # It may be waiting for a server that does not answer.
            session.kill()
        self.join()

    def _opened(self) -> PsqlSession:
        """The session, made if there is none."""
        if self._session is None:
            retried(self._attempt, stop=self._is_ending)
        assert self._session is not None
        return self._session

    def _attempt(self) -> None:
        session = self._session = self._connect()
        if self._is_ending.is_set():
            session.interrupt()
        try:
            _exhaust(session, self._begin)
        except BaseException:
            self._close()
            raise

    def _carry_out(self, reading: Reading) -> None:
        self._reading = reading

        def is_over() -> bool:
            return reading.is_abandoned or self._is_ending.is_set()

        try:
            self._throttle.wait(0, is_over=is_over)
            session = self._opened()
            if not reading.taken_by(session.interrupt) or is_over():
                reading.abandon()
                return
            for block in session.run(reading.statement):
                self.bytes += len(block)
                self._throttle.wait(len(block), is_over=is_over)
                if is_over() or not reading.offer(block):
                    self._close()
                    reading.abandon()
                    return
            reading.complete()
        except DevdbError as exc:
            self._close()
            reading.fail(exc)
        except BaseException as exc:
            self._close()
            reading.fail(DevdbError(f"{type(exc).__name__}: {exc}"))
            raise
        finally:
            self._reading = None

    def _keep_alive(self) -> None:
        if self._session is not None:
            try:
                _exhaust(self._session, "SELECT 1;")
            except DevdbError:
                # The next reading opens another one on the same snapshot.
                self._close()

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def retried(attempt: Callable[[], _T], *, stop: Event | None = None) -> _T:
    """What `attempt` returns, tried a few times if the server is not there at first; `stop` ends that."""
    for number in range(1, _ATTEMPTS):
        try:
            return attempt()
        except ConnectionFailed as exc:
            if any(words in exc.message for words in _FINAL):
                raise
            delay_s = _BACKOFF_S * 2**number
            if stop is None:
                time.sleep(delay_s)
            elif stop.wait(delay_s):
                raise
    return attempt()


def _exhaust(session: PsqlSession, statement: str) -> None:
    for _ in session.run(statement):
        pass
