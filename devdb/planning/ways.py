"""Why a table is in the sample: the shortest way of keys that leads to it from a rule."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Name, Source
from devdb.planning.edges import Step
from devdb.sampling import reach
from devdb.sampling.choice import Choice


@dataclass(frozen=True)
class Ways:
    """`to` has for each table that may get rows the table whose rule it owes them to, and the steps from there.

    A table with a rule of its own owes them to itself. `live` are the steps over which rows may come at all.
    """

    to: Mapping[Name, tuple[Name, tuple[Step, ...]]]
    live: frozenset[Step]


def ways(source: Source, choice: Choice) -> Ways:
    """The shortest ways, as devdb.sampling.reach finds them."""
    live: set[Step] = set()
    starts = [name for name, rule in choice.rules.items() if rule.kind not in ("none", "empty")]
    found: dict[Name, tuple[Name, tuple[Step, ...]]] = {name: (name, ()) for name in starts}
    chosen = dict(found)
    up: dict[Name, list[int]] = {}
    down: dict[Name, list[int]] = {}
    for number, reference in enumerate(choice.references):
        up.setdefault(source.root(reference.key.child).name, []).append(number)
        down.setdefault(source.root(reference.key.parent).name, []).append(number)
    todo = deque((name, True) for name in starts)
    while todo:
        name, is_chosen = todo.popleft()
        origin, steps = chosen[name] if is_chosen else found[name]
        for number in up.get(name, ()):
            parent = source.root(choice.references[number].key.parent).name
            if choice.references[number].is_cut:
                continue
            live.add(Step(number, True))
            if parent not in found:
                found[parent] = origin, (*steps, Step(number, True))
                todo.append((parent, False))
        for number in down.get(name, ()):
            follow = choice.references[number].follow
            child = source.root(choice.references[number].key.child).name
            if follow is None or follow.is_none or not (is_chosen or follow.of == "all"):
                continue
            live.add(Step(number, False))
            if child in chosen:
                continue
            chosen[child] = origin, (*steps, Step(number, False))
            found.setdefault(child, chosen[child])
            todo.append((child, True))
    return Ways(found, frozenset(live))


def told(choice: Choice, origin: Name, steps: Sequence[Step]) -> str:
    """The way in one line: rule public.orders → public.orders.customer_id → public.customer."""
    return reach.written([_origin(choice, origin), *_keys(choice, steps)])


def _origin(choice: Choice, origin: Name) -> str:
    known = choice.paths.get(origin)
    return known[0] if known else f"rule {origin}"


def _keys(choice: Choice, steps: Iterable[Step]) -> Iterable[str]:
    for step in steps:
        key = choice.references[step.reference].key
        yield reach.up(key) if step.is_up else reach.down(key)
