"""What was measured: a table for people, lines of JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import devdb
from bench.place import Place
from bench.timing import Series

_TITLES = ("job", "what", "rows", "runs", "min s", "median s", "max s", "ratio", "goal", "peak MB")

# For every command of devdb's, whatever it moves.
_MOST_PEAK_BYTES = 100e6

# What the commands print where there is no terminal: "     1.2 s  taking public.orders", and at the end "…, 3.4 s".
_STEP = re.compile(r"^ *(\d+\.\d) s  (\S.*)$", re.MULTILINE)
_END = re.compile(r" tables, (\d+\.\d) s$", re.MULTILINE)
_WORTH_TELLING_S = 0.05


@dataclass(frozen=True)
class Goal:
    """An upper bound of a line's ratio, or of its median seconds."""

    most: float
    of_seconds: bool = False

    def __str__(self) -> str:
        return f"< {self.most:g} s" if self.of_seconds else f"<= {self.most:g}"

    def measured(self, line: Line) -> float | None:
        if not self.of_seconds:
            return line.ratio
        return statistics.median(line.seconds) if line.seconds else None


@dataclass(frozen=True)
class Line:
    """One line of the table. `ratio` is to the line that it is compared with; `peak_bytes` 0 when nobody looked.

    A `note` makes it a line of the peers' table.
    """

    job: str
    what: str
    rows: int | None = None
    seconds: Sequence[float] = ()
    ratio: float | None = None
    goal: Goal | None = None
    peak_bytes: int = 0
    note: str = ""

    @classmethod
    def of(
        cls,
        job: str,
        series: Series,
        *,
        what: str = "",
        rows: int | None = None,
        floor: Series | None = None,
        goal: Goal | None = None,
        note: str = "",
    ) -> Line:
        ratio = None if floor is None else series.ratio(floor)
        return cls(job, what or series.name, rows, series.seconds, ratio, goal, series.peak_bytes, note)

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.job,
            self.what.replace("|", "\\|"),
            "" if self.rows is None else f"{self.rows:,}",
            str(len(self.seconds)) if self.seconds else "",
            *(f"{pick(self.seconds):.2f}" if self.seconds else "" for pick in (min, statistics.median, max)),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.goal is None else str(self.goal),
            f"{self.peak_bytes / 1e6:.0f}" if self.peak_bytes else "",
        )


def machine(place: Place) -> dict[str, str]:
    """What the numbers depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "load": f"{load:.1f}",
        "system": f"{platform.system()} {platform.machine()}",
        "PostgreSQL": place.run("postgres", "SHOW server_version"),
        "fsync": place.run("postgres", "SHOW fsync"),
        "Python": platform.python_version(),
        "devdb": devdb.__version__,
    }


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table, aligned for reading as it stands."""
    return _drawn(_TITLES, [line.cells for line in lines if not line.note], left=2)


def peers(lines: Sequence[Line]) -> str:
    """The peers as a Markdown table, with what they brought."""
    rows = []
    for line in lines:
        if line.note:
            job, what, counted, runs, _, median, _, ratio, _, _ = line.cells
            note = line.note.replace("|", "\\|").replace("<", "&lt;")
            rows.append((job, what, note, counted, runs, median, ratio))
    return _drawn(("job", "peer", "what it brought", "rows", "runs", "median s", "ratio"), rows, left=3)


def goals(lines: Sequence[Line]) -> str:
    """The goals as a Markdown table: what was measured, and whether it is within."""
    rows = []
    for line in lines:
        measured = line.goal.measured(line) if line.goal else None
        if line.goal is not None and measured is not None:
            found = f"{measured:.2f}{' s' if line.goal.of_seconds else ''}"
            rows.append((line.job, line.what, str(line.goal), found, _said(measured <= line.goal.most)))
    peaks: dict[str, int] = {}
    for line in lines:
        if not line.note:
            peaks[line.job] = max(peaks.get(line.job, 0), line.peak_bytes)
    for job, peak in peaks.items():
        if peak:
            bound = f"< {_MOST_PEAK_BYTES / 1e6:.0f} MB"
            rows.append((job, "memory at its peak", bound, f"{peak / 1e6:.0f} MB", _said(peak < _MOST_PEAK_BYTES)))
    return _drawn(("job", "what", "goal", "measured", "met"), rows, left=2)


def _said(is_met: bool) -> str:
    return "yes" if is_met else "**no**"


def _drawn(titles: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """A Markdown table, its first `left` columns aligned to the left and the others to the right."""
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]

    def drawn(row: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join(cells)} |"

    rule = "|".join(
        "-" * (width + 2) if column < left else "-" * (width + 1) + ":" for column, width in enumerate(widths)
    )
    return "\n".join([drawn(titles), f"|{rule}|", *(drawn(row) for row in rows)])


def steps(said: str) -> list[str]:
    """The steps that a command told of with the time since its start, each with the seconds that it took itself."""
    told = [(float(found[1]), found[2]) for found in _STEP.finditer(said)]
    end = _END.search(said)
    ends = [since for since, _ in told[1:]] + [float(end[1]) if end else told[-1][0]] if told else []
    took = [(until - since, title) for (since, title), until in zip(told, ends, strict=True)]
    return [f"{seconds:8.1f} s  {title}" for seconds, title in took if seconds >= _WORTH_TELLING_S]


def append(path: Path, lines: Sequence[Line], *, about: Mapping[str, object]) -> None:
    """Add one line of JSON for each line of the table."""
    with path.open("a", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps({**about, **asdict(line), "seconds": [round(s, 3) for s in line.seconds]}) + "\n")
