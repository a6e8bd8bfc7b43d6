"""Which keys must be followed, and in which order, so that no row points at nothing.

Tables whose rows are all taken need no following. The others form groups: a table on no cycle is a group of its own
and is completed in one pass, once all tables that refer to it are; tables on a cycle are completed together, in rounds,
each of which follows only what the round before brought.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from devdb.catalog.graph import components
from devdb.catalog.model import Column, ForeignKey, Name, Source, Table
from devdb.sampling.hashing import key_hash
from devdb.sampling.scratch import Scratch, Scratches
from devdb.sqltext.quoting import ident

# Keys sent to the source in one statement. Larger sends cost memory on both servers and gain no time. For composite
# keys the source looks at a superset, every combination of the columns' values; sorted small chunks keep it near the
# set, and a hash of the whole key keeps most of the rest from being sent.
SINGLE_CHUNK = 100_000
COMPOSITE_CHUNK = 5_000


@dataclass(frozen=True)
class Ask:
    """One foreign key as it is followed, from `child`, the table that is filled.

    `partition` is the child when it is itself a partition: rows of its root that lie elsewhere do not have this key.
    `is_inner` says that child and parent are completed together.
    """

    key: ForeignKey
    child: Table
    partition: Table | None
    is_inner: bool

    def values(self, key_set: KeySet, alias: str, group: Group | None = None) -> str:
        """SQL: this key's values in the order of `key_set`, as its types.

        Columns are the child's, seen as `alias`, or what the table of added rows of `group` calls them.
        """
        child_of = dict(zip(self.key.parent_columns, self.key.child_columns, strict=True))
        names = tuple(child_of[name] for name in key_set.column_names)
        if group is not None:
            names = group.aliases(self.child, names)
        return ", ".join(
            self.key.value(column.name, f"{alias}.{ident(name)}")
            for name, column in zip(names, key_set.columns, strict=True)
        )


@dataclass(frozen=True)
class KeySet:
    """Columns by which rows of `table` are referred to, and the foreign keys that do.

    `asked` is the temporary table of keys that were asked for. `parent` is `table` or, when a key refers to a partition
    itself, that partition. `equals` are the operators that compare two values of each column, and the columns'
    `base_type` what they take: an array of another type would have to be converted, and is not sent. `chunk` is in keys
    a statement.
    """

    table: Table
    parent: Table
    columns: tuple[Column, ...]
    equals: tuple[str, ...]
    asks: tuple[Ask, ...]
    foreign: Name
    asked: Scratch

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """What `asked` calls the columns."""
        return _names(self.columns)

    def hash(self, alias: str, names: tuple[str, ...]) -> str | None:
        """SQL: a hash of a key whose columns `alias` has under `names`; None when there is none that helps."""
        return key_hash(self.columns, [f"{alias}.{ident(name)}" for name in names])

    @property
    def sent(self) -> tuple[tuple[str, str, str], ...]:
        """What a wrapper can send of the comparison: column, operator, and SQL of the value in `asked` AS a.

        It sends values of the default collation alone; the column's own decides all the same.
        """
        return tuple(
            (column.name, equals, f"a.{name}" + (' COLLATE pg_catalog."default"' if column.collation else ""))
            for column, equals, name in zip(self.columns, self.equals, self.names, strict=True)
            if column.is_sendable
        )

    @property
    def is_exact(self) -> bool:
        """What is sent names the asked rows and no others."""
        return len(self.columns) == len(self.sent) == 1

    def compared(self, table: str, asked: str) -> str:
        """SQL: the condition under which the key `asked` is that of the row `table`."""
        return " AND ".join(
            f"{table}.{ident(column.name)} {equals} {asked}.{name}"
            for column, equals, name in zip(self.columns, self.equals, self.names, strict=True)
        )

    @property
    def chunk(self) -> int:
        if not self.sent:
            # Nothing of it is sent, so each statement reads the whole table: one has to do.
            return 2**31 - 1
        return SINGLE_CHUNK if len(self.columns) == 1 else COMPOSITE_CHUNK


@dataclass(frozen=True)
class Group:
    """Tables that are completed together.

    `is_cyclic` when rows of theirs can ask for more rows of theirs; `added` then maps the OID of each table to the
    temporary table of its rows by the round that brought them.
    """

    tables: tuple[Table, ...]
    key_sets: tuple[KeySet, ...]
    is_cyclic: bool
    added: Mapping[int, Scratch] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"completing {', '.join(str(table.name) for table in self.tables)}"

    def total(self, table: Table) -> str:
        """The variable that counts rows of `table` that were fetched."""
        return f"total_{table.oid}"

    def came(self, table: Table) -> str:
        """The variable that counts those that the last round brought."""
        return f"came_{table.oid}"

    def coming(self, table: Table) -> str:
        """The variable that counts those that this round brings."""
        return f"coming_{table.oid}"

    def remembered(self, table: Table) -> tuple[str, ...]:
        """The columns of `table` that later rounds look at: its keys, and its references within the group."""
        return tuple(self._aliases[table.oid])

    def aliases(self, table: Table, columns: Iterable[str]) -> tuple[str, ...]:
        """What `added` calls columns of `table`: the table's own names could be those of ours."""
        return tuple(self._aliases[table.oid][column] for column in columns)

    def added_columns(self, table: Table) -> str:
        """The columns of `added` as CREATE TABLE declares them."""
        columns = ["round integer"]
        if table.oid in self.leaves:
            columns.append("leaf oid")
        for name, alias in self._aliases[table.oid].items():
            columns.append(_declared(alias, table.column[name].type, table.column[name]))
        return ", ".join(columns)

    @cached_property
    def _aliases(self) -> Mapping[int, Mapping[str, str]]:
        found: dict[int, dict[str, str]] = {table.oid: {} for table in self.tables}
        for key_set in self.key_sets:
            for table, names in [
                (key_set.table, key_set.column_names),
                *((ask.child, ask.key.child_columns) for ask in key_set.asks if ask.is_inner),
            ]:
                for name in names:
                    found[table.oid].setdefault(name, f"c{len(found[table.oid]) + 1}")
        return found

    @cached_property
    def leaves(self) -> frozenset[int]:
        """Tables of which a round must know the partition that each row lies in, by OID."""
        return frozenset(
            ask.child.oid for key_set in self.key_sets for ask in key_set.asks if ask.is_inner and ask.partition
        ) | frozenset(key_set.table.oid for key_set in self.key_sets if key_set.parent != key_set.table)


