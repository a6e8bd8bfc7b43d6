"""The status file: what monitoring reads of nightly runs."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from devdb.errors import CheckFailed
from devdb.nightly.places import now
from devdb.server.sparing import duration


@dataclass(frozen=True)
class Status:
    """What is known of the last run, and of the last one that succeeded. Times are ISO 8601, in UTC.

    `state` is running, ok or failed. `seconds`, `exit_status` and `finished` are None while a run is at work; `rows`
    and `tables` are those of a run that succeeded. `age_seconds` is how old the last success was when this was written.
    """

    state: str
    command: str | None
    started: str
    finished: str | None = None
    seconds: float | None = None
    exit_status: int | None = None
    message: str = ""
    warnings: int = 0
    rows: int | None = None
    tables: int | None = None
    target: str = ""
    host: str = ""
    pid: int = 0
    log: str = ""
    failures: int = 0
    last_success: str | None = None
    last_success_rows: int | None = None
    last_success_seconds: float | None = None
    age_seconds: float | None = None

    def write(self, path: Path) -> None:
        """Write it, complete or not at all. Others may read it: it holds no secret."""
        values = asdict(replace(self, age_seconds=self.age_s(now())))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(values, file, indent=2, ensure_ascii=False)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def age_s(self, at: datetime) -> float | None:
        """How old the last success is; None when there was none."""
        if self.last_success is None:
            return None
        return round((at - datetime.fromisoformat(self.last_success)).total_seconds(), 1)


def read(path: Path) -> Status | None:
    """What the file says; None when there is none, or none of ours."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Status)}
        status = Status(**{name: value for name, value in values.items() if name in known})
        status.age_s(now())
        return status
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def begun(before: Status | None, *, target: str, log: Path) -> Status:
    """The status of a run that begins now, after `before`."""
    return Status(
        state="running",
        command=None,
        started=now().isoformat(timespec="seconds"),
        target=target,
        host=socket.gethostname(),
        pid=os.getpid(),
        log=str(log),
        failures=0 if before is None else before.failures + (before.state == "running"),
        last_success=None if before is None else before.last_success,
        last_success_rows=None if before is None else before.last_success_rows,
        last_success_seconds=None if before is None else before.last_success_seconds,
    )


def check(path: Path, *, max_age_s: float) -> str:
    """Say in one line how it stands. Raises CheckFailed when the last run failed or the last success is too old."""
    status = read(path)
    if status is None:
        raise CheckFailed(f"{path}: no nightly run has left a status here")
    age_s = status.age_s(now())
    last = "there was no success yet" if age_s is None else f"the last success is {duration(age_s)} old"
    if status.state == "failed":
        raise CheckFailed(f"{status.target}: {status.message} ({last})")
    if age_s is None or age_s > max_age_s:
        running = f"; a run is at work since {status.started}" if status.state == "running" else ""
        raise CheckFailed(f"{status.target}: {last}{running}")
    rows, seconds = status.last_success_rows or 0, status.last_success_seconds or 0.0
    return f"{status.target}: {last}: {rows:,} rows in {seconds:.1f} s"
