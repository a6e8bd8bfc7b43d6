"""A closure as a tree for people and as JSON for programs: each object is expanded where it is nearest a seed."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from devdb.dependencies.model import Closure, Need, Thing, Unknown

# What belongs to a table needs it, which goes without saying right below that table.
_OF_TABLES = ("trigger", "policy", "rule", "partition")


@dataclass(frozen=True)
class Branch:
    """A place in the tree: an object, and the needs over which it came. `is_reference`: it is expanded elsewhere."""

    thing: Thing
    needs: tuple[Need, ...] = ()
    is_reference: bool = False


@dataclass(frozen=True)
class Tree:
    """A closure as a tree: what is below each object, which is expanded once."""

    closure: Closure
    below: Mapping[Thing, list[Branch]] = field(default_factory=dict)

    @cached_property
    def unknown_of(self) -> Mapping[Thing, list[Unknown]]:
        found: dict[Thing, list[Unknown]] = {}
        for unknown in self.closure.unknown:
            found.setdefault(unknown.of, []).append(unknown)
        return found

    @property
    def roots(self) -> list[Branch]:
        return [Branch(seed) for seed in self.closure.seeds]


def tree(closure: Closure) -> Tree:
    """The tree of a closure. Breadth first: on the shortest way from a seed stands what is expanded."""
    is_forward = closure.direction == "needs"
    edges: dict[Thing, list[Need]] = {}
    for need in closure.needs:
        edges.setdefault(need.of if is_forward else need.needs, []).append(need)
    seen = set(closure.seeds)
    above: dict[Thing, Thing] = {}
    below: dict[Thing, list[Branch]] = {}
    waiting = deque(closure.seeds)
    while waiting:
        thing = waiting.popleft()
        branches = below.setdefault(thing, [])
        by_other: dict[Thing, list[Need]] = {}
        for need in edges.get(thing, ()):
            other = need.needs if is_forward else need.of
            if other != above.get(thing) or need.kind not in _OF_TABLES:
                by_other.setdefault(other, []).append(need)
        for other, over in by_other.items():
            branches.append(Branch(other, tuple(over), is_reference=other in seen))
            if other not in seen:
                seen.add(other)
                above[other] = thing
                waiting.append(other)
    return Tree(closure, below)


def text(made: Tree) -> Iterator[str]:
    """The lines of the tree, and what is to be said below it."""
    printed: set[Thing] = set()
    is_uncertain = False
    todo: list[tuple[Branch | Unknown, str, str]] = [(root, "", "") for root in reversed(made.roots)]
    while todo:
        branch, lead, indent = todo.pop()
        if isinstance(branch, Unknown):
            yield f"{lead}! {said(branch)}"
            continue
        is_uncertain |= _is_uncertain(branch)
        yield lead + _line(branch, branch.thing in printed)
        if branch.is_reference:
            continue
        printed.add(branch.thing)
        children = [*made.below.get(branch.thing, ()), *made.unknown_of.get(branch.thing, ())]
        for position, child in reversed(list(enumerate(children))):
            is_last = position == len(children) - 1
            todo.append((child, indent + ("└─ " if is_last else "├─ "), indent + ("   " if is_last else "│  ")))
    yield ""
    yield summary(made.closure)
    if is_uncertain:
        yield "?: found by its name in a body; at run time that name may mean another object."


def summary(closure: Closure) -> str:
    """How many objects of which types there are, seeds included."""
    counts = Counter(thing.type for thing in closure.things)
    parts = [f"{count:,} {plural(type) if count > 1 else type}" for type, count in counts.most_common()]
    total = len(closure.things)
    unknown = len(closure.unknown)
    ending = "" if not unknown else f"; {unknown:,} thing{'s' if unknown > 1 else ''} cannot be known"
    return f"{total:,} object{'' if total == 1 else 's'}: {', '.join(parts)}{ending}"


def plural(type: str) -> str:
    """Several of a type."""
    if type.endswith("y"):
        return type[:-1] + "ies"
    return type + ("es" if type.endswith("s") else "s")


def said(unknown: Unknown) -> str:
    """What cannot be known, and where."""
    return unknown.reason + ("" if unknown.line is None else f" (line {unknown.line} of the body)")


def _line(branch: Branch, is_printed: bool) -> str:
    words = str(branch.thing).replace("\n", " ")
    if branch.needs:
        words += f"  ({', '.join(f'{need.kind} {need.detail}'.strip() for need in branch.needs)})"
        words += " ?" if _is_uncertain(branch) else ""
    if branch.is_reference:
        words += ", see above" if is_printed else ", see below"
    return words


def _is_uncertain(branch: Branch) -> bool:
    return bool(branch.needs) and not any(need.is_certain for need in branch.needs)


def as_json(made: Tree) -> Iterator[str]:
    """JSON of the tree, in pieces: one object for one seed, a list for several. Any depth will do."""
    roots = made.roots
    if len(roots) != 1:
        yield "["
    todo: list[str | tuple[Branch, int]] = []
    for number, root in reversed(list(enumerate(roots))):
        todo += [(root, 0)] if number == 0 else [(root, 0), ","]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
            continue
        branch, depth = item
        inner = "\n" + "  " * (depth + 1)
        fields = ",".join(f"{inner}{_json(key)}: {_json(value)}" for key, value in _fields(made, branch).items())
        yield "{" + fields + f',{inner}"dependency_list": ['
        children = [] if branch.is_reference else made.below.get(branch.thing, [])
        todo.append("]\n" + "  " * depth + "}")
        for number, child in reversed(list(enumerate(children))):
            todo += [(child, depth + 1)] if number == 0 else [(child, depth + 1), ", "]
    yield "]\n" if len(roots) != 1 else "\n"


def _fields(made: Tree, branch: Branch) -> dict[str, object]:
    thing = branch.thing
    fields: dict[str, object] = {
        "object_type": thing.type,
        "object_name": thing.name,
        "object_schema": thing.schema or None,
        "object_identity": thing.identity,
    }
    if branch.needs:
        fields["because"] = [
            {"kind": need.kind, "detail": need.detail or None, "is_certain": need.is_certain} for need in branch.needs
        ]
    if branch.is_reference:
        return {**fields, "reference": True}
    unknown = [{"reason": one.reason, "line": one.line} for one in made.unknown_of.get(thing, ())]
    return {**fields, "cannot_be_known": unknown} if unknown else fields


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