def groups(source: Source, whole: Iterable[Table], foreign: Callable[[Name], Name]) -> list[Group]:
    """The groups to complete, in an order in which everything that refers to a group comes before it.

    `whole` are the tables that get all rows of the source.
    """
    complete = {table.oid for table in whole}
    followed: dict[int, list[ForeignKey]] = {table.oid: [] for table in source.filled_tables}
    edges: dict[int, list[int]] = {table.oid: [] for table in source.filled_tables}
    for key in source.foreign_keys:
        parent = source.root(key.parent).oid
        if parent not in complete and key.child.kind != "f" and key.parent.kind != "f":
            followed[parent].append(key)
            edges[source.root(key.child).oid].append(parent)
    scratches = Scratches()
    found = []
    for component in reversed(components(edges)):
        members = frozenset(component)
        tables = tuple(source.by_oid[oid] for oid in sorted(component))
        by_columns: dict[tuple[int, tuple[tuple[Column, str], ...]], list[ForeignKey]] = {}
        for key in itertools.chain.from_iterable(followed[table.oid] for table in tables):
            by_columns.setdefault((key.parent.oid, _compared(key)), []).append(key)
        is_cyclic = any(_ask(source, key, members).is_inner for keys in by_columns.values() for key in keys)
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
        if key_sets:
            group = Group(tables=tables, key_sets=tuple(key_sets), is_cyclic=is_cyclic)
            if is_cyclic:
                added = {table.oid: scratches.take(group.added_columns(table)) for table in tables}
                group = replace(group, added=added)
            found.append(group)
        scratches.release()
    return found


def _asked_columns(columns: Sequence[Column], *, in_rounds: bool) -> str:
    """What CREATE TABLE says of a table of keys: types that a wrapper can send, and collations."""
    names = _names(columns)
    declared = [_declared(name, column.base_type, column) for name, column in zip(names, columns, strict=True)]
    declared += (
        ["round integer", "chunk bigint", f"PRIMARY KEY ({', '.join(names)})"] if in_rounds else ["chunk bigint"]
    )
    return ", ".join(declared)


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(f"k{position}" for position in range(1, len(columns) + 1))


def _declared(name: str, type_: str, column: Column) -> str:
    return f"{name} {type_}" + (f" COLLATE {column.collation}" if column.collation else "")


def _compared(key: ForeignKey) -> tuple[tuple[Column, str], ...]:
    """The parent's columns, as what they are compared, and the operators, in one order: keys that list them differently
    share a set.

    That of the primary key where it is meant: asking in its order finds neighbours in its index.
    """
    names = [*key.parent.primary_key, *(column.name for column in key.parent.columns)]
    order = {name: position for position, name in reversed(list(enumerate(names)))}
    columns = (
        (replace(key.parent.column[name], base_type=compared_type), equals)
        for name, compared_type, equals in zip(key.parent_columns, key.compared_types, key.parent_equals, strict=True)
    )
    return tuple(sorted(columns, key=lambda column: order[column[0].name]))


def _ask(source: Source, key: ForeignKey, members: frozenset[int]) -> Ask:
    root = source.root(key.child)
    partition = None if root == key.child else key.child
    return Ask(key=key, child=root, partition=partition, is_inner=root.oid in members)
