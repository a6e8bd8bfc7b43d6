"""A closure as one HTML page: the graph of its objects, and a table of them. Nothing is fetched by it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from devdb.dependencies.drawing import BOX_HEIGHT, BOX_WIDTH, places
from devdb.dependencies.model import KINDS, Closure, Thing
from devdb.dependencies.tree import said, summary
from devdb.pages import filled, script


def page(closure: Closure) -> str:
    """The page of a closure, to be written into a file or served as it is."""
    seeds = ", ".join(thing.identity for thing in closure.seeds)
    verb = "needs" if len(closure.seeds) == 1 else "need"
    question = f"What {{}} {verb}" if closure.direction == "needs" else "What needs {}"
    parts = {
        "title": escape(question.format(seeds)),
        "heading": escape(question.format(seeds)),
        "summary": escape(summary(closure)),
        "rows": "".join(_rows(closure)),
        # Last: names of objects may look like one of ours.
        "data": script(_data(closure)),
    }
    return filled("devdb.dependencies", parts)


def _data(closure: Closure) -> dict[str, Any]:
    numbers = {thing: number for number, thing in enumerate(closure.things)}
    where = places(closure)
    unknown: dict[Thing, list[str]] = {}
    for one in closure.unknown:
        unknown.setdefault(one.of, []).append(said(one))
    return {
        "box": [BOX_WIDTH, BOX_HEIGHT],
        "backward": closure.direction == "needed-by",
        "things": [
            {
                "type": thing.type,
                "schema": thing.schema,
                "name": thing.name,
                "identity": thing.identity,
                "at": where[thing],
                "seed": thing in closure.seeds,
                "unknown": unknown.get(thing, []),
            }
            for thing in closure.things
        ],
        "needs": [
            [numbers[need.of], numbers[need.needs], need.kind, need.detail, need.is_certain] for need in closure.needs
        ],
        "kinds": {kind: KINDS.get(kind, "") for kind in sorted({need.kind for need in closure.needs})},
    }


def _rows(closure: Closure) -> Iterator[str]:
    needs, needed = dict.fromkeys(closure.things, 0), dict.fromkeys(closure.things, 0)
    for need in closure.needs:
        needs[need.of] += 1
        needed[need.needs] += 1
    unknown: dict[Thing, list[str]] = {}
    for one in closure.unknown:
        unknown.setdefault(one.of, []).append(said(one))
    for number, thing in enumerate(closure.things):
        told = "<br>".join(map(escape, unknown.get(thing, ())))
        yield (
            f'<tr data-thing="{number}"><td>{escape(thing.type)}</td><td>{escape(thing.identity)}</td>'
            f'<td class="n">{needs[thing]}</td><td class="n">{needed[thing]}</td><td class="why">{told}</td></tr>\n'
        )
