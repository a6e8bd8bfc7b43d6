"""Where a nightly run's files are, and the lock that lets only one run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from devdb.errors import Refused
from devdb.settings import Settings


@dataclass(frozen=True)
class Places:
    """Files of one dev database's nightly runs. `dumps` is a directory; the others need not exist."""

    log: Path
    status: Path
    dumps: Path

    @classmethod
    def of(cls, settings: Settings) -> Places:
        """As the settings say; by default in the output directory."""
        said, beside, default = settings.nightly, settings.beside, settings.output_directory

        def place(name: str | None, default_name: str) -> Path:
            # Whoever reads of them is in another directory.
            return (default / default_name if name is None else beside / name).absolute()

        return cls(place(said.log, "nightly.log"), place(said.status, "nightly.json"), place(said.dumps, "dumps"))

    @property
    def lock(self) -> Path:
        """The file whose lock a run holds. It stays there, and means nothing by itself."""
        return self.status.with_name(f".{self.status.name}.lock")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock on `path`; raises Refused, saying who holds it.

    The kernel gives it back when a process ends, however it ends: none is ever left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"another nightly run is at work: {file.read().strip() or 'it has just begun'}",
                hint="if it never ends, end that process",
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {now().isoformat(timespec='seconds')}\n")
        file.flush()
        yield


def now() -> datetime:
    """The time as all of these files have it."""
    return datetime.now(timezone.utc)
