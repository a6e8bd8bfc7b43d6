"""Where the boxes of a graph lie: in layers, so that what refers stands left of what it refers to.

Cycles are opened at the keys that lead back, long keys get a place in every layer that they cross, and the order within
the layers follows the neighbours' (K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical
system structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (1981)).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BOX_WIDTH = 210
BOX_HEIGHT = 52
_COLUMN = 300
_ROW = 70
_LANE = 16  # of a key that passes a layer
_SWEEPS = 10
# Boxes without any key, side by side below the others.
_ALONE_COLUMNS = 6

Point = tuple[float, float]
Edge = tuple[str, str]  # from what refers to what it refers to


@dataclass(frozen=True)
class Layout:
    """`boxes` are the upper left corners; `lines` the points of each edge, of which the first and last touch boxes."""

    width: float
    height: float
    boxes: Mapping[str, Point]
    lines: Sequence[Sequence[Point]]


def layout(names: Sequence[str], edges: Sequence[Edge]) -> Layout:
    """The layout of these boxes; the lines are in the order of `edges`, one from a box to itself is a loop."""
    touched = {name for edge in edges if edge[0] != edge[1] for name in edge}
    joined = [name for name in names if name in touched]
    layers, turned = _layers(joined, edges)
    column = {name: number for number, layer in enumerate(layers) for name in layer}
    # Each edge as the places it passes from left to right.
    passing: list[list[str]] = []
    for number, (start, end) in enumerate(edges):
        if start == end:
            passing.append([start])
            continue
        left, right = (end, start) if number in turned else (start, end)
        lanes = [f"\0{number}/{at}" for at in range(column[left] + 1, column[right])]
        for at, lane in enumerate(lanes, start=column[left] + 1):
            layers[at].append(lane)
        passing.append([left, *lanes, right])
    near: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for layer in layers for name in layer}
    for places in passing:
        for left, right in itertools.pairwise(places):
            near[left][1].append(right)
            near[right][0].append(left)
    _order(layers, near)
    middle = _heights(layers, near)
    top = min((middle[name] - BOX_HEIGHT / 2 for name in joined), default=0.0)
    bottom = max((middle[name] + BOX_HEIGHT / 2 for name in joined), default=0.0)
    boxes = {name: (float(column[name] * _COLUMN), middle[name] - BOX_HEIGHT / 2 - top) for name in joined}
    alone = [name for name in names if name not in touched]
    below = bottom - top + (_ROW if joined else 0)
    wide = max(_ALONE_COLUMNS, len(layers)) if len(alone) > _ALONE_COLUMNS else _ALONE_COLUMNS
    for position, name in enumerate(alone):
        boxes[name] = (float(position % wide * (BOX_WIDTH + 40)), below + position // wide * _ROW)
    lines = [
        _line(places, boxes, {name: middle[name] - top for name in places if name in middle}, number in turned)
        for number, places in enumerate(passing)
    ]
    width = max((x for x, _ in boxes.values()), default=0.0) + BOX_WIDTH
    height = max((y for _, y in boxes.values()), default=0.0) + BOX_HEIGHT
    return Layout(width, height, boxes, lines)


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> tuple[list[list[str]], set[int]]:
    """The layers from left to right, and the edges (by position) that lead back to the left."""
    out: dict[str, list[tuple[int, str]]] = {name: [] for name in names}
    into = dict.fromkeys(names, 0)
    for number, (start, end) in enumerate(edges):
        if start != end:
            out[start].append((number, end))
            into[end] += 1
    turned: set[int] = set()
    finished: list[str] = []
    state: dict[str, int] = {}
    # What nobody refers to first, so that the fewest keys lead back.
    for root in sorted(names, key=lambda name: into[name]):
        if root in state:
            continue
        state[root] = 1
        work = [(root, iter(out[root]))]
        while work:
            name, rest = work[-1]
            for number, end in rest:
                if state.get(end) == 1:
                    turned.add(number)
                elif end not in state:
                    state[end] = 1
                    work.append((end, iter(out[end])))
                    break
            else:
                state[name] = 2
                finished.append(name)
                work.pop()
    depth = dict.fromkeys(names, 0)
    ahead: dict[str, list[str]] = {name: [] for name in names}
    for number, (start, end) in enumerate(edges):
        if start != end:
            left, right = (end, start) if number in turned else (start, end)
            ahead[left].append(right)
    for name in reversed(finished):
        for right in ahead[name]:
            depth[right] = max(depth[right], depth[name] + 1)
    # As far to the right as its neighbours let it be: short keys are easier to see.
    for name in finished:
        if ahead[name]:
            depth[name] = min(depth[right] for right in ahead[name]) - 1
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        layers[depth[name]].append(name)
    most = max(12, round(math.sqrt(len(names)) * 1.5))
    divided = []
    for layer in layers:
        parts = max(1, math.ceil(len(layer) / most))
        size = math.ceil(len(layer) / parts) if layer else 1
        divided += [layer[first : first + size] for first in range(0, len(layer), size)]
    return divided, turned


def _order(layers: list[list[str]], near: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
    """Sort each layer by where its neighbours stand, to and fro."""
    place = {name: float(position) for layer in layers for position, name in enumerate(layer)}
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            wanted = {}
            for position, name in enumerate(layer):
                others = near[name][0 if forward else 1] or near[name][1 if forward else 0]
                wanted[name] = sum(place[other] for other in others) / len(others) if others else float(position)
            layer.sort(key=lambda name: wanted[name])
            for position, name in enumerate(layer):
                place[name] = position * 100 / max(1, len(layer))


def _heights(
    layers: Sequence[Sequence[str]], near: Mapping[str, tuple[Sequence[str], Sequence[str]]]
) -> dict[str, float]:
    """The middle of each place: near its neighbours', in the order of the layer, and not over each other."""
    middle = {}
    for layer in layers:
        at = 0.0
        for name in layer:
            at += _room(name) / 2
            middle[name] = at
            at += _room(name) / 2
        for name in layer:
            middle[name] -= at / 2
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            wanted = []
            for name in layer:
                others = [*near[name][0], *near[name][1]]
                wanted.append(sum(middle[other] for other in others) / len(others) if others else middle[name])
            for name, at in zip(layer, _apart(layer, wanted), strict=True):
                middle[name] = at
    return middle


