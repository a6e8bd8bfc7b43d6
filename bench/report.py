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

# What the commands print where there is no terminal: "     1.2 s  taking public.orders", and at the end "…, 3.4 s".
_STEP = re.compile(r"^ *(\d+\.\d) s  (\S.*)$", re.MULTILINE)
_END = re.compile(r" tables, (\d+\.\d) s$", re.MULTILINE)
_WORTH_TELLING_S = 0.05


@dataclass(frozen=True)
class Line:
    """One line of the table. `ratio` is to the line that it is compared with, `goal` its upper bound."""

    job: str
    what: str
    rows: int | None
    seconds: Sequence[float]
    ratio: float | None = None
    goal: float | None = None
    peak_bytes: int = 0

    @classmethod
    def of(
        cls,
        job: str,
        series: Series,
        *,
        what: str = "",
        rows: int | None = None,
        floor: Series | None = None,
        goal: float | None = None,
    ) -> Line:
        ratio = None if floor is None else series.ratio(floor)
        return cls(job, what or series.name, rows, series.seconds, ratio, goal, series.peak_bytes)

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            self.job,
            self.what.replace("|", "\\|"),
            "" if self.rows is None else f"{self.rows:,}",
            str(len(self.seconds)) if self.seconds else "",
            *(f"{pick(self.seconds):.2f}" if self.seconds else "" for pick in (min, statistics.median, max)),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.goal is None else f"<= {self.goal:g}",
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
    rows = [_TITLES, *(line.cells for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]

    def drawn(row: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join(cells)} |"

    rule = "|".join("-" * (width + 2) if column < 2 else "-" * (width + 1) + ":" for column, width in enumerate(widths))
    return "\n".join([drawn(rows[0]), f"|{rule}|", *(drawn(row) for row in rows[1:])])


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
