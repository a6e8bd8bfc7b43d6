"""Sparing the source: so many bytes a second, and a pause while it has more important things to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

import psycopg

from devdb.errors import DevdbError
from devdb.server.connection import close_quietly
from devdb.sqltext.quoting import literal

POLL_S = 1.0
# What may have been saved up while nothing was read; less, and short stalls would lower the rate.
_BURST_S = 0.25
# How soon a reader that waits notices that its rows are not wanted any more.
_GLANCE_S = 0.2

_RIGHTS = ": the role needs pg_read_all_stats (pg_monitor has it)"
# A standby lags when it has got what it has not replayed; one that never got anything by streaming cannot tell.
# Sessions of that application's name are ours, those at the dev database too, which may be on the same server.
# Without pg_read_all_stats a role sees that others have sessions, and not what they do.
_QUESTION = """
SELECT
    CASE
        WHEN NOT pg_catalog.pg_is_in_recovery() THEN
            (SELECT extract(epoch FROM max(GREATEST(write_lag, flush_lag, replay_lag)))::float8
             FROM pg_catalog.pg_stat_replication)
        WHEN pg_catalog.pg_last_wal_receive_lsn() > pg_catalog.pg_last_wal_replay_lsn() THEN
            extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::float8
    END,
    CASE
        WHEN NOT pg_catalog.pg_is_in_recovery() THEN
            EXISTS (SELECT FROM pg_catalog.pg_stat_replication WHERE state IS NULL)
        ELSE pg_catalog.pg_last_wal_receive_lsn() IS NULL
    END,
    (SELECT count(*) FROM pg_catalog.pg_stat_activity
     WHERE backend_type = 'client backend' AND state = 'active' AND application_name <> {application_name}),
    NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
"""


@dataclass(frozen=True)
class Spare:
    """How the source is spared. None, and 0 for `snapshot_warning_ms`, is no such limit.

    `max_rate_bytes` a second over all readers together. A pause lasts while the replication lag, or the number of
    active sessions other than ours, is greater. `snapshot_warning_ms` is the age of a snapshot worth a warning.
    """

    max_rate_bytes: int | None = None
    pause_lag_ms: int | None = None
    pause_sessions: int | None = None
    snapshot_warning_ms: int = 0

    @property
    def watches(self) -> bool:
        """Whether the source must be asked how it is."""
        return self.pause_lag_ms is not None or self.pause_sessions is not None


class Throttle:
    """Holds readers back: all of them take from one allowance of bytes, and all of them pause together."""

    def __init__(self, bytes_per_s: int | None) -> None:
        self._rate = bytes_per_s
        self._lock = Lock()
        self._free_at = time.monotonic()
        self._open = Event()
        self._open.set()

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    @property
    def is_held(self) -> bool:
        return not self._open.is_set()

    def wait(self, size: int, *, is_over: Callable[[], bool]) -> None:
        """Return once so many bytes have had their time and no pause is on, or soon after `is_over`."""
        delay_s = self._delay_s(size)
        until = time.monotonic() + delay_s
        while delay_s > 0 and not is_over():
            time.sleep(min(delay_s, _GLANCE_S))
            delay_s = until - time.monotonic()
        while not is_over() and not self._open.wait(_GLANCE_S):
            pass

    def _delay_s(self, size: int) -> float:
        if self._rate is None:
            return 0
        with self._lock:
            now = time.monotonic()
            # Ahead of now by what has been taken before its time.
            self._free_at = max(self._free_at, now - _BURST_S) + size / self._rate
            return self._free_at - now


class Watch(Thread):
    """Asks the source how it is, on a connection of its own, and has the readers pause while that is needed.

    What cannot be seen is told once and not waited for.
    """

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection[Any]],
        *,
        application_name: str,
        spare: Spare,
        throttle: Throttle,
        on_warning: Callable[[str], None],
        on_note: Callable[[str], None],
    ) -> None:
        super().__init__(name="devdb-watch", daemon=True)
        self._connect = connect
        self._question = _QUESTION.format(application_name=literal(application_name))
        self._spare = spare
        self._throttle = throttle
        self._on_warning = on_warning
        self._on_note = on_note
        self._stop_asking = Event()
        self._told: set[str] = set()
        self._connection: psycopg.Connection[Any] | None = None

    def run(self) -> None:
        try:
            while not self._stop_asking.is_set():
                self._pause_or_go_on(self._reasons())
                self._stop_asking.wait(POLL_S)
        finally:
            self._throttle.release()
            if self._connection is not None:
                close_quietly(self._connection)

    def end(self) -> None:
        self._stop_asking.set()

    def _pause_or_go_on(self, reasons: list[str]) -> None:
        if reasons and not self._throttle.is_held:
            self._throttle.hold()
            self._on_note(f"waiting: {' and '.join(reasons)}")
        elif not reasons and self._throttle.is_held:
            self._throttle.release()
            self._on_note("the source has time again: reading goes on")

    def _reasons(self) -> list[str]:
        """Why there must be a pause now, in words."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._connect()
            (answer,) = self._connection.execute(self._question).fetchall()
        except (DevdbError, psycopg.Error) as exc:
            self._tell(f"the source cannot be asked how busy it is, so nothing waits for it: {exc}")
            return []
        lag_s, is_lag_hidden, sessions, are_sessions_hidden = answer
        reasons = []
        if self._spare.pause_lag_ms is not None:
            limit_s = self._spare.pause_lag_ms / 1000
            if is_lag_hidden:
                self._tell(f"the source's replication lag cannot be seen, so nothing waits for it{_RIGHTS}")
            elif lag_s is not None and lag_s > limit_s:
                reasons.append(f"replication is {duration(lag_s)} behind (limit {duration(limit_s)})")
        if self._spare.pause_sessions is not None:
            if are_sessions_hidden:
                self._tell(f"the source's active sessions cannot be seen, so nothing waits for them{_RIGHTS}")
            elif sessions > self._spare.pause_sessions:
                are_active = "1 session is active" if sessions == 1 else f"{sessions} sessions are active"
                reasons.append(f"{are_active} (limit {self._spare.pause_sessions})")
        return reasons

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._on_warning(text)


def duration(seconds: float) -> str:
    """A time in words, as fine as matters."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
