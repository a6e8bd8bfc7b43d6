"""One snapshot of the source, and several readers that see it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.errors import DevdbError
from devdb.server import aging, programs
from devdb.server.connection import Connection, close_quietly, connect, raise_if_lost, refused
from devdb.server.psql_session import OLDEST_PSQL, PsqlSession, quoted, terminated
from devdb.server.reader import Jobs, Reader, retried
from devdb.server.reading import Reading, copy_options
from devdb.server.sparing import Spare, Throttle, Watch
from devdb.sqltext.quoting import literal

KEEPALIVE_S = 30.0
_EXPORT = """
SELECT
    pg_catalog.pg_export_snapshot(),
    pg_catalog.current_setting('server_encoding'),
    pg_catalog.current_setting('client_connection_check_interval', true)
"""
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# What every session of a snapshot is set to, by the first release that knows it; `session` has the last word.
# Values as text must mean the same to any server.
_SETTINGS = {
    "client_min_messages": (0, "error"),
    "standard_conforming_strings": (0, "on"),
    "extra_float_digits": (0, "3"),
    "DateStyle": (0, "ISO"),
    "IntervalStyle": (0, "postgres"),
    "bytea_output": (0, "hex"),
    "lc_monetary": (0, "C"),
    "idle_in_transaction_session_timeout": (0, "0"),
    "idle_session_timeout": (140000, "0"),
    "transaction_timeout": (170000, "0"),
}


class Snapshot:
    """The source as it was at one moment: a connection for questions, and readers for whole results.

    `connection` is in a transaction that sees the snapshot; a statement that fails on it ends that, so ask by `read`,
    or within `with connection.transaction()` while holding `lock`. A context manager; leaving it ends every session.
    """

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
        keepalive_s: float = KEEPALIVE_S,
    ) -> Snapshot:
        """Take a snapshot, and begin to open `readers` sessions that see it.

        `session`: settings of every session. `on_warning` and `on_note` (None: as warnings) are called from other
        threads. `keepalive_s`: how often sessions with nothing to do are used.
        Returns when the snapshot stands; if no reader can connect, the readings fail. Raises ConnectionFailed or
        ScriptFailed.
        """
        given = {**conninfo, "application_name": application_name, "client_encoding": "UTF8"}
        address = make_conninfo("", **given)
        holder = retried(lambda: connect(address))
        try:
            settings = _settings(holder.info.server_version, session)
            name, encoding = _take(holder, settings)
        except BaseException:
            close_quietly(holder)
            raise
        snapshot = cls(holder, name=name, encoding=encoding, throttle=Throttle(spare.max_rate_bytes))
        try:
            snapshot._start(readers, _set(settings), on_warning, keepalive_s)
            warning_s = spare.snapshot_warning_ms / 1000
            snapshot._keep(_Keeper(snapshot, keepalive_s=keepalive_s, warning_s=warning_s, on_warning=on_warning))
            if spare.watches:
                watch = Watch(
                    lambda: connect(address, read_only=True),
                    application_name=application_name,
                    spare=spare,
                    throttle=snapshot._throttle,
                    on_warning=on_warning,
                    on_note=on_note or on_warning,
                )
                snapshot._keep(watch)
        except BaseException:
            snapshot.close()
            raise
        return snapshot

    def __init__(self, holder: Connection, *, name: str, encoding: str, throttle: Throttle) -> None:
        """See `open`. `encoding` is the source's, in which text of the readings is on its way."""
        self.connection = holder
        self.lock = RLock()
        self.name = name
        self.encoding = encoding
        self._throttle = throttle
        self._jobs: Jobs = queue.SimpleQueue()
        self._readers: list[Reader] = []
        self._working = 0
        self._keepers: list[_Keeper | Watch] = []
        self._taken = time.monotonic()
        self._is_closed = False

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
        return time.monotonic() - self._taken

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a small result. Raises ConnectionFailed, or ScriptFailed, after which all is as before."""
        with self.lock:
            try:
                return self.connection.execute(query.encode()).fetchall()
            except psycopg.Error as exc:
                raise_if_lost(self.connection, exc)
                self.connection.execute("ROLLBACK TO SAVEPOINT devdb")
                raise refused(exc, path="source") from exc

    def start(self, query: str, *, binary: bool, what: str) -> Reading:
        """Have a reader begin with `query` as soon as one is free, in the order of the calls.

        Each reading must come to its `into` or be abandoned, in about that order: one that is forgotten keeps a
        reader. `what` (a table's name) is the reading's name in failures.
        """
        # Text in no known encoding is for the dev server to judge, which in binary it would not know.
        encoding = None if binary and self.encoding != "SQL_ASCII" else self.encoding
        copy = f"COPY (\n{quoted(query, what=what)}\n) TO STDOUT ({copy_options(encoding)})"
        reading = Reading(terminated([copy]), encoding=encoding, what=what)
        self._jobs.put(reading)
        return reading

    def copy(self, query: str, into: Connection, target: str, *, binary: bool, what: str, freeze: bool = False) -> int:
        """Copy what `query` finds at the source into `target`, on the first free reader; returns the rows.

        See `Reading.into`. From any thread, each with a connection of its own.
        """
        return self.start(query, binary=binary, what=what).into(into, target, freeze=freeze)

    def close(self) -> None:
        """End every session; what is still read is given up."""
        self._is_closed = True
        for keeper in self._keepers:
            keeper.end()
        for reader in self._readers:
            self._jobs.put(None)
            reader.interrupt()
        for reader in self._readers:
            reader.end()
        close_quietly(self.connection)

    def _start(self, readers: int, settings: str, on_warning: Callable[[str], None], keepalive_s: float) -> None:
        conninfo, password = programs.parameters(self.connection)
        if self.encoding == "SQL_ASCII":
            # Bytes of no known encoding must come back to the source as they are.
            conninfo["client_encoding"] = self.encoding
        psql = programs.find("psql", at_least=OLDEST_PSQL)
        begin = (_BEGIN, f"SET TRANSACTION SNAPSHOT {literal(self.name)}", settings)

        def goes_on_without(failure: DevdbError) -> bool:
            with self.lock:
                if self._working == 1 or self._is_closed:
                    return False
                self._working -= 1
            on_warning(f"the source is read over fewer connections than asked for: {failure.message}")
            return True

        self._working = readers
        for _ in range(readers):
            reader = Reader(
                lambda: PsqlSession(psql, conninfo, password),
                begin=terminated([quoted(statement, what="snapshot") for statement in begin]),
                jobs=self._jobs,
                throttle=self._throttle,
                goes_on_without=goes_on_without,
                keepalive_s=keepalive_s,
            )
            self._readers.append(reader)
            reader.start()

    def _keep(self, keeper: _Keeper | Watch) -> None:
        self._keepers.append(keeper)
        keeper.start()


class _Keeper(Thread):
    """Uses the holder's session now and then, and warns when the snapshot gets old."""

    def __init__(
        self, snapshot: Snapshot, *, keepalive_s: float, warning_s: float, on_warning: Callable[[str], None]
    ) -> None:
        super().__init__(name="devdb-keeper", daemon=True)
        self._snapshot = snapshot
        self._keepalive_s = keepalive_s
        self._warning_s = warning_s
        self._on_warning = on_warning
        self._is_ending = Event()

    def run(self) -> None:
        used = time.monotonic()
        while True:
            waits = [used + self._keepalive_s - time.monotonic()]
            if self._warning_s:
                waits.append(self._warning_s - self._snapshot.age_s)
            if self._is_ending.wait(max(min(waits), 0)):
                return
            if self._warning_s and self._snapshot.age_s >= self._warning_s:
                self._on_warning(aging.warning(self._warning_s))
                self._warning_s *= 2
            if time.monotonic() - used >= self._keepalive_s:
                self._use()
                used = time.monotonic()

    def end(self) -> None:
        self._is_ending.set()

    def _use(self) -> None:
        # A session whose lock is held is in use.
        if self._snapshot.lock.acquire(blocking=False):
            try:
                self._snapshot.connection.execute("SELECT 1")
            except psycopg.Error:
                # Whoever uses a lost session next is told; readers that are connected have the snapshot without it.
                if self._snapshot.connection.closed:
                    self.end()
            finally:
                self._snapshot.lock.release()


def _settings(version: int, session: Mapping[str, str]) -> dict[str, str]:
    """Every session's settings, those left out that this release does not know."""
    values = {name: value for name, (_, value) in _SETTINGS.items()} | dict(session)
    return {name: value for name, value in values.items() if version >= _SETTINGS.get(name, (0, ""))[0]}


def _set(settings: Mapping[str, str]) -> str:
    """SQL of settings. Not SET, which takes the settings that are lists for one long name."""
    calls = (f"pg_catalog.set_config({literal(name)}, {literal(value)}, false)" for name, value in settings.items())
    return f"SELECT {', '.join(calls)}"


def _take(holder: Connection, settings: dict[str, str]) -> tuple[str, str]:
    """Begin the holder's transaction and export its snapshot; returns the snapshot's name and the encoding.

    Adds to `settings`, which are set, one of the connection's own.
    """
    # One round trip, and at its end a savepoint to which a question that fails goes back.
    text = "; ".join([_BEGIN, _EXPORT, _set(settings), "SAVEPOINT devdb"])
    try:
        cursor = holder.execute(text.encode())
        results = [cursor.fetchall() for cursor in cursor.results() if cursor.description is not None]
    except psycopg.Error as exc:
        raise_if_lost(holder, exc)
        raise refused(exc, path="source") from exc
    ((name, encoding, check_interval),) = results[0]
    if check_interval:
        settings.setdefault("client_connection_check_interval", str(check_interval))
    return str(name), str(encoding)
