"""The closure of a few seed rows, each for itself: what a rule's rows bring along, as the run would take it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psycopg

from devdb.catalog.model import Source
from devdb.planning.edges import MOST_CHILDREN, Edges, Node, Step
from devdb.planning.seeds import Seeds
from devdb.sampling.choice import Reference
from devdb.server.connection import Connection, raise_if_lost

# Rows of all walks together, and of one: more of them make a plan slow, and hardly better.
_MOST_ROWS = 400_000
_MOST_OF_ONE = 100_000
_MOST_LEVELS = 400
# After so many seconds no more walks begin, and after the second number those under way are given up.
_SECONDS = 4.0
_LAST_SECONDS = 8.0
# Walks of a rule that begin together: the first ones tell how many more can be afforded.
_WAVES = (8, 56, 192, 768)

_NEVER = 1 << 30


@dataclass
class Reached:
    """What the walks from one table's seeds reached.

    `walks` seeds were followed. Of each table, by OID: `different` rows were reached, `hits` times, each walk counted
    once; `once` of them by one walk only. A walk's own seed does not count. `came` counts the rows by the step that
    found them first. `is_complete` says that no walk was given up.
    """

    walks: int = 0
    is_complete: bool = True
    hits: Counter[int] = field(default_factory=Counter)
    different: Counter[int] = field(default_factory=Counter)
    once: Counter[int] = field(default_factory=Counter)
    came: Counter[Step] = field(default_factory=Counter)


@dataclass(frozen=True)
class Walked:
    """`reached` by the OID of the seeds' table; `together` counts the different rows that complete walks reached."""

    reached: dict[int, Reached]
    together: Counter[int]
    edges: Edges


class _Label:
    """One walk: the rows it holds, each with its least depth, and the least at which it is chosen."""

    def __init__(self, origin: int, seed: Node) -> None:
        self.origin = origin
        self.seed = seed
        self.state: dict[Node, tuple[int, int]] = {}
        self.came: Counter[Step] = Counter()
        self.frontier: list[tuple[Node, int, int, Step | None]] = [(seed, 0, 0, None)]


class _TooLong(Exception):
    """A walk grew beyond what a plan may cost."""


def walk(
    connection: Connection,
    source: Source,
    references: Sequence[Reference],
    seeds: Sequence[Seeds],
    *,
    scanned: Sequence[int],
    seed: int,
) -> Walked:
    """Follow some of the `seeds`. `scanned` are references, by number, whose children no index finds."""
    edges = Edges(connection, source, references, scanned=scanned, seed=seed)
    steps = _Steps(references, edges)
    begun = time.monotonic()
    chance = random.Random(seed)
    waiting = {}
    for found in seeds:
        some = list(found.some)
        chance.shuffle(some)
        waiting[found.table.oid] = some
    labels: dict[int, list[_Label]] = {oid: [] for oid in waiting}
    given_up: set[int] = set()
    size = 0
    for wave in _WAVES:
        spent = time.monotonic() - begun
        room = min(1.0, (_MOST_ROWS - size) / max(1, size) * 0.5, (_SECONDS - spent) / max(0.01, spent) * 0.5)
        if size and room <= 0:
            break
        starting = []
        for oid, places in waiting.items():
            if oid in given_up:
                continue
            count = wave if not size else round(min(wave, len(labels[oid]) * 7 * room))
            starting += [_Label(oid, edges.nodes.number(oid, place)) for place in places[:count]]
            del places[:count]
        if not starting:
            break
        dropped = _walk(connection, edges, steps, starting, room=_MOST_ROWS - size, until_s=begun + _LAST_SECONDS)
        if dropped and size:
            # The ones before were complete: they say what these would have.
            starting = [label for label in starting if label.origin not in dropped]
            for oid in dropped:
                waiting[oid].clear()
        given_up |= dropped if not size else set()
        for label in starting:
            labels[label.origin].append(label)
            size += len(label.state)
    return _result(edges, labels, given_up)


