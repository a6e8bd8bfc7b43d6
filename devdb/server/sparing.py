"""Sparing the source: so many bytes a second, and a pause while it has more important things to do."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event, Lock

# What may have been saved up while nothing was read; less, and short stalls would lower the rate.
_BURST_S = 0.25


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
        return self.pause_lag_ms is not None or self.pause_sessions is not None


class Bucket:
    """So many bytes a second, over all threads that take from it."""

    def __init__(self, bytes_per_s: int | None) -> None:
        self._rate = bytes_per_s
        self._lock = Lock()
        self._free_at = time.monotonic()

    def take(self, size: int, stop: Event) -> None:
        """Return once these bytes may be read, or `stop` is set."""
        if self._rate is None:
            return
        with self._lock:
            now = time.monotonic()
            # Ahead of its time by what it has taken already.
            self._free_at = max(self._free_at, now - _BURST_S) + size / self._rate
            delay = self._free_at - now
        if delay > 0:
            stop.wait(delay)
