"""Which keys must be followed, and in which order, so that no row points at nothing and the wanted children are there.

Tables whose rows are all taken need no completing. The others form groups. Most are tables on no cycle: such a table is
completed in one pass, once all tables that bring rows of it are; either the parents that rows refer to, or, where
nothing else brings rows of it, the children of rows. Tables that bring rows of each other are completed together, in
rounds, each of which looks only at what the round before brought.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from devdb.catalog.graph import components
from devdb.catalog.model import Column, ForeignKey, Name, Source, Table
from devdb.sampling import references
from devdb.sampling.choice import Reference
from devdb.sampling.fetching import Fetching
from devdb.sampling.groups import Group
from devdb.sampling.keys import Ask, Expansion, KeySet, declared, names
from devdb.sampling.levels import Levels
from devdb.sampling.scratch import Scratches
from devdb.sqltext.quoting import ident


def groups(
    source: Source,
    used: Iterable[Reference],
    *,
    whole: Iterable[Table],
    seeded: Callable[[Table], bool],
    foreign: Callable[[Name], Name],
    seed: int,
    fetching: Fetching | None = None,
) -> list[Group]:
    """The groups to complete, in an order in which everything that brings rows of a group comes before it.

    `used` are the keys as the sample uses them. `whole` are the tables that get all rows of the source, `seeded` tells
    those that may hold rows already. `fetching` is how rows are fetched from a source that no array can be sent to.
    """
    levels = Levels(source, tuple(used), whole=frozenset(table.oid for table in whole), seeded=seeded)
    scratches = Scratches()
    found: list[Group] = []
    for component in reversed(components(levels.edges)):
        members = frozenset(component)
        tables = tuple(source.by_oid[oid] for oid in sorted(component))
        entering = [reference for oid in sorted(component) for reference in levels.entering[oid]]
        single = levels.single.get(component[0]) if len(component) == 1 else None
        if single is not None:
            found.append(_children(source, single, tables, foreign, scratches, seed, levels))
        else:
            group = _completed(source, levels, tables, members, entering, foreign, scratches, seed)
            if group is not None:
                found.append(group)
        scratches.release()
    return found if fetching is None else [_distant(group, fetching) for group in found]


def _distant(group: Group, fetching: Fetching) -> Group:
    """The group, as it is completed from a source that no array of keys can be sent to."""
    return replace(
        group,
        key_sets=tuple(
            replace(one, is_distant=True, fetch=fetching.by(one.foreign, one.columns)) for one in group.key_sets
        ),
        expansions=tuple(
            replace(
                one,
                is_distant=True,
                fetch=fetching.by(one.foreign, [one.key.child.column[name] for name in one.key.child_columns])
                if references.is_plain(one.key)
                else None,
            )
            for one in group.expansions
        ),
    )


def _children(
    source: Source,
    reference: Reference,
    tables: tuple[Table, ...],
    foreign: Callable[[Name], Name],
    scratches: Scratches,
    seed: int,
    levels: Levels,
) -> Group:
    expansion = _expansion(source, reference, frozenset(), foreign, scratches, seed, in_rounds=False)
    expansion = replace(expansion, level=levels.level(expansion.parent) or 0)
    return Group(tables=tables, key_sets=(), expansions=(expansion,), kind="children")


def _completed(
    source: Source,
    levels: Levels,
    tables: tuple[Table, ...],
    members: frozenset[int],
    entering: Sequence[Reference],
    foreign: Callable[[Name], Name],
    scratches: Scratches,
    seed: int,
) -> Group | None:
    by_columns: dict[tuple[int, tuple[tuple[Column, str], ...]], list[ForeignKey]] = {}
    for key in itertools.chain.from_iterable(levels.followed[table.oid] for table in tables):
        by_columns.setdefault((key.parent.oid, _compared(key)), []).append(key)
    is_cyclic = bool(entering) or any(
        _ask(source, key, members).is_inner for keys in by_columns.values() for key in keys
    )
    key_sets = []
    for (_, columns), keys in by_columns.items():
        if not is_cyclic:
            # One set is done before the next begins.
            scratches.release()
        key_sets.append(
            KeySet(
                table=source.root(keys[0].parent),
                parent=keys[0].parent,
                columns=tuple(column for column, _ in columns),
                equals=tuple(equals for _, equals in columns),
                asks=tuple(_ask(source, key, members) for key in keys),
                foreign=foreign(keys[0].parent.name),
                asked=scratches.take(_asked_columns([column for column, _ in columns], in_rounds=is_cyclic)),
            )
        )
    if not key_sets and not entering:
        return None
    if not is_cyclic:
        return Group(tables=tables, key_sets=tuple(key_sets))
    expansions = tuple(
        _expansion(source, reference, members, foreign, scratches, seed, in_rounds=True) for reference in entering
    )
    group = Group(tables=tables, key_sets=tuple(key_sets), expansions=expansions, kind="rounds")
    entered = [table for table in tables if table.oid in group.entered]
    return replace(
        group,
        added={table.oid: scratches.take(group.added_columns(table)) for table in tables},
        known={table.oid: scratches.take(group.known_columns(table)) for table in entered},
        stage={table.oid: scratches.take(stage_columns(table)) for table in tables},
    )


def stage_columns(table: Table) -> str:
    """The columns of a table in which rows of `table` arrive, as CREATE TABLE declares them."""
    columns = (table.column[name] for name in table.loaded_columns)
    return ", ".join(declared(ident(column.name), column.type, column) for column in columns)


def _expansion(
    source: Source,
    reference: Reference,
    members: frozenset[int],
    foreign: Callable[[Name], Name],
    scratches: Scratches,
    seed: int,
    *,
    in_rounds: bool,
) -> Expansion:
    key = reference.key
    assert reference.follow is not None
    parent = source.root(key.parent)
    columns = tuple(
        replace(key.parent.column[name], base_type=compared_type)
        for name, compared_type in zip(key.parent_columns, key.compared_types, strict=True)
    )
    return Expansion(
        key=key,
        follow=reference.follow,
        parent=parent,
        child=source.root(key.child),
        columns=columns,
        foreign=foreign(key.child.name),
        order_by=references.ordering(key.child, reference.follow.order_by, seed=seed, alias="f"),
        asked=scratches.take(_asked_columns(columns, in_rounds=False)),
        is_inner=in_rounds and parent.oid in members,
    )


def _asked_columns(columns: Sequence[Column], *, in_rounds: bool) -> str:
    """What CREATE TABLE says of a table of keys: types that a wrapper can send, and collations."""
    called = names(columns)
    said = [declared(name, column.base_type, column) for name, column in zip(called, columns, strict=True)]
    said += ["round integer", "chunk bigint", f"PRIMARY KEY ({', '.join(called)})"] if in_rounds else ["chunk bigint"]
    return ", ".join(said)


def _compared(key: ForeignKey) -> tuple[tuple[Column, str], ...]:
    """The parent's columns, as what they are compared, and the operators, in one order: keys that list them differently
    share a set.

    That of the primary key where it is meant: asking in its order finds neighbours in its index.
    """
    names = [*key.parent.primary_key, *(column.name for column in key.parent.columns)]
    order = {name: position for position, name in reversed(list(enumerate(names)))}
    columns: Iterator[tuple[Column, str]] = (
        (replace(key.parent.column[name], base_type=compared_type), equals)
        for name, compared_type, equals in zip(key.parent_columns, key.compared_types, key.parent_equals, strict=True)
    )
    return tuple(sorted(columns, key=lambda column: order[column[0].name]))


def _ask(source: Source, key: ForeignKey, members: frozenset[int]) -> Ask:
    root = source.root(key.child)
    partition = None if root == key.child else key.child
    return Ask(key=key, child=root, partition=partition, is_inner=root.oid in members)