def _apart(layer: Sequence[str], wanted: Sequence[float]) -> list[float]:
    """The nearest places to the wanted ones in which none covers another (pool adjacent violators)."""
    offsets, at = [], 0.0
    for number, name in enumerate(layer):
        at += (_room(layer[number - 1]) + _room(name)) / 2 if number else 0.0
        offsets.append(at)
    pools: list[list[float]] = []  # sum, count
    for value, offset in zip(wanted, offsets, strict=True):
        pools.append([value - offset, 1.0])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    bases = [total / count for total, count in pools for _ in range(int(count))]
    return [base + offset for base, offset in zip(bases, offsets, strict=True)]


def _room(name: str) -> float:
    return _LANE if name.startswith("\0") else _ROW


def _line(
    places: Sequence[str], boxes: Mapping[str, Point], middle: Mapping[str, float], is_turned: bool
) -> list[Point]:
    if len(places) == 1:
        x, y = boxes[places[0]]
        return [(x + BOX_WIDTH, y + 14), (x + BOX_WIDTH + 34, y + BOX_HEIGHT / 2), (x + BOX_WIDTH, y + BOX_HEIGHT - 14)]
    left, right = boxes[places[0]], boxes[places[-1]]
    points = [(left[0] + BOX_WIDTH, left[1] + BOX_HEIGHT / 2)]
    for step, lane in enumerate(places[1:-1], start=1):
        x = left[0] + step * _COLUMN
        points += [(x, middle[lane]), (x + BOX_WIDTH, middle[lane])]
    points.append((right[0], right[1] + BOX_HEIGHT / 2))
    return points[::-1] if is_turned else points
