"""Which keys must be followed, and in which order, so that no row points at nothing and the wanted children are there.

Tables whose rows are all taken need no completing. The others form groups. Most are tables on no cycle: such a table is
completed in one pass, once all tables that bring rows of it are; either the parents that rows refer to, or, where
nothing else brings rows of it, the children of rows. Tables that bring rows of each other are completed together, in
rounds, each of which looks only at what the round before brought.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from devdb.catalog.graph import components
from devdb.catalog.model import Column, ForeignKey, Name, Source, Table
from devdb.sampling import references
from devdb.sampling.choice import Reference
from devdb.sampling.hashing import is_hashed, key_hash
from devdb.sampling.levels import Levels
from devdb.sampling.scratch import Scratch, Scratches
from devdb.settings.follow import Follow
from devdb.sqltext.quoting import ident

# Keys sent to the source in one statement. Larger sends cost memory on both servers and gain no time. For composite
# keys the source looks at a superset, every combination of the columns' values; sorted small chunks keep it near the
# set, and a hash of the whole key keeps most of the rest from being sent.
SINGLE_CHUNK = 100_000
COMPOSITE_CHUNK = 5_000
_ALL_AT_ONCE = 2**31 - 1

# Rows fetched at once of children that there is a maximum for. Fewer would be many journeys where the source cannot put
# them in order; more would be read in vain.
_FEWEST, _MOST = 100, 1_000


@dataclass(frozen=True)
class Ask:
    """One foreign key as it is followed upward, from `child`, the table that is filled.

    `partition` is the child when it is itself a partition: rows of its root that lie elsewhere do not have this key.
    `is_inner` says that child and parent are completed together.
    """

    key: ForeignKey
    child: Table
    partition: Table | None
    is_inner: bool

    @property
    def lateral(self) -> str:
        return references.lateral(self.key)

    @property
    def present(self) -> str:
        return references.present(self.key, "c")

    def values(self, key_set: KeySet) -> str:
        """SQL: the values of the key of the child's row c, in the order of `key_set`, as its types."""
        return ", ".join(references.value(self.key, column.name, "c") for column in key_set.columns)


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
            return _ALL_AT_ONCE
        return SINGLE_CHUNK if len(self.columns) == 1 else COMPOSITE_CHUNK

    @property
    def own_references(self) -> tuple[ForeignKey, ...]:
        """Declared keys by which rows of the table refer to rows of the same table, by these columns.

        None where the columns are of types that a recursive query cannot tell apart: it hashes them.
        """
        if not all(map(is_hashed, self.columns)):
            return ()
        return tuple(
            ask.key
            for ask in self.asks
            if ask.is_inner
            and references.is_plain(ask.key)
            and ask.key.child == ask.key.parent == self.table
            and not self.table.has_children
        )

    def own_values(self, alias: str) -> Iterator[str]:
        """SQL: the values of each of `own_references` of the row `alias`, in the order of the columns."""
        for key in self.own_references:
            yield ", ".join(references.value(key, column.name, alias) for column in self.columns)


