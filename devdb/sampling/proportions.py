"""A percentage of everything: which tables are sampled by themselves, and which follow a table that they refer to.

A share of each table by itself would not fit together: 5 % of the orders and 5 % of the items have a quarter of a per
cent of both in common, and the keys bring the rest of the orders in. So most tables have a main key, whose parent they
follow: of the rows of the parent that are chosen, all children. What follows a fair share is a fair share itself, when
the parent's rows are many and none of them owns much of the children.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devdb.catalog.model import ForeignKey, Name, Source, Table
from devdb.sampling.references import is_plain
from devdb.settings import Follow, Rule, Settings
from devdb.sqltext.quoting import ident

if TYPE_CHECKING:
    from devdb.sampling.choice import Choice

# Below this number of chosen parents, chance decides how many children there are.
_FEWEST_PARENTS = 100
# Above this number of children for each parent, few parents may own most of them.
_MOST_CHILDREN = 1000
# Rows by which a table must miss its share before it is told.
_WORTH_TELLING = 20
# The factor by which it must.
_FAR = 2
# Of a table that was never analyzed.
_ROW_BYTES = 100
# How far from a table an excess is still foreseen, in keys.
_ROUNDS = 5


@dataclass(frozen=True)
class Proportions:
    """`rules` are those of the tables of which no rule says anything, `main_keys` those whose children all follow.

    `tables` are those of which a percentage is to be expected.
    """

    rules: Mapping[Name, Rule]
    main_keys: frozenset[ForeignKey]
    tables: frozenset[Name]
    notes: tuple[str, ...]


def proportions(
    source: Source,
    settings: Settings,
    keys: Sequence[ForeignKey],
    said: Mapping[Name, Rule],
    books: Collection[Name],
) -> Proportions:
    """How to take `sampling.percent` of every table of which the settings say nothing.

    `said` are the rules as they are without, `books` the tables that are taken whole in any case.
    """
    percent = settings.sampling.percent
    assert percent is not None
    rows = {table.name: estimated_rows(source, table) for table in source.filled_tables}
    patterns = [pattern for pattern, _ in settings.sampling.patterns()]
    ruled = {name for name in rows if name in books or any(p.matches(name.schema, name.name) for p in patterns)}
    share = Rule.of({"percent": percent})
    # A rule that takes the same share of the whole table is as good as ours.
    fair = {name for name in rows if name not in ruled or said[name] == share}
    spoken = {key: follow for key in keys if (follow := _said(settings, key)) is not None}
    fed = {source.root(key.child).name for key, follow in spoken.items() if not follow.is_none}
    main: dict[Name, ForeignKey] = {}
    for key in sorted(keys, key=lambda key: _preference(source, key, rows)):
        child, parent = source.root(key.child).name, source.root(key.parent).name
        if key in spoken or not is_plain(key) or parent not in fair or child in ruled | fed | main.keys():
            continue
        if _is_steady(rows[parent], rows[child], percent) and child not in _ancestors(parent, main, source):
            main[child] = key
    rules = {}
    for name in rows.keys() - ruled:
        rules[name] = Rule.of("none") if name in fed else _rest(main[name], share) if name in main else share
    tables = frozenset(rules.keys() - fed)
    notes = tuple(_notes(source, keys, frozenset(main.values()), tables, rows, percent))
    return Proportions(rules, frozenset(main.values()), tables, notes)


def deviations(
    choice: Choice, percent: float, rows_taken: Mapping[Name, int], rows_in_source: Mapping[Name, int | None]
) -> list[str]:
    """Which tables ended far from the percentage, and the key that is the cause. Rows may be estimates."""
    found = []
    for name in sorted(choice.proportional):
        taken, there = rows_taken.get(name, 0), rows_in_source.get(name)
        if not there or not _is_far(taken, there, percent):
            continue
        cause = None
        if taken > there * percent / 100:
            into = [item for item in choice.references if item.key.parent.name == name and not item.is_cut]
            into.sort(key=lambda item: rows_taken.get(item.key.child.name, 0))
            if into:
                cause = f"{_columns(into[-1].key)} refers to these rows"
        else:
            over = [item for item in choice.references if item.key.child.name == name and item.follow is not None]
            if over:
                cause = f"the chosen rows of {over[0].key.parent.name} have few children by {_columns(over[0].key)}"
        shown = f"{name}: {taken} of {there} rows, {_percentage(taken, there)} instead of {percent:g} %"
        found.append(shown if cause is None else f"{shown}: {cause}")
    return found


def estimated_rows(source: Source, table: Table) -> int:
    """Rows as the planner knows them; for a table that was never analyzed, as its size tells roughly."""
    parts = [other for other in source.tables if other.partition_root == table.oid and other.kind != "p"]
    return sum(_rows(part) for part in parts or [table])


def _rows(table: Table) -> int:
    return table.bytes // _ROW_BYTES if table.row_estimate is None else table.row_estimate


def _said(settings: Settings, key: ForeignKey) -> Follow | None:
    """What the settings say of following this very key; `default` is for those that nothing is said of."""
    name = key.child.name
    for pattern, follow in reversed(settings.sampling.follow_patterns()):
        if pattern.matches(name.schema, name.name, key.child_columns, key.name):
            return follow
    return None


def _preference(source: Source, key: ForeignKey, rows: Mapping[Name, int]) -> tuple[bool, int, str]:
    """The key that every row has comes first, then the one to the most rows."""
    return bool(_nullable(key)), -rows[source.root(key.parent).name], str(key)


def _nullable(key: ForeignKey) -> tuple[str, ...]:
    return tuple(name for name in key.child_columns if not key.child.column[name].not_null)


def _is_steady(parents: int, children: int, percent: float) -> bool:
    """So many parents are chosen, and so evenly do they own the children, that the share carries over."""
    return parents * percent / 100 >= _FEWEST_PARENTS and children <= parents * _MOST_CHILDREN


def _ancestors(name: Name, main: Mapping[Name, ForeignKey], source: Source) -> Iterator[Name]:
    """The table itself, that which it follows, that which this one follows, and so on."""
    yield name
    while name in main:
        name = source.root(main[name].parent).name
        yield name


def _rest(key: ForeignKey, share: Rule) -> Rule:
    """The rule of a table that follows a key: the share of the rows that refer to nothing."""
    if not _nullable(key):
        return Rule.of("none")
    where = " OR ".join(f"{ident(name)} IS NULL" for name in _nullable(key))
    return Rule.of({"where": where, "percent": share.percent})


def _notes(
    source: Source,
    keys: Sequence[ForeignKey],
    main: Collection[ForeignKey],
    tables: Collection[Name],
    rows: Mapping[Name, int],
    percent: float,
) -> Iterator[str]:
    """Which tables keys will fill beyond their share, as far as numbers of rows alone can tell."""
    share = {name: rows[name] * percent / 100 for name in tables}
    taken: dict[Name, float] = dict(share)
    causes: dict[Name, ForeignKey] = {}
    ends = [(key, source.root(key.child).name, source.root(key.parent).name, key in main) for key in keys]
    for _ in range(_ROUNDS):
        for key, child, parent, is_main in ends:
            if parent not in taken or child == parent or not rows[parent]:
                continue
            # What follows a table brings nothing new into it.
            referring = taken.get(child, 0) - (share.get(child, 0) if is_main else 0)
            brought = rows[parent] * (1 - math.exp(-referring / rows[parent]))
            if brought > taken[parent]:
                taken[parent], causes[parent] = brought, key
    far = [name for name in sorted(causes) if _is_far(round(taken[name]), rows[name], percent)]
    if far:
        listed = [
            f"{name} (about {_percentage(taken[name], rows[name])}, for {_columns(causes[name])})" for name in far
        ]
        yield f"keys need more than {percent:g} % of {', '.join(listed)}"


def _is_far(taken: int, there: int, percent: float) -> bool:
    expected = there * percent / 100
    return not expected / _FAR <= taken <= expected * _FAR and abs(taken - expected) > _WORTH_TELLING


def _percentage(part: float, whole: float) -> str:
    share = 100 * part / whole
    return "all" if round(share) >= 100 else f"{share:.0f} %" if share >= 10 else f"{share:.2g} %"


def _columns(key: ForeignKey) -> str:
    return f"{key.child.name} ({', '.join(key.child_columns)})"
