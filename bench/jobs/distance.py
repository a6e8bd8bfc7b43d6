"""A source that is far away."""

from __future__ import annotations

from bench import delay, floors, samples, sources
from bench.delay import Link
from bench.report import Goal, Line
from bench.timing import Once, Way
from bench.workbench import FLOOR, Address, Bench, dev

_ROUND_TRIP_S = 0.02


def far(bench: Bench) -> list[Line]:
    """Job S with 20 ms added to every round trip to the source, beside job S as it is."""
    place, source, chosen = bench.place, bench.sources.shop, samples.by_hash(100)
    password = place.cluster.password
    away = f"{_ROUND_TRIP_S * 1000:.0f} ms away"
    with delay.proxy(place.cluster.port, round_trip_s=_ROUND_TRIP_S) as link:
        by = Address(link.port, password)
        near_ways = [bench.updating(source, chosen, dbname=dev(reader), reader=reader) for reader in bench.readers]
        far_ways = [
            _counting(bench.updating(source, chosen, dbname=dev(reader, "far"), reader=reader, by=by, note=away), link)
            for reader in bench.readers
        ]
        floor, far_floor, *mine = bench.measure(
            floors.copying(place, source=source, target=FLOOR, sample=chosen, name="floor"),
            floors.copying(
                place,
                source=source,
                target="floor_far",
                sample=chosen,
                source_env=place.env(host=by.host, port=by.port, password=password),
                name=f"floor, {away}",
            ),
            *near_ways,
            *far_ways,
        )
    rows = sources.count(place, FLOOR, chosen.queries)
    lines = [Line.of("L", floor, rows=rows), Line.of("L", far_floor, rows=rows, floor=floor)]
    readers = len(bench.readers)
    for reader, one, other in zip(bench.readers, mine[:readers], mine[readers:], strict=True):
        lines += [
            Line.of("L", one, rows=sources.check_same(place, dev(reader), FLOOR, chosen.queries), floor=floor),
            Line.of(
                "L",
                other,
                rows=sources.check_same(place, dev(reader, "far"), FLOOR, chosen.queries),
                what=f"{other.name}: to its floor",
                floor=far_floor,
            ),
            Line("L", f"{other.name}: to job S", ratio=other.ratio(one), goal=Goal(2.5)),
            Line("L", f"{other.name}: {other.runs[-1].said.splitlines()[-1]}"),
        ]
    return lines


def _counting(way: Way, link: Link) -> Way:
    """The way, which says at its end how many round trips it took."""

    def run() -> Once:
        link.turns.clear()
        once = way.run()
        return Once(once.seconds, once.peak_bytes, f"{once.said}\n{_told(link)}")

    return Way(way.name, run, way.prepare)


def _told(link: Link) -> str:
    turns = [f"{table or 'others'} {count}" for table, count in sorted(link.turns.items(), reverse=True)]
    return f"{link.turns.total()} round trips ({', '.join(turns)})"
