"""What a table needs, in a schema of many tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bench import timing
from bench.report import Goal, Line
from bench.timing import Once, Way
from bench.workbench import Bench


def closure(bench: Bench) -> list[Line]:
    """devdb deps, the whole command, over 5,000 tables with 10,000 foreign keys that need each other."""
    source = bench.sources.entangled
    devdb = str(Path(sys.executable).parent / "devdb")

    def asking(form: str) -> Callable[[], Once]:
        argv = [devdb, "deps", "--prod-db", source, "public.t_1", "--format", form]
        return lambda: timing.program(argv, env=bench.place.env())

    found = bench.measure(*(Way(f"devdb deps --format {form}", asking(form)) for form in ("text", "json", "html")))
    # The page is made for fewer.
    return [Line.of("N", one, goal=None if "html" in one.name else Goal(5, of_seconds=True)) for one in found]
