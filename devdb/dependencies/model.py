"""Objects of a database and their needs, as a graph that can be followed from any of them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from devdb.catalog.graph import components

Direction = Literal["needs", "needed-by"]

# Why one object needs another.
KINDS = {
    "fk": "a foreign key's parent",
    "trigger": "a table's trigger, and the function and tables of a trigger",
    "view": "what a view reads and calls",
    "routine": "what the body of a routine reads and calls",
    "type": "the type of a column, an argument or a result; what a type is made of",
    "sequence": "the sequence that numbers a column",
    "default": "what else a default or a generated column calls",
    "partition": "a partition's parent, a partitioned table's partitions",
    "inherits": "the tables that a table inherits from",
    "policy": "a table's policy, and what a policy reads and calls",
    "check": "what a CHECK calls",
    "index": "what an index, a key or statistics are made with",
    "rule": "a table's rule, and what a rule reads and calls",
    "cast": "a cast that comes with its function or type",
    "operator": "what an operator, an operator class or a text search is made of",
    "extension": "the extension that brings an object",
    "server": "a foreign table's server",
    "schema": "the schema that an extension lives in",
    "role": "the role that a policy is for",
    "synonym": "what a synonym stands for",
}


@dataclass(frozen=True, order=True)
class Thing:
    """An object of a database. `type` is PostgreSQL's word for it ("table", "materialized view"), or the source's own.

    `schema` is "" for what lives in none; `name` is without arguments; `identity` tells it from all others of its type,
    quoted where needed: app.total(integer), trg on app.orders.
    """

    type: str
    schema: str
    name: str
    identity: str

    def __str__(self) -> str:
        return f"{self.type} {self.identity}"


@dataclass(frozen=True)
class Need:
    """That one object needs another. `kind` is one of KINDS; `detail` names a constraint, a column, or nothing.

    Not `is_certain`: found in a body that PostgreSQL does not look into, and at run time the name may be another's. Not
    `is_first`: it is created after what needs it, as a table's triggers are; everything else must be there before.
    """

    of: Thing
    needs: Thing
    kind: str
    detail: str = ""
    is_certain: bool = True
    is_first: bool = True


@dataclass(frozen=True)
class Unknown:
    """What cannot be known of an object's needs. `line` is that of its body, from 1."""

    of: Thing
    reason: str
    line: int | None = None


@dataclass(frozen=True)
class Closure:
    """What was found from `seeds`: things in the order found, the needs among them, what cannot be known of them."""

    seeds: tuple[Thing, ...]
    things: tuple[Thing, ...]
    needs: tuple[Need, ...]
    unknown: tuple[Unknown, ...]
    direction: Direction = "needs"


@dataclass(frozen=True)
class Graph:
    """The objects of a database and their needs.

    `oids` are the OIDs of catalog and object; `parts` those of what is part of a thing and none itself, as indexes,
    constraints, defaults and identity sequences are. `schemas` are the chosen ones, None if all are; objects of others
    are there, but not to be asked for.
    """

    things: tuple[Thing, ...]
    needs: tuple[Need, ...]
    unknown: tuple[Unknown, ...] = ()
    oids: Mapping[Thing, tuple[int, int]] = field(default_factory=dict)
    parts: Mapping[tuple[int, int], Thing] = field(default_factory=dict)
    schemas: tuple[str, ...] | None = None

    @cached_property
    def needs_of(self) -> Mapping[Thing, list[Need]]:
        """The needs of each thing, in a fixed order."""
        found: dict[Thing, list[Need]] = defaultdict(list)
        for need in self.needs:
            found[need.of].append(need)
        return found

    @cached_property
    def needs_for(self) -> Mapping[Thing, list[Need]]:
        """The needs for each thing, in a fixed order."""
        found: dict[Thing, list[Need]] = defaultdict(list)
        for need in self.needs:
            found[need.needs].append(need)
        return found

    def needed(
        self,
        seeds: Iterable[Thing],
        *,
        direction: Direction = "needs",
        follow: Collection[str] | None = None,
        depth: int | None = None,
    ) -> Closure:
        """All that the seeds need, or are needed by, over the kinds `follow` (None: all), at most `depth` far."""
        is_forward = direction == "needs"
        edges = self.needs_of if is_forward else self.needs_for
        first = tuple(dict.fromkeys(seeds))
        found = dict.fromkeys(first, 0)
        waiting = deque(first)
        while waiting:
            thing = waiting.popleft()
            if depth is not None and found[thing] >= depth:
                continue
            for need in edges.get(thing, ()):
                other = need.needs if is_forward else need.of
                if other not in found and (follow is None or need.kind in follow):
                    found[other] = found[thing] + 1
                    waiting.append(other)
        return Closure(
            seeds=first,
            things=tuple(found),
            needs=tuple(
                need
                for thing in found
                for need in self.needs_of.get(thing, ())
                if need.needs in found and (follow is None or need.kind in follow)
            ),
            unknown=tuple(unknown for unknown in self.unknown if unknown.of in found),
            direction=direction,
        )

    def ordered(self, things: Iterable[Thing]) -> list[list[Thing]]:
        """The things, those that need each other together, each group after all that must be there before it."""
        chosen = dict.fromkeys(things)
        return components(
            {
                thing: [need.needs for need in self.needs_of.get(thing, ()) if need.is_first and need.needs in chosen]
                for thing in chosen
            }
        )
