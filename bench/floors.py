"""The floor: what the same rows cost between two psql processes, with nothing decided and nothing checked."""

from __future__ import annotations

from collections.abc import Mapping

from bench import timing
from bench.place import Place
from bench.sources import Sample
from bench.timing import Once, Way


def copying(
    place: Place, *, source: str, target: str, sample: Sample, source_env: Mapping[str, str] | None = None
) -> Way:
    """Binary COPY of exactly the sample's rows into bare tables, then keys and indexes.

    The database and its bare tables are made beforehand, untimed. `source_env` leads to the source by another way.
    """

    def prepare() -> None:
        place.recreate(target)
        place.run_file(target, "shop_tables.sql")

    def run() -> Once:
        seconds = 0.0
        for table, query in sample.queries.items():
            seconds += timing.pipeline(
                place.psql(source, "-c", f"COPY ({query}) TO STDOUT (FORMAT binary)"),
                place.psql(target, "-c", f"COPY {table} FROM STDIN (FORMAT binary)"),
                left_env=source_env or place.env(),
                right_env=place.env(),
            ).seconds
        return Once(seconds + place.run_file(target, "shop_keys.sql").seconds)

    return Way("floor", run, prepare)


def replaying(place: Place, *, source: str, target: str) -> Way:
    """pg_dump -s | psql into an empty database, made beforehand."""

    def run() -> Once:
        return timing.pipeline(
            [place.tool("pg_dump"), "-s", "-d", source],
            place.psql(target, "-o", "/dev/null"),
            left_env=place.env(),
            right_env=place.env(),
        )

    return Way("pg_dump -s | psql", run, lambda: place.recreate(target))
