"""Which tables bring rows of which: the graph that the groups of a closure are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from devdb.catalog.graph import components
from devdb.catalog.model import ForeignKey, Source, Table
from devdb.sampling.choice import Reference
from devdb.settings.follow import Follow

# The level of a table whose rows differ in it.
_MIXED = -1


class Levels:
    """The ways by which rows come into tables: rules (seeds), keys (up to parents), and children (down).

    `edges` maps each filled table's OID to those of which it brings rows. `followed` maps a table to the keys by which
    its rows are asked for, `entering` to the keys over which children are put into it in rounds, and `single` to the
    one key over which all of its rows come as children: by that key they refer to nothing that is missing.
    The level of a row is the number of times that children were looked for on the way to it.
    """

    def __init__(
        self,
        source: Source,
        used: Iterable[Reference],
        *,
        whole: frozenset[int],
        seeded: Callable[[Table], bool],
    ) -> None:
        self._source = source
        self._whole = whole
        self._seeded = frozenset(table.oid for table in source.filled_tables if seeded(table)) | whole
        used = [item for item in used if "f" not in (item.key.child.kind, item.key.parent.kind)]
        ups = [item for item in used if not item.is_cut and self._can_miss(self._parent(item))]
        downs = [item for item in used if _wanted(item) and self._can_miss(self._child(item))]
        moves = self._moves(ups, downs)
        live = _reached(self._seeded, {origin: [goal for goal, _ in goals] for origin, goals in moves.items()})
        self._levels = self._spread(moves)
        self._ups = _by((item for item in ups if self._child(item) in live), self._parent)
        self._downs = _by((item for item in downs if self._parent(item) in live), self._child)
        self._drop_idle()
        self._is_bounded = any(_follow(down).depth is not None for downs in self._downs.values() for down in downs)
        self.single = {
            oid: entering[0] for oid, entering in self._downs.items() if len(entering) == 1 and oid not in self._seeded
        }
        self._settle()

    def level(self, table: Table) -> int | None:
        """The level of the rows of `table`; None where they differ in it."""
        level = self._levels.get(table.oid, 0)
        return None if level == _MIXED else level

    def _drop_idle(self) -> None:
        """Leave out the children that there cannot be, and theirs in turn."""
        while True:
            found = [down for downs in self._downs.values() for down in downs]
            kept = [down for down in found if self._brings(down)]
            if len(kept) == len(found):
                return
            self._downs = _by(kept, self._child)

    def _settle(self) -> None:
        """Find out which of `single` are so, and draw the graph."""
        while True:
            lost = [oid for oid in self.single if not self._is_single(oid)]
            if not lost:
                self._draw()
                # What brings rows of each other is completed together, in rounds.
                found = components(self.edges)
                lost = [oid for members in found if len(members) > 1 for oid in members if oid in self.single]
            if not lost:
                return
            for oid in lost:
                del self.single[oid]

    def _is_single(self, oid: int) -> bool:
        """Nothing else brings rows of the table, and which rows of its parent are meant is plain."""
        down = self.single[oid]
        parent, follow = self._parent(down), _follow(down)
        if parent == oid or down.key.each or self._asked(oid):
            return False
        if follow.depth is not None and self._origin_level(down) == _MIXED:
            return False
        return follow.of == "all" or not self._is_mixture(parent)

    def _is_mixture(self, oid: int) -> bool:
        """Of its rows some are chosen and some not, and the order of completing does not tell them apart."""
        if oid in self._whole or oid in self.single or not self._asked(oid):
            return False
        return bool(self._downs.get(oid))

    def _asked(self, oid: int) -> list[Reference]:
        """The keys by which rows of the table are asked for."""
        return [up for up in self._ups.get(oid, ()) if not self._is_satisfied(up)]

    def _is_satisfied(self, up: Reference) -> bool:
        """All rows of the child came over this key, from the parent's rows."""
        single = self.single.get(self._child(up))
        return single is not None and single.key is up.key

    def _draw(self) -> None:
        filled = [table.oid for table in self._source.filled_tables]
        self.edges: dict[int, list[int]] = {oid: [] for oid in filled}
        self.followed: dict[int, list[ForeignKey]] = {oid: [] for oid in filled}
        self.entering: dict[int, list[Reference]] = {oid: [] for oid in filled}
        for parent in self._ups:
            for up in self._asked(parent):
                self.followed[parent].append(up.key)
                self.edges[self._child(up)].append(parent)
        for child, downs in self._downs.items():
            for down in downs:
                parent = self._parent(down)
                if child not in self.single:
                    self._draw_entering(down, parent, child)
                elif _follow(down).of == "chosen" and parent in self._seeded and not self._downs.get(parent):
                    # Of the rows that rules chose: those that are there before the parent is completed.
                    self.edges[child].append(parent)
                else:
                    self.edges[parent].append(child)

    def _draw_entering(self, down: Reference, parent: int, child: int) -> None:
        self.entering[child].append(down)
        self.edges[parent].append(child)
        if parent in self._whole:
            return
        level = self._levels.get(parent, 0)
        has_others = bool(self._asked(parent))
        if (has_others and _follow(down).of == "chosen") or (self._is_bounded and (has_others or level != 0)):
            # Which rows are chosen, and how far they are from a rule, is known where all are completed together.
            self.edges[child].append(parent)
        if self._is_bounded and level != 0:
            backward: dict[int, list[int]] = defaultdict(list)
            for origin, goals in self.edges.items():
                for goal in goals:
                    backward[goal].append(origin)
            self.edges[parent] += _reached([parent], backward) - self._whole

    def _brings(self, down: Reference) -> bool:
        """Whether there can be children: of rows that somebody chose, and not beyond the depth."""
        follow, parent = _follow(down), self._parent(down)
        if follow.of == "chosen" and parent not in self._seeded and not self._downs.get(parent):
            return False
        level = self._origin_level(down)
        return follow.depth is None or level == _MIXED or level < follow.depth

    def _origin_level(self, down: Reference) -> int:
        """The level of the rows whose children are taken."""
        parent = self._parent(down)
        if _follow(down).of == "chosen" and not self._downs.get(parent):
            return 0
        return self._levels.get(parent, 0)

    def _moves(self, ups: Iterable[Reference], downs: Iterable[Reference]) -> Mapping[int, list[tuple[int, int]]]:
        """From each table: where rows of it lead, and by how much the level rises."""
        moves: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for up in ups:
            moves[self._child(up)].append((self._parent(up), 0))
        for down in downs:
            moves[self._parent(down)].append((self._child(down), 1))
        return moves

    def _spread(self, moves: Mapping[int, list[tuple[int, int]]]) -> dict[int, int]:
        levels = dict.fromkeys(self._seeded, 0)
        todo = list(self._seeded)
        while todo:
            origin = todo.pop()
            for goal, rise in moves.get(origin, ()):
                level = _MIXED if levels[origin] == _MIXED else levels[origin] + rise
                before = levels.get(goal, level)
                after = level if before == level else _MIXED
                if goal not in levels or after != before:
                    levels[goal] = after
                    todo.append(goal)
        return levels

    def _child(self, reference: Reference) -> int:
        return self._source.root(reference.key.child).oid

    def _parent(self, reference: Reference) -> int:
        return self._source.root(reference.key.parent).oid

    def _can_miss(self, oid: int) -> bool:
        """There can be rows of the table at the source that were not taken."""
        return self._source.by_oid[oid].is_filled and oid not in self._whole


def _wanted(reference: Reference) -> bool:
    return reference.follow is not None and reference.follow.max != 0


def _follow(reference: Reference) -> Follow:
    assert reference.follow is not None
    return reference.follow


def _by(references: Iterable[Reference], way: Callable[[Reference], int]) -> dict[int, list[Reference]]:
    found: dict[int, list[Reference]] = defaultdict(list)
    for reference in references:
        found[way(reference)].append(reference)
    return dict(found)


def _reached(origins: Iterable[int], edges: Mapping[int, Iterable[int]]) -> set[int]:
    reached = set(origins)
    todo = list(reached)
    while todo:
        for goal in edges.get(todo.pop(), ()):
            if goal not in reached:
                reached.add(goal)
                todo.append(goal)
    return reached
