"""A schema of many tables."""

from __future__ import annotations

from collections.abc import Callable

from bench import floors
from bench.report import Goal, Line
from bench.timing import Once, Way
from bench.workbench import FLOOR, Bench


def many_tables(bench: Bench) -> list[Line]:
    """A schema of 400 tables without a row."""
    source = bench.sources.many_tables
    config = bench.settings(source, {"default": "none"}, dbname="dev_tables")
    bench.place.command("build-dev-db", config, "--no-dump")

    def update(*args: str) -> Callable[[], Once]:
        return lambda: bench.place.command("update-dev-db-schema", config, *args)

    floor, mine, dumping = bench.measure(
        floors.replaying(bench.place, source=source, target=FLOOR),
        Way("update-dev-db-schema --no-dump", update("--no-dump")),
        Way("update-dev-db-schema", update()),
    )
    return [
        Line.of("D", floor),
        Line.of("D", mine, floor=floor, goal=Goal(3)),
        Line.of("D", dumping, floor=floor),
    ]
