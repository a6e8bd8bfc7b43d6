"""One snapshot of the source, and several readers that see it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.errors import ConnectionFailed, DevdbError, ScriptFailed
from devdb.server import programs
from devdb.server.connection import Connection, close_quietly, connect, raise_if_lost
from devdb.server.psql_session import PsqlSession, quoted, terminated
from devdb.server.reading import Reading
from devdb.server.sparing import Bucket, Spare
from devdb.sqltext.quoting import ident, literal

# \warn came with 13.
_OLDEST_PSQL = 13
_ATTEMPTS = 4
_BACKOFF_S = 0.25
_PATIENCE_S = 2.0
_IMPORT = "SET TRANSACTION SNAPSHOT {}"
_EXPORT = "SELECT pg_catalog.pg_export_snapshot(), pg_catalog.current_setting('server_encoding')"
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_T = TypeVar("_T")
# What every session of a snapshot needs, by the first release that knows it; `session` may say otherwise.
_SESSION = {
    "client_min_messages": (0, "error"),
    "standard_conforming_strings": (0, "on"),
    "idle_in_transaction_session_timeout": (0, "0"),
    "idle_session_timeout": (140000, "0"),
    "transaction_timeout": (170000, "0"),
    "client_connection_check_interval": (140000, "10s"),
}
# Failures that another attempt does not mend.
_FINAL = ("password authentication failed", "no password supplied", "does not exist", "pg_hba.conf")


class Snapshot:
    """The source as it was at one moment: a connection for questions, and readers for whole results.

    A context manager; leaving it ends every session. See `open`.
    """

    def __init__(
        self,
        holder: Connection,
        name: str,
        encoding: str,
        settings: list[str],
        spare: Spare,
        on_warning: Callable[[str], None],
        keepalive_s: float,
    ) -> None:
        self.connection = holder
        self.lock = RLock()
        self.name = name
        self.encoding = encoding
        begin = (*settings, _BEGIN, _IMPORT.format(literal(name)))
        self._begin = terminated([quoted(text, what="source") for text in begin])
        self._bucket = Bucket(spare.max_rate_bytes)
        self._spare = spare
        self._on_warning = on_warning
        self._keepalive_s = keepalive_s
        self._jobs: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()
        self._stop = Event()
        self._readers: list[_Reader] = []
        self._opened = time.monotonic()

    @classmethod
    def open(
        cls,
        conninfo: Mapping[str, str],
        *,
        readers: int,
        session: Mapping[str, str],
        spare: Spare,
        on_warning: Callable[[str], None],
        on_note: Callable[[str], None] | None = None,
        application_name: str = "devdb",
        keepalive_s: float = 30,
    ) -> Snapshot:
        """Take a snapshot, and begin to open `readers` sessions that see it.

        `session`: settings of every session. `on_warning` and `on_note` (None: as warnings) are called from other
        threads. Returns when the snapshot stands; readers that cannot connect fail the readings.
        Raises ConnectionFailed or ScriptFailed.
        """
        holder = _retried(lambda: connect(make_conninfo("", **{**conninfo, "application_name": application_name})))
        try:
            settings = [f"SET {ident(name)} = {literal(value)}" for name, value in _settings(holder, session).items()]
            name, encoding = _take(holder, settings)
            snapshot = cls(holder, name, encoding, settings, spare, on_warning, keepalive_s)
            snapshot._start(readers)
        except BaseException:
            close_quietly(holder)
            raise
        return snapshot

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def bytes(self) -> int:
        """Read so far, by all readers."""
        return sum(reader.bytes for reader in self._readers)

    @property
    def age_s(self) -> float:
        return time.monotonic() - self._opened

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a small result. Raises ScriptFailed, after which the snapshot is as before."""
        with self.lock:
            try:
                return self.connection.execute(query.encode()).fetchall()
            except psycopg.Error as exc:
                raise_if_lost(self.connection, exc)
                self.connection.execute("ROLLBACK TO SAVEPOINT devdb")
                raise ScriptFailed(
                    exc.diag.message_primary or str(exc).strip(), path="source", sqlstate=exc.sqlstate
                ) from exc

    def start(self, query: str, *, binary: bool, what: str) -> Reading:
        """Have a reader begin with `query` as soon as one is free, in the order of the calls.

        Each reading must come to its `into` or be abandoned, in about that order: one that is forgotten keeps a
        reader. `what` (a table's name) is the reading's name in failures.
        """
        # Text of no known encoding is only checked where it ends up.
        reading = Reading(query, binary=binary and self.encoding != "SQL_ASCII", encoding=self.encoding, what=what)
        statement = terminated([f"COPY (\n{quoted(query, what=what)}\n) TO STDOUT ({reading.options})"])
        reading.query = statement
        self._jobs.put(reading)
        return reading

    def copy(self, query: str, into: Connection, target: str, *, binary: bool, what: str, freeze: bool = False) -> int:
        """Copy what `query` finds at the source into `target`, on the first free reader; returns the rows."""
        return self.start(query, binary=binary, what=what).into(into, target, freeze=freeze)

    def close(self) -> None:
        """End every session; what is still read is given up."""
        self._stop.set()
        for reader in self._readers:
            self._jobs.put(None)
            reader.interrupt()
        for reader in self._readers:
            reader.end()
        close_quietly(self.connection)

    def _goes_on_without(self, failure: DevdbError) -> bool:
        """Whether other readers do what one cannot that has no connection."""
        with self.lock:
            if self._working == 1 or self._stop.is_set():
                return False
            self._working -= 1
            self._on_warning(f"reading over {self._working} connections only: {failure.message}")
            return True

    def _start(self, readers: int) -> None:
        conninfo, password = programs.parameters(self.connection)
        self._program = programs.find("psql", at_least=_OLDEST_PSQL)
        self._working = readers
        for _ in range(readers):
            reader = _Reader(self, conninfo, password)
            self._readers.append(reader)
            reader.start()


