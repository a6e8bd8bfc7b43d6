"""How long a program runs and how much memory it takes, again and again, one way after the other."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

# Of what a failed program said, the end is what helps.
_LAST_LINES = 20


class BenchError(Exception):
    """A program failed, or two ways to the same rows did not bring the same."""


@dataclass(frozen=True)
class Once:
    """One run. `peak_bytes` is the largest resident size of the program or of one that it waited for."""

    seconds: float
    peak_bytes: int = 0
    said: str = ""


@dataclass(frozen=True)
class Way:
    """One way to do the work: `run` is timed, `prepare` is not."""

    name: str
    run: Callable[[], Once]
    prepare: Callable[[], None] = lambda: None


@dataclass
class Series:
    """The runs of one way, in order."""

    name: str
    runs: list[Once] = field(default_factory=list)

    @property
    def seconds(self) -> list[float]:
        return [once.seconds for once in self.runs]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def peak_bytes(self) -> int:
        return max(once.peak_bytes for once in self.runs)

    def ratio(self, floor: Series) -> float:
        """The median of what each run is to the floor's run beside it."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.seconds, floor.seconds, strict=True))


def interleave(ways: Sequence[Way], *, runs: int, warm_up: bool = True, settle: Callable[[], None]) -> list[Series]:
    """Run the ways by turns (A B A B …), so that what else the machine does touches all of them.

    `settle` is called before each run, untimed: no run is to pay for what the one before left to be written.
    """
    series = [Series(way.name) for way in ways]
    for turn in range(-1 if warm_up else 0, runs):
        for way, found in zip(ways, series, strict=True):
            way.prepare()
            settle()
            once = way.run()
            if turn >= 0:
                found.runs.append(once)
            print(f"  {way.name}: {once.seconds:.2f} s{'' if turn >= 0 else ' (warm-up)'}", file=sys.stderr, flush=True)
    return series


def program(
    argv: Sequence[str], *, env: Mapping[str, str], directory: Path | None = None, timeout_s: float | None = None
) -> Once:
    """Run a program to its end, start and all. Raises BenchError with what it said when it fails or takes too long."""
    with tempfile.TemporaryFile() as said:
        start_s = time.monotonic()
        child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=env, cwd=directory
        )
        # wait4 has no timeout.
        patience = threading.Timer(timeout_s or threading.TIMEOUT_MAX, child.terminate)
        patience.daemon = True
        patience.start()
        try:
            # Of this child alone, unlike RUSAGE_CHILDREN; the price is that Popen must be told the status.
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            _end(child)
            raise
        finally:
            patience.cancel()
        seconds = time.monotonic() - start_s
        child.returncode = os.waitstatus_to_exitcode(status)
        text = _text(said)
        if child.returncode != 0:
            raise BenchError(f"{Path(argv[0]).name} ended with status {child.returncode}:\n{_end_of(text)}")
    return Once(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), text)


Pipe = tuple[Sequence[str], Sequence[str]]


def pipelines(pipes: Sequence[Pipe], *, left_env: Mapping[str, str], right_env: Mapping[str, str]) -> Once:
    """Run every `left | right` side by side until all have ended. Raises BenchError when one of them fails."""
    with tempfile.TemporaryFile() as said:
        start_s = time.monotonic()
        running: list[subprocess.Popen[bytes]] = []
        try:
            for left, right in pipes:
                giver = subprocess.Popen(
                    left, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=left_env
                )
                running.append(giver)
                assert giver.stdout is not None
                running.append(subprocess.Popen(right, stdin=giver.stdout, stdout=said, stderr=said, env=right_env))
                giver.stdout.close()
            statuses = [child.wait() for child in running]
        except BaseException:
            for child in running:
                _end(child)
            raise
        seconds = time.monotonic() - start_s
        if any(statuses):
            programs = ", ".join(f"{left[0]} | {right[0]}" for left, right in pipes)
            raise BenchError(f"{programs} ended with statuses {statuses}:\n{_end_of(_text(said))}")
    return Once(seconds)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child that was left early: politely, so that it undoes its work, and then for good."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace").strip()


def _end_of(said: str) -> str:
    return "\n".join(said.splitlines()[-_LAST_LINES:])
