"""The shop: a sample of it, all of it, and a sample of one four times larger."""

from __future__ import annotations

from bench import floors, samples, sources
from bench.report import Goal, Line
from bench.workbench import FLOOR, Bench, dev


def sample(bench: Bench) -> list[Line]:
    """1 % of the shop's orders by hash, their customers, all their items."""
    source, chosen = bench.sources.shop, samples.by_hash(100)
    ways = {
        dev(reader, *kinds): (
            bench.updating(source, rules, dbname=dev(reader, *kinds), reader=reader, note=note),
            goal,
        )
        for kinds, rules, note, goal in (
            ((), chosen, "", Goal(1.5)),
            (("rules",), samples.by_two_hashes(100), "items by a rule", None),
        )
        for reader in bench.readers
    }
    peers = bench.beside("S", source, chosen)
    floor, *found = bench.measure(
        floors.copying(bench.place, source=source, target=FLOOR, sample=chosen, name=f"floor, {chosen.name}"),
        *(way for way, _ in ways.values()),
        *peers.ways,
    )
    mine, theirs = found[: len(ways)], found[len(ways) :]
    lines = [Line.of("S", floor, rows=sources.count(bench.place, FLOOR, chosen.queries))]
    for (dbname, (_, goal)), series in zip(ways.items(), mine, strict=True):
        rows = sources.check_same(bench.place, dbname, FLOOR, chosen.queries)
        lines.append(Line.of("S", series, rows=rows, floor=floor, goal=goal))
    return lines + peers.lines("S", floor, theirs)


def everything(bench: Bench) -> list[Line]:
    """Every row of the shop."""
    source, chosen = bench.sources.shop, samples.everything()
    peers = bench.beside("F", source, chosen)
    floor, *found = bench.measure(
        floors.copying(bench.place, source=source, target=FLOOR, sample=chosen, name="floor, all"),
        *(bench.updating(source, chosen, dbname=dev(reader), reader=reader) for reader in bench.readers),
        *peers.ways,
        runs=max(1, bench.runs // 2),
    )
    mine, theirs = found[: len(bench.readers)], found[len(bench.readers) :]
    lines = [Line.of("F", floor, rows=sources.count(bench.place, FLOOR, chosen.queries))]
    for reader, series in zip(bench.readers, mine, strict=True):
        rows = sources.check_same(bench.place, dev(reader), FLOOR, chosen.queries)
        lines.append(Line.of("F", series, rows=rows, floor=floor, goal=Goal(1.15)))
    return lines + peers.lines("F", floor, theirs)


def larger(bench: Bench) -> list[Line]:
    """As many rows from a shop four times larger; chosen by a hash, and chosen by what is indexed."""
    place, small, large = bench.place, bench.sources.shop, bench.sources.large_shop
    orders = bench.sources.rows(sources.ORDERS)
    lines = []
    for kind, near, far in (
        ("by hash", samples.by_hash(100), samples.by_hash(400)),
        ("by range", samples.by_range(orders, orders // 100), samples.by_range(4 * orders, orders // 100)),
    ):
        floor, far_floor, *mine = bench.measure(
            floors.copying(place, source=small, target=FLOOR, sample=near, name=f"floor, {kind}"),
            floors.copying(place, source=large, target="floor_large", sample=far, name=f"floor, {kind}, source x 4"),
            *(
                bench.updating(source, chosen, dbname=dev(reader, *kinds), reader=reader, note=note)
                for reader in bench.readers
                for source, chosen, kinds, note in (
                    (small, near, (), kind),
                    (large, far, ("large",), f"{kind}, source x 4"),
                )
            ),
        )
        floor_rows, far_floor_rows = (sources.count(place, name, near.queries) for name in (FLOOR, "floor_large"))
        lines += [
            Line.of("G", floor, rows=floor_rows),
            Line.of("G", far_floor, rows=far_floor_rows, what=f"{far_floor.name}: to the smaller", floor=floor),
        ]
        for reader, one, other in zip(bench.readers, mine[::2], mine[1::2], strict=True):
            rows = sources.check_same(place, dev(reader), FLOOR, near.queries)
            far_rows = sources.check_same(place, dev(reader, "large"), "floor_large", far.queries)
            lines += [
                Line.of("G", one, rows=rows, floor=floor),
                Line.of("G", other, rows=far_rows, what=f"{other.name}: to its floor", floor=far_floor),
                Line("G", f"{other.name}: to the smaller", ratio=other.ratio(one), goal=Goal(1.4)),
            ]
    return lines
