"""Where the boxes of a closure lie: in columns by their distance from the seeds, near what they are joined with."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from devdb.dependencies.model import Closure, Thing

BOX_WIDTH = 210
BOX_HEIGHT = 40
_COLUMN = 300
_ROW = 52
_BETWEEN = 60  # the parts of a column
_SWEEPS = 6
_FEWEST_ROWS = 14

Point = tuple[int, int]


def places(closure: Closure) -> dict[Thing, Point]:
    """The upper left corner of the box of each thing. A full column goes on in the next one."""
    columns = _columns(closure)
    near: dict[Thing, list[Thing]] = defaultdict(list)
    for need in closure.needs:
        near[need.of].append(need.needs)
        near[need.needs].append(need.of)
    _order(columns, near)
    rows = max(_FEWEST_ROWS, round(math.sqrt(len(closure.things)) * 1.3))
    found: dict[Thing, Point] = {}
    at = 0
    for column in columns:
        parts = max(1, math.ceil(len(column) / rows))
        # Neighbours stay neighbours: each part holds some of every stretch of the column.
        height = math.ceil(len(column) / parts)
        for position, thing in enumerate(column):
            row, part = position // parts, position % parts
            top = (rows - height) * _ROW // 2 + row * _ROW
            found[thing] = (at + part * (BOX_WIDTH + _BETWEEN), top)
        at += (parts - 1) * (BOX_WIDTH + _BETWEEN) + _COLUMN
    lowest = min((top for _, top in found.values()), default=0)
    return {thing: (left, top - lowest) for thing, (left, top) in found.items()}


def _columns(closure: Closure) -> list[list[Thing]]:
    """The things by their distance from the seeds; first what nothing joins with them, as seeds are not."""
    is_forward = closure.direction == "needs"
    edges: dict[Thing, list[Thing]] = defaultdict(list)
    for need in closure.needs:
        of, needs = (need.of, need.needs) if is_forward else (need.needs, need.of)
        edges[of].append(needs)
    columns: list[list[Thing]] = []
    layer = list(closure.seeds)
    seen = set(layer)
    while layer:
        columns.append(layer)
        following: dict[Thing, None] = {}
        for thing in layer:
            following.update(dict.fromkeys(other for other in edges[thing] if other not in seen))
        seen |= set(following)
        layer = list(following)
    return columns


def _order(columns: Sequence[list[Thing]], near: Mapping[Thing, Sequence[Thing]]) -> None:
    """Sort each column by where its neighbours stand, to and fro (barycentres)."""
    place = {thing: position / max(1, len(column)) for column in columns for position, thing in enumerate(column)}
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {
                thing: sum(place[other] for other in near[thing]) / len(near[thing])
                if near.get(thing)
                else place[thing]
                for thing in column
            }
            column.sort(key=lambda thing: wanted[thing])
            for position, thing in enumerate(column):
                place[thing] = position / max(1, len(column))
