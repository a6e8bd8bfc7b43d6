"""The order in which a post-data section can be replayed over several connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from devdb.catalog.model import Name
from devdb.catalog.schema_entries import Attached, Content, Index, Key, Rewrite, Statement, content
from devdb.catalog.schema_file import Entry
from devdb.catalog.schema_locks import Lock, Locks

# From this size on (1 MB) it is worth two statements to let others into the table meanwhile.
_LARGE_PAGES = 128
# Tables below it have their statistics collected some at a time.
_SMALL_PAGES, _AT_A_TIME = 16, 20
# ANALYZE looks at 30,000 rows, and at as many pages at most. Looking at a row costs it more than the others.
_ANALYZED_PAGES, _ANALYZED_ROWS_PAGES, _ANALYZED_COST = 30_000, 500, 8
# What an index of another kind costs more than a B-tree.
_DEAR = ("USING gin", "USING gist", "USING spgist")


@dataclass(frozen=True)
class Relation:
    """A table or materialized view of the dev database. `parents` are those that it inherits from or is part of."""

    name: Name
    is_partitioned: bool
    pages: int
    parents: tuple[Name, ...]


@dataclass(eq=False)
class Step:
    """Statements to be sent by one session, each a transaction, once the steps `after` are done.

    `cost` is in pages read, roughly; `rank` what remains to be done after it, itself included, on the longest way.
    `settings` are the SET statements of the section that its session must have run before, and no others.
    """

    title: str
    statements: tuple[Statement, ...]
    locks: Locks
    cost: float
    after: set[int] = field(default_factory=set)
    settings: tuple[Statement, ...] = ()
    rank: float = 0.0


def steps(
    entries: Iterable[Entry], relations: Iterable[Relation], *, rewrite: Rewrite, analyzed: Sequence[Name]
) -> list[Step]:
    """What the entries say, and ANALYZE of the tables `analyzed`, as steps that name those they must come after.

    Two steps of which neither comes after the other may run in any order, and at once unless their locks conflict.
    Keys that others refer to come first, then what looks at the rows for long and lets nobody build meanwhile
    (foreign keys), then the other indexes, which can be built side by side. `rewrite` is called in the entries' order.
    """
    order = _Order({relation.name: relation for relation in relations})
    for entry in entries:
        found = content(entry, rewrite)
        if found is not None:
            order.add(found)
    order.analyze(analyzed)
    order.hold_back()
    _rank(order.steps)
    return order.steps


class _Order:
    """The steps so far, and what later ones need to know of them. Steps are numbered from 0."""

    def __init__(self, relations: Mapping[Name, Relation]) -> None:
        self.steps: list[Step] = []
        self._relations = relations
        self._children: dict[Name, list[Name]] = {}
        for relation in relations.values():
            for parent in relation.parents:
                self._children.setdefault(parent, []).append(relation.name)
        self._touching: dict[Name, list[int]] = {}
        self._indexes: dict[Name, tuple[Index, int]] = {}
        self._keys: dict[Name, list[tuple[Index, int]]] = {}
        self._attached: dict[Name, list[int]] = {}
        self._looking: dict[Name, list[int]] = {}
        self._building: dict[Name, list[int]] = {}
        self._analyzed: dict[Name, list[int]] = {}
        self._wanted: set[int] = set()
        self._settings: tuple[Statement, ...] = ()
        self._previous: Entry | None = None
        # The last step that everything later comes after, and the number of steps there were before it.
        self._barrier: int | None = None
        self._since = 0

    def add(self, found: Content) -> None:
        """The steps of one entry. A comment is part of what it is on, and that is the entry before it."""
        kind = found.entry.kind
        if kind == "SETTING":
            self._alone(found)
            self._settings = (*self._settings, *found.statements)
        elif kind == "COMMENT" and self._previous is not None and _is_on(found.entry, self._previous):
            last = self.steps[-1]
            last.statements = (*last.statements, *found.statements)
        elif isinstance(found.does, Index) and found.does.table in self._relations:
            self._index(found, found.does)
        elif isinstance(found.does, Attached) and {found.does.parent, found.does.child} <= self._indexes.keys():
            self._attach(found, found.does)
        elif isinstance(found.does, Key) and {found.does.child, found.does.parent} <= self._relations.keys():
            self._key(found, found.does)
        elif kind in ("STATISTICS", "TRIGGER", "RULE", "CHECK CONSTRAINT"):
            self._something(found)
        else:
            self._alone(found)
        self._previous = self._previous if kind == "COMMENT" else found.entry

    def analyze(self, names: Sequence[Name]) -> None:
        """Statistics of each table, after its indexes on expressions: they have some as well."""
        small: list[Name] = []
        for name in names:
            relation = self._relations.get(name)
            if relation is not None and not relation.is_partitioned and relation.pages < _SMALL_PAGES:
                small.append(name)
            else:
                self._analyze([name])
        remaining = iter(small)
        while several := list(islice(remaining, _AT_A_TIME)):
            self._analyze(several)

    def hold_back(self) -> None:
        """Have what builds indexes on a table wait until that table's own foreign keys are checked.

        A check lets nobody build on its table meanwhile, and builds can go on side by side afterwards. What a foreign
        key needs is not held back.
        """
        todo = list(self._wanted)
        while todo:
            for earlier in self.steps[todo.pop()].after:
                if earlier not in self._wanted:
                    self._wanted.add(earlier)
                    todo.append(earlier)
        for table, looking in self._looking.items():
            for step in self._building.get(table, ()):
                if step not in self._wanted:
                    self.steps[step].after.update(looking)

    def _index(self, found: Content, index: Index) -> None:
        pages = self._relations[index.table].pages
        title = f"creating {index.name.name} on {index.table}"
        cost = pages * (4 if any(words in found.statements[0].text for words in _DEAR) else 1)
        halves = None
        if not self._relations[index.table].is_partitioned and pages >= _LARGE_PAGES:
            halves = found.divided()
        first, *others = found.statements if halves is None else (*halves, *found.statements[1:])
        lock = Lock.CHANGE if index.is_constraint and halves is None else Lock.BUILD
        last = self._step(title, [first], {index.table: lock}, cost)
        self._building.setdefault(index.table, []).append(last)
        if index.has_expressions:
            self._analyzed.setdefault(index.table, []).append(last)
        if index.columns is not None:
            # A foreign key needs the index, not the constraint.
            self._keys.setdefault(index.table, []).append((index, last))
        if others:
            last = self._step(title, others, {index.table: Lock.CHANGE}, 0, after=[last])
        self._indexes[index.name] = (index, last)

    def _attach(self, found: Content, attached: Attached) -> None:
        parent, after_parent = self._indexes[attached.parent]
        child, after_child = self._indexes[attached.child]
        locks = dict.fromkeys((*self._above(parent.table), parent.table, child.table), Lock.CHANGE)
        # An index that has all of its parts is part of another one itself: bottom up, as the file has it.
        after = [after_parent, after_child, *self._attached.get(parent.table, ()), *self._attached.get(child.table, ())]
        step = self._step(f"attaching {child.name.name}", found.statements, locks, 0, after=after)
        self._attached[parent.table] = [step]

    def _key(self, found: Content, key: Key) -> None:
        child, parent = self._relations[key.child], self._relations[key.parent]
        title = f"checking {key.name} of {key.child}"
        cost = self._pages(key.child) + self._pages(key.parent) / 2 if key.is_checked else 0
        either = dict.fromkeys((*self._family(key.child), *self._family(key.parent)), Lock.REFER)
        halves = None
        if not child.is_partitioned and not parent.is_partitioned and child.pages >= _LARGE_PAGES:
            halves = found.divided()
        after = self._unique(key)
        self._wanted.update(after)
        if halves is None:
            step = self._step(title, found.statements, either, cost, after=after)
        else:
            added = self._step(title, halves[:1], either, 0, after=after)
            locks = {key.parent: Lock.READ, key.child: Lock.CHECK}
            step = self._step(title, [halves[1], *found.statements[1:]], locks, cost, after=[added])
            self._looking.setdefault(key.child, []).append(step)
        self._wanted.add(step)

    def _unique(self, key: Key) -> list[int]:
        """The steps that make the unique index which a foreign key needs, of all partitions where there are some."""
        family = self._family(key.parent)
        made = [
            (index, step)
            for name in family
            for index, step in self._keys.get(name, ())
            if len(family) > 1 or index.columns == key.parent_columns
        ]
        if not made:
            made = self._keys.get(key.parent, [])
        return [*(step for _, step in made), *(step for name in family for step in self._attached.get(name, ()))]

    def _something(self, found: Content) -> None:
        """What is quick, and comes after all that the file has before it about the same relations."""
        names = {member for name in found.relations() for member in self._family(name)}
        after = [step for name in names for step in self._touching.get(name, ())]
        step = self._step(_said(found), found.statements, dict.fromkeys(names, Lock.CHANGE), 0, after=after)
        if found.entry.kind == "STATISTICS":
            for name in names:
                self._analyzed.setdefault(name, []).append(step)

    def _alone(self, found: Content) -> None:
        """What may need anything before it, and be needed by anything after it."""
        names = {member for name in found.relations() for member in self._family(name)}
        before = range(self._since, len(self.steps))
        step = self._step(_said(found), found.statements, dict.fromkeys(names, Lock.CHANGE), 0, after=before)
        self._barrier, self._since = step, step + 1
        if found.entry.kind == "SETTING":
            # Each session runs it by itself.
            self.steps[step].statements, self.steps[step].title = (), ""

    def _analyze(self, names: Sequence[Name]) -> None:
        locks = dict.fromkeys((member for name in names for member in self._family(name)), Lock.CHECK)
        after = {step for name in locks for step in self._analyzed.get(name, ())}
        pages = [self._pages(name) for name in names]
        cost = sum(_ANALYZED_COST * min(each, _ANALYZED_ROWS_PAGES) + min(each, _ANALYZED_PAGES) / 20 for each in pages)
        title = f"collecting statistics of {', '.join(map(str, names))}"
        statement = Statement(f"ANALYZE {', '.join(name.sql for name in names)}", 0)
        # It needs no step but these: what everything else has to wait for is no matter to it.
        self.steps.append(Step(title, (statement,), locks, cost, after))

    def _step(
        self, title: str, statements: Iterable[Statement], locks: Locks, cost: float, *, after: Iterable[int] = ()
    ) -> int:
        number = len(self.steps)
        before = set(after) if self._barrier is None else {self._barrier, *after}
        self.steps.append(Step(title, tuple(statements), locks, cost, before, self._settings))
        for name in locks:
            self._touching.setdefault(name, []).append(number)
        return number

    def _pages(self, name: Name) -> int:
        return sum(self._relations[member].pages for member in self._family(name) if member in self._relations)

    def _family(self, name: Name) -> list[Name]:
        """The relation, and all that is part of it or inherits from it."""
        found = [name]
        for each in found:
            found.extend(child for child in self._children.get(each, ()) if child not in found)
        return found

    def _above(self, name: Name) -> list[Name]:
        relation = self._relations.get(name)
        return [] if relation is None else [above for p in relation.parents for above in (p, *self._above(p))]


def _is_on(comment: Entry, previous: Entry) -> bool:
    """pg_dump's names: `INDEX b` on `b`, `TRIGGER c ON b` on `b c`. Quotes are only around those of comments."""
    said = comment.name.replace('"', "")
    parts = previous.name.replace('"', "").split(" ")
    on = (f"{' '.join(parts[at:])} ON {' '.join(parts[:at])}" for at in range(1, len(parts)))
    return comment.schema == previous.schema and any(said.endswith(f" {name}") for name in (" ".join(parts), *on))


def _said(found: Content) -> str:
    return f"creating {found.entry.kind.lower()} {found.entry.name}"


def _rank(steps: Sequence[Step]) -> None:
    """Set each step's rank, and make sure that there is an order at all."""
    waiting = [0] * len(steps)
    for step in steps:
        for earlier in step.after:
            waiting[earlier] += 1
    ready = [number for number, count in enumerate(waiting) if not count]
    for number in ready:
        step = steps[number]
        step.rank += step.cost
        for earlier in step.after:
            steps[earlier].rank = max(steps[earlier].rank, step.rank)
            waiting[earlier] -= 1
            if not waiting[earlier]:
                ready.append(earlier)
    assert len(ready) == len(steps), "steps wait for each other"
