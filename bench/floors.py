"""The floor: what the same rows cost between two psql processes, with nothing decided and nothing checked."""

from __future__ import annotations

from collections.abc import Mapping

from bench import timing
from bench.place import Place
from bench.samples import Sample
from bench.timing import Once, Way


def copying(
    place: Place,
    *,
    source: str,
    target: str,
    sample: Sample,
    source_env: Mapping[str, str] | None = None,
    name: str = "floor",
) -> Way:
    """Binary COPY of exactly the sample's rows into bare tables, side by side, then keys and indexes.

    The database and its bare tables are made beforehand, untimed. `source_env` leads to the source by another way.
    """

    def prepare() -> None:
        place.recreate(target)
        place.run_file(target, f"{sample.shape}_tables.sql")

    def run() -> Once:
        copied = timing.pipelines(
            [
                (
                    place.psql(source, "-c", f"COPY ({query}) TO STDOUT (FORMAT binary)"),
                    place.psql(target, "-c", f"COPY {table} FROM STDIN (FORMAT binary)"),
                )
                for table, query in sample.queries.items()
            ],
            left_env={**(source_env or place.env()), "PGOPTIONS": "-c jit=off"},
            right_env=place.env(),
        )
        return Once(copied.seconds + place.run_file(target, f"{sample.shape}_keys.sql").seconds)

    return Way(name, run, prepare)


def sampling_inside(place: Place, *, source: str, target: str, seed: str, condition: str) -> Way:
    """The closure of some rows of a table, gathered in tables of the source: what pg_sample does, without Perl.

    It writes into the source, which therefore is a copy, made beforehand with the empty target.
    """
    copy = f"{source}_written"

    def prepare() -> None:
        place.copy(source, copy)
        place.recreate(target)

    def run() -> Once:
        schema = [place.tool("pg_dump"), "-d", copy]
        into = place.psql(target, "-o", "/dev/null")
        variables = ("-v", f"seed={seed}", "-v", f"condition={condition}")
        steps = (
            [*schema, "--section=pre-data"],
            place.psql(copy, *variables, "-f", place.file("sampled_inside.sql")),
            [*schema, "--section=post-data"],
        )
        return Once(
            sum(timing.pipelines([(step, into)], left_env=place.env(), right_env=place.env()).seconds for step in steps)
        )

    return Way("gathered in tables of the source, as pg_sample does", run, prepare)


def replaying(place: Place, *, source: str, target: str) -> Way:
    """pg_dump -s | psql into an empty database, made beforehand."""

    def run() -> Once:
        return timing.pipelines(
            [([place.tool("pg_dump"), "-s", "-d", source], place.psql(target, "-o", "/dev/null"))],
            left_env=place.env(),
            right_env=place.env(),
        )

    return Way("pg_dump -s | psql", run, lambda: place.recreate(target))