@dataclass(frozen=True)
class Expansion:
    """One key over which children are taken: rows of `child` that refer to rows of `parent`, the tables that are filled.

    `columns` are those of the parent's key, as what they are compared, in the key's order. `foreign` is the foreign
    table of the key's child. `asked` is the temporary table of the parents' keys. `order_by` is complete: it leaves no
    choice. `is_inner` says that both are completed together; `level` is how many steps from a row that a rule chose the
    parent's rows are away, where that is the same for all of them.
    """

    key: ForeignKey
    follow: Follow
    parent: Table
    child: Table
    columns: tuple[Column, ...]
    foreign: Name
    order_by: str
    asked: Scratch
    is_inner: bool
    level: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """What `asked` calls the columns."""
        return _names(self.columns)

    @property
    def partition(self) -> Table | None:
        """The parent, when the key refers to a partition itself."""
        return None if self.key.parent == self.parent else self.key.parent

    @property
    def lateral(self) -> str:
        return references.lateral(self.key)

    def compared(self, asked: str) -> str:
        """SQL: the condition under which the child's row f refers to the key `asked`."""
        return " AND ".join(
            f"{references.bare_value(self.key, column.name, 'f')} {equals} {asked}.{name}"
            for column, equals, name in zip(self.columns, self.key.equals, self.names, strict=True)
        )

    @property
    def overlapping(self) -> str | None:
        """The child's column of arrays whose elements refer, where it can be compared with an array of parents' keys.

        An index on it finds the rows that hold one of them; which elements count is looked at then.
        """
        if not self.key.each or self.key.values is not None:
            return None
        (name,) = self.key.child_columns
        is_same = self.key.child.column[name].base_type == f"{self.columns[0].base_type}[]"
        return f"f.{ident(name)}" if is_same else None

    def parent_values(self, alias: str, names: Sequence[str] | None = None) -> str:
        """SQL: the key of the parent's row `alias`, as what is compared; `names` is what it calls the columns there."""
        return ", ".join(
            f"{alias}.{ident(name)}::{column.base_type}"
            for name, column in zip(names or self.key.parent_columns, self.columns, strict=True)
        )

    @property
    def sent(self) -> tuple[tuple[str, str, str], ...]:
        """As `KeySet.sent`, of the child's values."""
        if self.key.each:
            return ()
        found = []
        for column, equals, name, is_sendable in zip(
            self.columns, self.key.equals, self.names, self._are_sendable, strict=True
        ):
            if is_sendable and column.is_sendable:
                value = f"a.{name}" + (' COLLATE pg_catalog."default"' if column.collation else "")
                found.append((references.bare_value(self.key, column.name, "f"), equals, value))
        return tuple(found)

    @property
    def is_exact(self) -> bool:
        return len(self.columns) == len(self.sent) == 1

    @property
    def chunk(self) -> int:
        if self.key.each:
            # A row may be the child of several parents: without a key of its own, who could tell that it came before?
            return _ALL_AT_ONCE
        if self.follow.max is not None:
            # Each parent's children are asked for by themselves.
            return SINGLE_CHUNK
        if not self.sent:
            return _ALL_AT_ONCE
        return SINGLE_CHUNK if len(self.columns) == 1 else COMPOSITE_CHUNK

    @property
    def fetch_size(self) -> int:
        """Rows that a wrapper gets at once, where there is a maximum: hardly more than are wanted of a parent."""
        return min(max(self.follow.max or 0, _FEWEST), _MOST)

    @property
    def where(self) -> str | None:
        return None if self.follow.where is None else f"(\n{self.follow.where}\n)"

    @property
    def _are_sendable(self) -> tuple[bool, ...]:
        if not references.is_plain(self.key):
            return tuple(True for _ in self.columns)
        return tuple(self.key.child.column[name].is_sendable for name in self.key.child_columns)


@dataclass(frozen=True)
class Identity:
    """What tells the rows of a table apart: its primary key or, without one, its text and a number among equals."""

    table: Table

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """Name and SQL, over the row t, of each value."""
        if self.table.primary_key:
            return tuple((f"i{n}", f"t.{ident(name)}") for n, name in enumerate(self.table.primary_key, 1))
        columns = ", ".join(f"t.{ident(name)}" for name in self.table.loaded_columns)
        return (("i1", f"pg_catalog.md5(ROW({columns})::text)"),)

    @property
    def is_numbered(self) -> bool:
        """Equal rows must be counted."""
        return not self.table.primary_key

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.values) + (("number",) if self.is_numbered else ())

    @property
    def numbering(self) -> str:
        """SQL: the row's number among its equals."""
        return f"pg_catalog.row_number() OVER (PARTITION BY {', '.join(sql for _, sql in self.values)})"

    @property
    def declared(self) -> tuple[str, ...]:
        if not self.table.primary_key:
            return ("i1 text", "number bigint")
        return tuple(
            _declared(f"i{n}", self.table.column[name].type, self.table.column[name])
            for n, name in enumerate(self.table.primary_key, 1)
        )

    def matched(self, left: str, right: str) -> str:
        """SQL: the condition under which two records of identities are the same."""
        return " AND ".join(f"{left}.{name} = {right}.{name}" for name in self.names)


