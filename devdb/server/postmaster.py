"""The process of a private cluster's server: whether it is there, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from devdb.errors import DevdbError

PATIENCE_S = 60
"""Seconds that a server has to start, or to end its sessions."""


def await_start(data: Path) -> None:
    """Wait for a server whose start was asked for by someone who did not stay to see it. Raises DevdbError."""
    deadline_s = time.monotonic() + PATIENCE_S
    while [line.strip() for line in pid_file(data)[7:8]] != ["ready"]:
        if running(data) is None or time.monotonic() > deadline_s:
            raise DevdbError(f"the server in {data} does not start")
        time.sleep(0.02)


def stop(data: Path, *, for_good: bool = False) -> None:
    """End the server of this data directory and its sessions, if it runs. Raises DevdbError if it does not end.

    `for_good` saves the time to write out what nobody will read.
    """
    # By signal and not by pg_ctl: a server whose programs have been uninstalled must be stoppable too.
    for number in (signal.SIGQUIT,) if for_good else (signal.SIGINT, signal.SIGQUIT):
        pid = running(data)
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline_s = time.monotonic() + PATIENCE_S
        while _is_postmaster(pid, data):
            if time.monotonic() > deadline_s:
                break
            time.sleep(0.02)
        else:
            return
    raise DevdbError(f"the server in {data} (process {pid}) does not stop")


def running(data: Path) -> int | None:
    """The process that serves this data directory, if one does."""
    lines = pid_file(data)
    if not lines or not lines[0].isdigit() or not _is_postmaster(int(lines[0]), data):
        return None
    return int(lines[0])


def pid_file(data: Path) -> list[str]:
    """Its lines: pid, data directory, start time, port, socket directory, …; none while no server runs."""
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _is_postmaster(pid: int, data: Path) -> bool:
    """Whether that process is the server of this data directory, and not one that got an old number."""
    try:
        if Path("/proc/self/cmdline").exists():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return os.fsencode(data) in words
        said = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout
        return os.fsencode(data) in said
    except OSError:
        return False