def _walk(
    connection: Connection, edges: Edges, steps: _Steps, labels: list[_Label], *, room: int, until_s: float
) -> set[int]:
    """Complete these walks. Returns the origins whose walks had to be given up."""
    dropped: set[int] = set()
    active = list(labels)
    for _ in range(_MOST_LEVELS):
        active = [label for label in active if label.frontier and label.origin not in dropped]
        if not active:
            return dropped
        if time.monotonic() > until_s:
            break
        wanted: dict[Step, set[Node]] = {}
        for label in active:
            steps.enter(label, wanted)
        try:
            with connection.transaction():
                edges.ask(wanted)
        except psycopg.errors.QueryCanceled:
            return dropped | {label.origin for label in active}
        except psycopg.Error as exc:
            raise_if_lost(connection, exc)
            raise
        for label in active:
            try:
                steps.advance(label)
            except _TooLong:
                dropped.add(label.origin)
        sizes: Counter[int] = Counter()
        for label in labels:
            if label.origin not in dropped:
                sizes[label.origin] += len(label.state)
        while sizes.total() > room and sizes:
            largest, _ = sizes.most_common(1)[0]
            dropped.add(largest)
            del sizes[largest]
    return dropped | {label.origin for label in active if label.frontier}


class _Steps:
    """Which steps lead on from the rows of each table."""

    def __init__(self, references: Sequence[Reference], edges: Edges) -> None:
        self._edges = edges
        self._up: dict[int, list[Step]] = {}
        self._down: dict[int, list[tuple[Step, bool, int]]] = {}
        self._counts_depth = False
        for number, reference in enumerate(references):
            if not reference.is_cut:
                self._up.setdefault(edges.child_of[number], []).append(Step(number, True))
            follow = reference.follow
            if follow is not None and not follow.is_none:
                depth = _NEVER if follow.depth is None else follow.depth
                self._counts_depth |= follow.depth is not None
                self._down.setdefault(edges.parent_of[number], []).append(
                    (Step(number, False), follow.of == "all", depth)
                )

    def enter(self, label: _Label, wanted: dict[Step, set[Node]]) -> None:
        """Take the frontier into the walk; what must be asked to go on goes into `wanted`."""
        entered: dict[Node, tuple[int, int]] = {}
        for node, depth, chosen, step in label.frontier:
            before = label.state.get(node)
            if before is None:
                label.state[node] = entered[node] = (depth, chosen)
                if step is not None:
                    label.came[step] += 1
            elif depth < before[0] or chosen < before[1]:
                label.state[node] = entered[node] = (min(depth, before[0]), min(chosen, before[1]))
        label.frontier = [(node, depth, chosen, None) for node, (depth, chosen) in entered.items()]
        for node, (depth, chosen) in entered.items():
            for step, _ in self._on(node, depth, chosen):
                if self._edges.of(step, node) is None:
                    wanted.setdefault(step, set()).add(node)

    def advance(self, label: _Label) -> None:
        """Put what the frontier leads to into its place. Raises _TooLong."""
        frontier: list[tuple[Node, int, int, Step | None]] = []
        for node, depth, chosen, _ in label.frontier:
            for step, deep in self._on(node, depth, chosen):
                others = self._edges.of(step, node) or ()
                if len(others) >= MOST_CHILDREN:
                    raise _TooLong
                frontier += [(other, deep, _NEVER if step.is_up else deep, step) for other in others]
        label.frontier = frontier
        if len(label.state) > _MOST_OF_ONE:
            raise _TooLong

    def _on(self, node: Node, depth: int, chosen: int) -> Iterator[tuple[Step, int]]:
        """The steps on from this row, and the depth to which each leads."""
        table = self._edges.nodes.table[node]
        for step in self._up.get(table, ()):
            yield step, depth
        for step, of_all, most in self._down.get(table, ()):
            at = depth if of_all else chosen
            if at < most:
                yield step, at + 1 if self._counts_depth else 0


def _result(edges: Edges, labels: dict[int, list[_Label]], given_up: set[int]) -> Walked:
    reached = {}
    everything: set[Node] = set()
    table = edges.nodes.table
    for oid, walks in labels.items():
        if oid in given_up:
            reached[oid] = Reached(is_complete=False)
            continue
        times: Counter[Node] = Counter()
        came: Counter[Step] = Counter()
        for label in walks:
            times.update(node for node in label.state if node != label.seed)
            came.update(label.came)
        found = Reached(walks=len(walks), came=came)
        for node, count in times.items():
            found.hits[table[node]] += count
            found.different[table[node]] += 1
            if count == 1:
                found.once[table[node]] += 1
        everything |= times.keys()
        everything |= {label.seed for label in walks}
        reached[oid] = found
    return Walked(reached, Counter(table[node] for node in everything), edges)
