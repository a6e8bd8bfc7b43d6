"""Keys that are hard to follow."""

from __future__ import annotations

from bench import floors, samples, sources
from bench.report import Goal, Line
from bench.samples import Sample
from bench.timing import BenchError
from bench.workbench import FLOOR, Bench, dev

_CAP = 100
_INSIDE = "inside_dev"


def cycles(bench: Bench) -> list[Line]:
    """1 % of a child table of a schema that is cyclic, composite, partitioned and refers to itself."""
    source, chosen = bench.sources.cycles, samples.of_cycles(100)
    peers = bench.beside("C", source, chosen)
    floor, inside, *found = bench.measure(
        floors.copying(bench.place, source=source, target=FLOOR, sample=chosen, name=f"floor, {chosen.name}"),
        floors.sampling_inside(
            bench.place, source=source, target=_INSIDE, seed="remark", condition="hashint8(id) % 100 = 0"
        ),
        *(bench.updating(source, chosen, dbname=dev(reader, "cycles"), reader=reader) for reader in bench.readers),
        *peers.ways,
    )
    mine, theirs = found[: len(bench.readers)], found[len(bench.readers) :]
    lines = [
        Line.of("C", floor, rows=sources.count(bench.place, FLOOR, chosen.queries)),
        Line.of("C", inside, rows=sources.check_same(bench.place, _INSIDE, FLOOR, chosen.queries), floor=floor),
    ]
    for reader, series in zip(bench.readers, mine, strict=True):
        # The floor's keys were added to rows that were there: what is the same holds them, too.
        rows = sources.check_same(bench.place, dev(reader, "cycles"), FLOOR, chosen.queries)
        lines += [
            Line.of("C", series, rows=rows, floor=floor),
            Line("C", f"{series.name}: to the tables of the source", ratio=series.ratio(inside), goal=Goal(2)),
        ]
    return lines + peers.lines("C", floor, theirs)


def hub(bench: Bench) -> list[Line]:
    """The newest of a million children of one row, and a chain of 10,000 rows."""
    source, links = bench.sources.hub, bench.sources.rows(sources.LINKS)
    of_hub = Sample(
        f"{_CAP} children of a hub",
        {"public.account": {"where": "id = 1"}},
        {},
        {"public.call(account_id)": {"max": _CAP, "order_by": "created_at DESC"}},
    )
    series = bench.measure(
        *(
            bench.updating(source, of_hub, dbname=dev(reader, "hub"), reader=reader, note=of_hub.name)
            for reader in bench.readers
        )
    )
    newest = bench.place.run(source, _listed(f"account_id = 1 ORDER BY created_at DESC LIMIT {_CAP}"))
    lines = []
    for reader, found in zip(bench.readers, series, strict=True):
        taken = bench.place.run(dev(reader, "hub"), _listed("true"))
        if taken != newest:
            raise BenchError(f"{dev(reader, 'hub')} has not the hub's {_CAP} newest calls: {taken}, not {newest}")
        rows = sources.count(bench.place, dev(reader, "hub"), ("public.account", "public.call"))
        lines.append(Line.of("H", found, rows=rows, goal=Goal(1, of_seconds=True)))
    chain = Sample(f"a chain of {links:,} rows", {"public.link": {"where": f"id = {links}"}}, {})
    return lines + _alone(bench, "H", chain, ("public.link",), goal=Goal(5, of_seconds=True), expected=links)


def composite(bench: Bench) -> list[Line]:
    """Many composite keys, and composite keys on a cycle."""
    # Half of the holders that VISITS counts are chosen; their partners are the other half.
    every = 2 * sources.PLACES // sources.VISITS
    visits = Sample("composite keys", {"public.visit": "all"}, {})
    holders = Sample("composite keys on a cycle", {"public.holder": {"where": f"number % {every} = 0"}}, {})
    return _alone(bench, "K", visits, ("public.visit", "public.place")) + _alone(
        bench, "K", holders, ("public.holder",)
    )


def _alone(
    bench: Bench,
    job: str,
    sample: Sample,
    tables: tuple[str, ...],
    *,
    goal: Goal | None = None,
    expected: int | None = None,
) -> list[Line]:
    """A sample of the source of hard keys, beside which there is no floor."""
    series = bench.measure(
        *(
            bench.updating(bench.sources.keys, sample, dbname=dev(reader, "keys"), reader=reader, note=sample.name)
            for reader in bench.readers
        )
    )
    lines = []
    for reader, found in zip(bench.readers, series, strict=True):
        rows = sources.count(bench.place, dev(reader, "keys"), tables)
        if expected not in (None, rows):
            raise BenchError(f"{dev(reader, 'keys')} has {rows:,} rows of {sample.name}")
        lines.append(Line.of(job, found, rows=rows, goal=goal))
    return lines


def _listed(condition: str) -> str:
    """A query for the ids of the calls for which it holds, in order."""
    return f"SELECT array_agg(id ORDER BY id) FROM (SELECT id FROM public.call WHERE {condition}) AS c"
