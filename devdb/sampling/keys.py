"""Keys as they are followed: upward to the rows that they name, downward to the children of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Column, ForeignKey, Name, Table
from devdb.sampling import references
from devdb.sampling.fetching import Fetch, all_rows
from devdb.sampling.hashing import is_hashed, key_hash
from devdb.sampling.scratch import Scratch
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
    a statement. If no array can be sent to the source it `is_distant`, and `fetch` gets rows by key; None: all rows.
    """

    table: Table
    parent: Table
    columns: tuple[Column, ...]
    equals: tuple[str, ...]
    asks: tuple[Ask, ...]
    foreign: Name
    asked: Scratch
    is_distant: bool = False
    fetch: Fetch | None = None

    def rows(self, chosen: str) -> str:
        """SQL, in FROM: rows of the foreign table, among them those whose keys in `asked` AS a are `chosen`."""
        values = dict(zip(self.column_names, self.names, strict=True))
        return _rows(self.foreign, self.fetch, self.asked, values, chosen, is_distant=self.is_distant)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """What `asked` calls the columns."""
        return names(self.columns)

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
        return len(self.columns) == len(self.sent) == 1 and not self.is_distant

    def compared(self, table: str, asked: str) -> str:
        """SQL: the condition under which the key `asked` is that of the row `table`."""
        return " AND ".join(
            f"{table}.{ident(column.name)} {equals} {asked}.{name}"
            for column, equals, name in zip(self.columns, self.equals, self.names, strict=True)
        )

    @property
    def chunk(self) -> int:
        if not self.sent or (self.is_distant and self.fetch is None):
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
    """One key over which children are taken: rows of `child` that refer to rows of `parent`, both filled.

    `columns` are those of the parent's key, as what they are compared, in the key's order. `foreign` is the foreign
    table of the key's child. `asked` is the temporary table of the parents' keys. `order_by` is complete: it leaves no
    choice. `is_inner` says that both are completed together; `level` is how many steps from a row that a rule chose the
    parent's rows are away, where that is the same for all of them. `is_distant` and `fetch` are as a KeySet's.
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
    is_distant: bool = False
    fetch: Fetch | None = None

    def rows(self, chosen: str) -> str:
        """As `KeySet.rows`, of the child's foreign table."""
        of = dict(zip(self.key.parent_columns, self.names, strict=True))
        values = dict(zip(self.key.child_columns, of.values(), strict=True)) if references.is_plain(self.key) else {}
        return _rows(self.foreign, self.fetch, self.asked, values, chosen, is_distant=self.is_distant)

    @property
    def references(self) -> str:
        """SQL: what the child's row f says of its parent, as a list."""
        return ", ".join(references.bare_value(self.key, column.name, "f") for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """What `asked` calls the columns."""
        return names(self.columns)

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
        return len(self.columns) == len(self.sent) == 1 and not self.is_distant

    @property
    def chunk(self) -> int:
        if self.is_distant and self.fetch is None:
            return _ALL_AT_ONCE
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


def _rows(
    foreign: Name, fetch: Fetch | None, asked: Scratch, values: Mapping[str, str], chosen: str, *, is_distant: bool
) -> str:
    if not is_distant:
        return foreign.sql
    if fetch is None:
        return all_rows(foreign)
    of_column = {name: f"a.{value}" for name, value in values.items()}
    return fetch.rows(of_column, f"FROM pg_temp.{ident(asked.name)} AS a WHERE {chosen}")


def names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(f"k{position}" for position in range(1, len(columns) + 1))


def declared(name: str, type_: str, column: Column) -> str:
    return f"{name} {type_}" + (f" COLLATE {column.collation}" if column.collation else "")
