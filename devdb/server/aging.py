"""How long the source has held a snapshot for us, and the warning when that gets long."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

from devdb.server.sparing import duration


def warning(age_s: float) -> str:
    """What to say of a snapshot of that age."""
    return (
        f"the snapshot of the source is {duration(age_s)} old: "
        "as long as it is held, the source cannot clean up rows that were deleted since"
    )


class Aging:
    """Counts how long a snapshot is held; warns at an age of `warning_s` (0: never), and each time that doubles.

    For a snapshot of another session's, the dev server's at the source: nothing is asked of it.
    """

    def __init__(self, *, warning_s: float, on_warning: Callable[[str], None]) -> None:
        self._warning_s = warning_s
        self._on_warning = on_warning
        self._begun_s: float | None = None
        self._ended_s: float | None = None
        self._is_over = Event()

    @property
    def age_s(self) -> float:
        """The snapshot's age, or what it was when it was let go; 0 if there was none."""
        if self._begun_s is None:
            return 0.0
        return (self._ended_s or time.monotonic()) - self._begun_s

    def hold(self) -> None:
        """From now on there is a snapshot."""
        if self._begun_s is None:
            self._begun_s = time.monotonic()
            Thread(target=self._warn, name="devdb-aging", daemon=True).start()

    def let_go(self) -> None:
        """There is none any more."""
        self._ended_s = self._ended_s or time.monotonic()
        self._is_over.set()

    def _warn(self) -> None:
        while self._warning_s and not self._is_over.wait(max(self._warning_s - self.age_s, 0)):
            self._on_warning(warning(self._warning_s))
            self._warning_s *= 2
