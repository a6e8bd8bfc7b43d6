"""Pieces of a schema as files: each of one kind, and none that needs what comes after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

# What is in a file, and the order in which kinds come where nothing else decides.
KINDS = {
    "TYP": "schemas, extensions, types, domains, sequences",
    "TAB": "tables and views",
    "FP": "functions and procedures",
    "PKG": "packages",
    "TRG": "triggers",
}
VIEWS = "VW"

# As many states of the search are kept from one file to the next. Few schemas have more than two.
_KEPT = 32


@dataclass(frozen=True)
class Part:
    """A piece of a schema. `kind` is one of KINDS; `needs` are the numbers of parts that must be there before it."""

    number: int
    kind: str
    text: str
    needs: frozenset[int] = frozenset()
    is_view: bool = False


@dataclass(frozen=True)
class Layer:
    """What one file holds, in order."""

    kind: str
    parts: tuple[Part, ...]


def layers(parts: Sequence[Part]) -> list[Layer]:
    """As few layers as it takes, each after those that it needs; `parts` are in an order that works.

    Of several ways the one that keeps the order of KINDS longest.
    """
    known = {part.number for part in parts}
    todo = [Part(part.number, part.kind, part.text, part.needs & known, part.is_view) for part in parts]
    found: list[tuple[list[Layer], frozenset[int]]] = [([], frozenset())]
    while todo:
        # Every way is one layer longer than the last time: whichever ends first is a shortest one.
        longer: dict[frozenset[int], list[Layer]] = {}
        for way, made in found:
            for kind in KINDS:
                taken = _ready(todo, kind, made)
                if not taken:
                    continue
                now = made | {part.number for part in taken}
                longer.setdefault(now, [*way, Layer(kind, tuple(taken))])
                if len(now) == len(todo):
                    return longer[now]
        assert longer, "parts wait for each other"
        least = sorted(map(len, longer), reverse=True)[:_KEPT][-1]
        found = [(way, made) for made, way in longer.items() if len(made) >= least]
    return []


def _ready(parts: Iterable[Part], kind: str, made: Collection[int]) -> list[Part]:
    """All of that kind that can be made now, one after the other."""
    here: set[int] = set()
    taken = []
    for part in parts:
        if part.kind == kind and part.number not in made and all(need in made or need in here for need in part.needs):
            here.add(part.number)
            taken.append(part)
    return taken