@dataclass(frozen=True)
class Group:
    """Tables that are completed together.

    `kind` is "parents" (one table, after all that refer to it), "children" (one table, after the one whose children its
    rows are) or "rounds". In rounds, `added` maps the OID of each table to the temporary table of its rows by the round
    that brought them, `stage` to that of its rows that arrive and, for the tables that children are put into, `known` to
    that of the rows that are there.
    """

    tables: tuple[Table, ...]
    key_sets: tuple[KeySet, ...]
    expansions: tuple[Expansion, ...] = ()
    kind: Literal["parents", "children", "rounds"] = "parents"
    added: Mapping[int, Scratch] = field(default_factory=dict)
    known: Mapping[int, Scratch] = field(default_factory=dict)
    stage: Mapping[int, Scratch] = field(default_factory=dict)

    @property
    def is_cyclic(self) -> bool:
        return self.kind == "rounds"

    @property
    def title(self) -> str:
        return f"completing {', '.join(str(table.name) for table in self.tables)}"

    @property
    def reads(self) -> frozenset[int]:
        """The filled tables that must be there before this group is completed, by OID."""
        return frozenset(
            [ask.child.oid for key_set in self.key_sets for ask in key_set.asks]
            + [expansion.parent.oid for expansion in self.expansions]
            + [table.oid for table in self.tables]
        )

    @property
    def max_level(self) -> int | None:
        """The number of times that children are looked for at most; None: until there are none."""
        depths = [expansion.follow.depth for expansion in self.expansions]
        bounded = [depth for depth in depths if depth is not None]
        return None if len(bounded) < len(depths) else max(bounded, default=0)

    def identity(self, table: Table) -> Identity:
        return Identity(table)

    def total(self, table: Table) -> str:
        """The variable that counts rows of `table` that were fetched because a key refers to them."""
        return f"total_{table.oid}"

    def children(self, table: Table) -> str:
        """The variable that counts rows of `table` that were fetched as children."""
        return f"children_{table.oid}"

    def came(self, table: Table) -> str:
        """The variable that counts those that the last round brought."""
        return f"came_{table.oid}"

    def coming(self, table: Table) -> str:
        """The variable that counts those that this round brings."""
        return f"coming_{table.oid}"

    def remembered(self, table: Table) -> tuple[tuple[str, str], ...]:
        """What later rounds look at of a row t of `table`: alias and SQL of each value, its keys and its references."""
        values = [(alias, f"t.{ident(name)}") for name, alias in self._aliases[table.oid].items()]
        return tuple(values + (list(self.identity(table).values) if table.oid in self.known else []))

    def alias(self, table: Table, column: str) -> str:
        """What `added` calls a column of `table`: the table's own names could be those of ours."""
        return self._aliases[table.oid][column]

    def aliases(self, table: Table, columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.alias(table, column) for column in columns)

    def renamed(self, table: Table, columns: Iterable[str]) -> str:
        """SQL: columns of `added`, seen as a, under the table's own names."""
        return ", ".join(f"a.{self.alias(table, name)} AS {ident(name)}" for name in dict.fromkeys(columns))

    def added_columns(self, table: Table) -> str:
        """The columns of `added` as CREATE TABLE declares them."""
        columns = ["round integer"]
        if self.expansions:
            columns += ["is_chosen boolean", "is_new boolean"]
        if table.oid in self.leaves:
            columns.append("leaf oid")
        for name, alias in self._aliases[table.oid].items():
            columns.append(_declared(alias, table.column[name].type, table.column[name]))
        if table.oid in self.entered:
            columns += [text for text in self.identity(table).declared if not text.startswith("number ")]
        return ", ".join(columns)

    def known_columns(self, table: Table) -> str:
        """The columns of `known` as CREATE TABLE declares them."""
        identity = self.identity(table)
        return ", ".join([*identity.declared, "is_chosen boolean", f"PRIMARY KEY ({', '.join(identity.names)})"])

    @cached_property
    def entered(self) -> frozenset[int]:
        """Tables into which children are put, by OID."""
        return frozenset(expansion.child.oid for expansion in self.expansions)

    @cached_property
    def _aliases(self) -> Mapping[int, Mapping[str, str]]:
        found: dict[int, dict[str, str]] = {table.oid: {} for table in self.tables}
        for table, names in itertools.chain(
            ((key_set.table, key_set.column_names) for key_set in self.key_sets),
            ((ask.child, ask.key.read_columns) for key_set in self.key_sets for ask in key_set.asks if ask.is_inner),
            ((item.parent, item.key.parent_columns) for item in self.expansions if item.is_inner),
        ):
            for name in names:
                found[table.oid].setdefault(name, f"c{len(found[table.oid]) + 1}")
        return found

    @cached_property
    def leaves(self) -> frozenset[int]:
        """Tables of which a round must know the partition that each row lies in, by OID."""
        return (
            frozenset(
                ask.child.oid for key_set in self.key_sets for ask in key_set.asks if ask.is_inner and ask.partition
            )
            | frozenset(key_set.table.oid for key_set in self.key_sets if key_set.parent != key_set.table)
            | frozenset(item.parent.oid for item in self.expansions if item.is_inner and item.partition)
        )


def groups(
    source: Source,
    used: Iterable[Reference],
    *,
    whole: Iterable[Table],
    seeded: Callable[[Table], bool],
    foreign: Callable[[Name], Name],
    seed: int,
) -> list[Group]:
    """The groups to complete, in an order in which everything that brings rows of a group comes before it.

    `used` are the keys as the sample uses them. `whole` are the tables that get all rows of the source, `seeded` tells
    those that may hold rows already.
    """
    levels = Levels(source, tuple(used), whole=frozenset(table.oid for table in whole), seeded=seeded)
    scratches = Scratches()
    found = []
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
    return found


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
    return ", ".join(_declared(ident(column.name), column.type, column) for column in columns)


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
    columns: Iterator[tuple[Column, str]] = (
        (replace(key.parent.column[name], base_type=compared_type), equals)
        for name, compared_type, equals in zip(key.parent_columns, key.compared_types, key.parent_equals, strict=True)
    )
    return tuple(sorted(columns, key=lambda column: order[column[0].name]))


def _ask(source: Source, key: ForeignKey, members: frozenset[int]) -> Ask:
    root = source.root(key.child)
    partition = None if root == key.child else key.child
    return Ask(key=key, child=root, partition=partition, is_inner=root.oid in members)