class _Reader(Thread):
    """One psql on the snapshot, and the thread that moves its rows into readings."""

    def __init__(self, snapshot: Snapshot, conninfo: Mapping[str, str], password: str | None) -> None:
        super().__init__(name="devdb-reader", daemon=True)
        self.bytes = 0
        self._snapshot = snapshot
        self._conninfo = conninfo
        self._password = password
        self._session: PsqlSession | None = None
        self._reading: Reading | None = None

    def run(self) -> None:
        snapshot = self._snapshot
        failure: DevdbError | None = None
        try:
            self._open()
        except DevdbError as exc:
            failure = exc
            if snapshot._goes_on_without(exc):
                return
        while not snapshot._stop.is_set():
            try:
                reading = snapshot._jobs.get(timeout=snapshot._keepalive_s)
            except queue.Empty:
                self._keep_alive()
                continue
            if reading is None:
                break
            if failure is not None:
                reading.fail(failure)
                continue
            self._carry_out(reading)
        self._close()

    def interrupt(self) -> None:
        """Have it end, whatever it is doing. From another thread."""
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

    def _open(self) -> None:
        def attempt() -> PsqlSession:
            session = PsqlSession(self._snapshot._program, self._conninfo, self._password)
            self._session = session
            for _ in session.run(self._snapshot._begin):
                pass
            return session

        _retried(attempt, stop=self._snapshot._stop)

    def _carry_out(self, reading: Reading) -> None:
        snapshot = self._snapshot
        try:
            if self._session is None:
                self._open()
            session = self._session
            assert session is not None
            self._reading = reading
            reading.on_abandon = session.interrupt
            if reading.is_abandoned:
                return
            for block in session.run(reading.query):
                self.bytes += len(block)
                snapshot._bucket.take(len(block), snapshot._stop)
                if not reading.offer(block) or snapshot._stop.is_set():
                    self._close()
                    reading.fail(ConnectionFailed("the reading was given up"))
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
                for _ in self._session.run("SELECT 1;"):
                    pass
            except DevdbError:
                # The next reading opens another one.
                self._close()

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _settings(holder: Connection, session: Mapping[str, str]) -> dict[str, str]:
    """Settings of every session, those left out that this release does not know."""
    version = holder.info.server_version
    known = {name: value for name, (since, value) in _SESSION.items() if version >= since}
    given = {name: value for name, value in session.items() if version >= _SESSION.get(name, (0, ""))[0]}
    return {**known, **given}


def _take(holder: Connection, settings: list[str]) -> tuple[str, str]:
    """Begin the holder's transaction and export its snapshot; returns the snapshot's name and the encoding."""
    # One round trip, and after it a savepoint to which a failed question goes back.
    text = "; ".join([*settings, "SET client_encoding = 'UTF8'", _BEGIN, _EXPORT, "SAVEPOINT devdb"])
    try:
        cursor = holder.execute(text.encode())
        while cursor.description is None:
            cursor.nextset()
        ((name, encoding),) = cursor.fetchall()
    except psycopg.Error as exc:
        raise_if_lost(holder, exc)
        raise ScriptFailed(
            exc.diag.message_primary or str(exc).strip(),
            path="snapshot",
            sqlstate=exc.sqlstate,
            hint=exc.diag.message_hint,
        ) from exc
    return str(name), str(encoding)


def _retried(attempt: Callable[[], _T], *, stop: Event | None = None) -> _T:
    """What `attempt` returns, after a few attempts if the server is not there at first."""
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
            raise ConnectionFailed("the run was ended")
    return attempt()
