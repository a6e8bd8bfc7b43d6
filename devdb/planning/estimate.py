"""How many rows a run would take of each table, from the walks of a few seed rows and the planner's statistics.

Up to as many seeds as were walked, the number is the walks' own. For more, each further seed is expected to bring
what the walked ones brought, less what is there already: the share of new rows is that of rows which only one walk
reached (I. J. Good, "The population frequencies of species and the estimation of population parameters", Biometrika 40
(1953)), and they fall among those rows of the table that some key refers to at all. Where no walk came to an end,
statistics alone are iterated to a fixpoint.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.graph import components
from devdb.catalog.model import Source
from devdb.planning.edges import Step
from devdb.planning.seeds import Seeds
from devdb.planning.statistics import Statistics
from devdb.planning.walk import Reached, Walked
from devdb.sampling.choice import Reference

_ROUNDS = 200
_CLOSE = 0.001
# Times that a bound is handed on from table to table.
_BOUNDING = 4


@dataclass(frozen=True)
class Estimate:
    """Expected rows by the table's OID: in all, and those that the table's own rule chooses.

    `over` tells, by step, rows that come over a key into the table at its end, each row counted at the first key that
    found it. `guessed` are the tables, by OID, whose rules' walks had no end, so that statistics had to do.
    """

    rows: Mapping[int, float]
    by_rule: Mapping[int, float]
    over: Mapping[Step, float]
    guessed: frozenset[int]


def estimate(
    source: Source, used: Sequence[Reference], statistics: Statistics, seeds: Sequence[Seeds], walked: Walked
) -> Estimate:
    """The estimate for all tables of `source`."""
    model = _Model(source, used, statistics)
    tables = source.filled_tables
    by_rule = {found.table.oid: found.rows for found in seeds}
    # The probability that a row which no walk reached is reached by nobody.
    missed = {table.oid: 1.0 for table in tables}
    came: dict[Step, float] = {}
    guessed = frozenset(
        found.table.oid for found in seeds if found.rows and not _can_extend(walked.reached[found.table.oid])
    )
    for found in seeds:
        reached = walked.reached[found.table.oid]
        if found.table.oid in guessed:
            rows, over = model.fixpoint({found.table.oid: found.rows})
            for step, count in over.items():
                came[step] = came.get(step, 0.0) + count
            more = rows
        else:
            more = _more(found, reached, model)
            for step, times in reached.came.items():
                came[step] = came.get(step, 0.0) + times * found.rows / max(1, reached.walks)
        for oid, count in more.items():
            unseen = model.size(oid) - walked.together[oid]
            if unseen > 0:
                missed[oid] *= 1 - min(1.0, count / unseen)
    rows = {}
    for table in tables:
        seen = walked.together[table.oid]
        unseen = max(0.0, model.size(table.oid) - seen)
        rows[table.oid] = max(seen + unseen * (1 - missed[table.oid]), by_rule.get(table.oid, 0.0))
    least = {table.oid: max(float(walked.together[table.oid]), by_rule.get(table.oid, 0.0)) for table in tables}
    rows = model.bounded(rows, least, by_rule, came)
    return Estimate(rows, by_rule, _scaled(came, rows, by_rule, model), guessed)


def _can_extend(reached: Reached) -> bool:
    return reached.is_complete and reached.walks > 0


def _more(found: Seeds, reached: Reached, model: _Model) -> dict[int, float]:
    """Rows of each table that the seeds which were not walked are expected to bring, beyond those of the walks."""
    walks, rows = reached.walks, found.rows
    if rows <= walks:
        return {}
    population = max(model.size(found.table.oid), rows)
    share = (rows - walks) / max(1.0, population - walks)
    steps = [step for step, times in reached.came.items() if times]
    # A seed brings itself, and rows of its own table that may be seeds as well.
    more = {found.table.oid: rows - walks}
    for oid, hits in reached.hits.items():
        different = reached.different[oid]
        each = hits / walks
        fresh = max(reached.once[oid], 0.5) / hits
        room = max(0.0, model.reachable(oid, steps) - different)
        linear = (rows - walks) * each * fresh
        if not room or not linear:
            continue
        exponent = (population - walks) * each * fresh / room
        brought = min(linear, room * (1 - max(0.0, 1 - share) ** exponent))
        if oid == found.table.oid:
            more[oid] += brought * max(0.0, 1 - rows / population)
        else:
            more[oid] = brought
    return more


def _scaled(
    came: Mapping[Step, float], rows: Mapping[int, float], by_rule: Mapping[int, float], model: _Model
) -> dict[Step, float]:
    """What came over each step, so that with the rows of rules it makes all rows of the table."""
    total: dict[int, float] = {}
    for step, count in came.items():
        total[model.end(step)] = total.get(model.end(step), 0.0) + count
    over = {}
    for step, count in came.items():
        oid = model.end(step)
        over[step] = count / total[oid] * max(0.0, rows[oid] - by_rule.get(oid, 0.0)) if total[oid] else 0.0
    return over


class _Model:
    """The keys as statistics see them."""

    def __init__(self, source: Source, used: Sequence[Reference], statistics: Statistics) -> None:
        self._source = source
        self._statistics = statistics
        self._child = [source.root(reference.key.child) for reference in used]
        self._parent = [source.root(reference.key.parent) for reference in used]
        self._keys = [
            statistics.key(reference.key, child, parent)
            for reference, child, parent in zip(used, self._child, self._parent, strict=True)
        ]
        self._used = used
        self._steps = [Step(number, True) for number, reference in enumerate(used) if not reference.is_cut]
        self._steps += [Step(number, False) for number, item in enumerate(used) if _is_followed(item)]
        self._from: dict[int, list[Step]] = {table.oid: [] for table in source.filled_tables}
        for step in self._steps:
            self._from[self.start(step)].append(step)

    def size(self, oid: int) -> float:
        return float(self._statistics.of(self._source.by_oid[oid]).rows)

    def start(self, step: Step) -> int:
        return (self._child if step.is_up else self._parent)[step.reference].oid

    def end(self, step: Step) -> int:
        return (self._parent if step.is_up else self._child)[step.reference].oid

    def reachable(self, oid: int, steps: Iterable[Step]) -> float:
        """Rows of the table to which any of these steps can lead."""
        size = self.size(oid)
        out = 1.0
        for step in steps:
            if size and self.end(step) == oid:
                known = self._keys[step.reference]
                out *= 1 - min(1.0, (known.parents if step.is_up else known.references) / size)
        return size * (1 - out)

    def bounded(
        self,
        rows: Mapping[int, float],
        least: Mapping[int, float],
        by_rule: Mapping[int, float],
        came: Collection[Step],
    ) -> dict[int, float]:
        """The same rows, but of a table that keys lead up to no more than the rows of the referring tables refer to."""
        found = dict(rows)
        for _ in range(_BOUNDING):
            for oid in found:
                steps = [step for step in came if self.end(step) == oid]
                size = self.size(oid)
                if not steps or not size or not all(step.is_up for step in steps):
                    continue
                out = 1 - min(1.0, by_rule.get(oid, 0.0) / size)
                for step in steps:
                    known, child = self._keys[step.reference], self.start(step)
                    share = known.references / self.size(child) if self.size(child) else 0.0
                    out *= 1 - min(1.0, min(known.parents, found[child] * share) / size)
                found[oid] = max(least[oid], min(found[oid], size * (1 - out)))
        return found

    def fixpoint(self, seeds: Mapping[int, float]) -> tuple[dict[int, float], dict[Step, float]]:
        """Rows of each table, as if every key's references were independent of every other's; and what came over which.

        A component of tables that bring rows of each other is iterated until its numbers stand still.
        """
        edges = {oid: [self.end(step) for step in steps] for oid, steps in self._from.items()}
        into: dict[int, list[Step]] = {oid: [] for oid in self._from}
        for step in self._steps:
            into[self.end(step)].append(step)
        rows = {oid: 0.0 for oid in self._from} | dict(seeds)
        chosen = dict(rows)
        for component in reversed(components(edges)):
            for _ in range(_ROUNDS if len(component) > 1 or component[0] in edges[component[0]] else 1):
                moved = 0.0
                for oid in component:
                    size = self.size(oid)
                    before = rows[oid]
                    out, apart = 1 - min(1.0, seeds.get(oid, 0.0) / size) if size else 0.0, 1.0
                    apart = out
                    for step in into[oid]:
                        share = self._brought(step, rows, chosen) / size if size else 0.0
                        out *= 1 - min(1.0, share)
                        apart *= 1.0 if step.is_up else 1 - min(1.0, share)
                    rows[oid], chosen[oid] = size * (1 - out), size * (1 - apart)
                    moved = max(moved, abs(rows[oid] - before) / max(1.0, before))
                if moved < _CLOSE:
                    break
        over = {step: self._brought(step, rows, chosen) for step in self._steps}
        return rows, over

    def _brought(self, step: Step, rows: Mapping[int, float], chosen: Mapping[int, float]) -> float:
        """How many different rows the rows at the start of the step lead to."""
        known = self._keys[step.reference]
        if step.is_up:
            total = self.size(self.start(step))
            if not total or not known.parents:
                return 0.0
            share = min(1.0, rows[self.start(step)] / total)
            return known.parents * (1 - float((1 - share) ** max(1.0, known.references / known.parents)))
        follow = self._used[step.reference].follow
        assert follow is not None
        parents = self.size(self.start(step))
        have = rows[self.start(step)] if follow.of == "all" else chosen[self.start(step)]
        if not parents:
            return 0.0
        each = known.average if follow.max is None else min(known.average, float(follow.max))
        return have * min(1.0, known.parents / parents) * each


def _is_followed(reference: Reference) -> bool:
    return reference.follow is not None and not reference.follow.is_none
