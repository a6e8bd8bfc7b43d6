"""The jobs: what is measured against what."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import delay, floors, report, sources
from bench.place import Place
from bench.report import Line
from bench.sources import Sample, Sources
from bench.timing import Once, Series, Way, interleave

_FLOOR = "floor_dev"


@dataclass(frozen=True)
class Bench:
    """What every job needs. `steps` shows the steps of the last run of each command."""

    place: Place
    sources: Sources
    runs: int
    steps: bool

    def measure(self, *ways: Way, runs: int | None = None) -> list[Series]:
        found = interleave(ways, runs=runs or self.runs, settle=self.place.settle)
        if self.steps:
            for series in found:
                for step in report.steps(series.runs[-1].said):
                    print(f"  {series.name}: {step}", file=sys.stderr, flush=True)
        return found

    def built(
        self,
        source: str,
        rules: Mapping[str, Any],
        *,
        dbname: str,
        fdw_options: Mapping[str, object] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Path:
        """A dev database `dbname` made by build-dev-db, for the updates that are timed; returns its settings file."""
        config = self.place.settings(
            dbname,
            {
                "source": {"dbname": source, "fdw_options": dict(fdw_options or {})},
                "target": {"dbname": dbname},
                "sampling": {"default": "none", "tables": dict(rules)},
            },
        )
        self.place.command("build-dev-db", config, "--no-dump", env=env)
        return config

    def updating(self, name: str, config: Path, env: Mapping[str, str] | None = None) -> Way:
        """update-dev-db-data, the whole command."""
        return Way(name, lambda: self.place.command("update-dev-db-data", config, "--no-dump", env=env))


def job_s(bench: Bench) -> list[Line]:
    """A sample of the shop: 1 % of the orders with their customers and items."""
    return _against_floor(bench, "S", sources.by_hash(100), goal=2.5)


def job_f(bench: Bench) -> list[Line]:
    """Every row of the shop."""
    return _against_floor(bench, "F", sources.everything(), runs=max(1, bench.runs // 2))


def _against_floor(
    bench: Bench, job: str, sample: Sample, *, goal: float | None = None, runs: int | None = None
) -> list[Line]:
    source = bench.sources.shop
    config = bench.built(source, sample.rules, dbname="dev")
    floor, mine = bench.measure(
        floors.copying(bench.place, source=source, target=_FLOOR, sample=sample),
        bench.updating("update-dev-db-data", config),
        runs=runs,
    )
    rows = sources.check_same(bench.place, "dev", _FLOOR, sample.queries)
    return [
        Line.of(job, floor, rows=rows, what=f"floor, {sample.name}"),
        Line.of(job, mine, rows=rows, floor=floor, goal=goal),
    ]


def job_g(bench: Bench) -> list[Line]:
    """As many rows from a source four times larger; chosen by a hash, and chosen by what is indexed."""
    small, large = bench.sources.shop, bench.sources.large_shop
    orders = bench.sources.rows(sources.ORDERS)
    lines = []
    for kind, near, far in (
        ("hash", sources.by_hash(100), sources.by_hash(400)),
        ("range", sources.by_range(orders, orders // 100), sources.by_range(4 * orders, orders // 100)),
    ):
        near_config = bench.built(small, near.rules, dbname="dev")
        far_config = bench.built(large, far.rules, dbname="dev_large")
        floor, mine, far_floor, far_mine = bench.measure(
            floors.copying(bench.place, source=small, target=_FLOOR, sample=near),
            bench.updating("update-dev-db-data", near_config),
            floors.copying(bench.place, source=large, target="floor_large", sample=far),
            bench.updating("update-dev-db-data, source x 4", far_config),
        )
        rows = sources.check_same(bench.place, "dev", _FLOOR, near.queries)
        far_rows = sources.check_same(bench.place, "dev_large", "floor_large", far.queries)
        lines += [
            Line.of("G", floor, rows=rows, what=f"floor, by {kind}"),
            Line.of("G", far_floor, rows=far_rows, what=f"floor, by {kind}, source x 4: to the smaller", floor=floor),
            Line.of("G", mine, rows=rows, what=f"update-dev-db-data, by {kind}", floor=floor),
            Line.of("G", far_mine, rows=far_rows, what="the same, source x 4: to its floor", floor=far_floor),
            Line("G", "the same: to the smaller", far_rows, (), far_mine.ratio(mine), 1.3),
        ]
    return lines


def job_d(bench: Bench) -> list[Line]:
    """A schema of 400 tables without a row."""
    source = bench.sources.many_tables
    config = bench.built(source, {}, dbname="dev_tables")

    def update(*args: str) -> Callable[[], Once]:
        return lambda: bench.place.command("update-dev-db-schema", config, *args)

    floor, mine, dumping = bench.measure(
        floors.replaying(bench.place, source=source, target=_FLOOR),
        Way("update-dev-db-schema --no-dump", update("--no-dump")),
        Way("update-dev-db-schema", update()),
    )
    return [
        Line.of("D", floor),
        Line.of("D", mine, floor=floor, goal=3),
        Line.of("D", dumping, floor=floor),
    ]


def job_k(bench: Bench) -> list[Line]:
    """Keys that are hard to follow: a long chain, many composite keys, composite keys on a cycle."""
    source = bench.sources.keys
    links = bench.sources.rows(sources.LINKS)
    # Half of the holders that VISITS counts are chosen; their partners are the other half.
    every = 2 * sources.PLACES // sources.VISITS
    lines = []
    for what, rules, tables in (
        (f"a chain of {links:,} rows", {"public.link": {"where": f"id = {links}"}}, ("public.link",)),
        ("composite keys", {"public.visit": "all"}, ("public.visit", "public.place")),
        ("composite keys on a cycle", {"public.holder": {"where": f"number % {every} = 0"}}, ("public.holder",)),
    ):
        config = bench.built(source, rules, dbname="dev_keys")
        (series,) = bench.measure(bench.updating(what, config))
        rows = sum(int(bench.place.run("dev_keys", f"SELECT count(*) FROM {table}")) for table in tables)
        lines.append(Line.of("K", series, rows=rows))
    return lines


def job_l(bench: Bench) -> list[Line]:
    """Job S with the source 20 ms away."""
    place, source, sample = bench.place, bench.sources.shop, sources.by_hash(100)
    with delay.proxy(place.cluster.port, round_trip_s=0.02) as port:
        env = place.env(password=place.cluster.password)
        config = bench.built(
            source, sample.rules, dbname="dev_far", fdw_options={"host": "127.0.0.1", "port": port}, env=env
        )
        floor, mine = bench.measure(
            floors.copying(
                place,
                source=source,
                target=_FLOOR,
                sample=sample,
                source_env=place.env(host="127.0.0.1", port=port, password=place.cluster.password),
            ),
            bench.updating("update-dev-db-data, 20 ms away", config, env),
        )
    rows = sources.check_same(place, "dev_far", _FLOOR, sample.queries)
    return [Line.of("L", floor, rows=rows, what="floor, 20 ms away"), Line.of("L", mine, rows=rows, floor=floor)]


JOBS: dict[str, Callable[[Bench], list[Line]]] = {
    "S": job_s, "G": job_g, "F": job_f, "D": job_d, "K": job_k, "L": job_l,
}  # fmt: skip
