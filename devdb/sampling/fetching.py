"""How rows are fetched from a source to which no array of keys can be sent: by functions, some hundred keys at a time.

Such a function belongs to the session that loads. What asks for rows by key calls it in FROM, in place of the foreign
table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from devdb.catalog.model import Column, Name, Table
from devdb.sqltext.quoting import ident, literal
from devdb.wrappers.wrapper import Wrapper

_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_TEXTS = frozenset({"text", "character varying", "character", "bpchar"})
# Keys of several columns: the source looks at every combination of their values.
_COMPOSITE_KEYS = 200
# A prime, and what the numbers of rows are multiplied by: neighbours come to lie far from each other.
_PRIME, _FACTOR = 1_000_003, 48_271


class Queries(Protocol):
    """Queries in the source's own SQL, for a wrapper that takes them, and heeds no condition of ours.

    `of` are those of the foreign tables, each SELECT … FROM … and no more; `columns` the source's names of the columns.
    """

    @property
    def of(self) -> Mapping[Name, str]: ...

    @property
    def columns(self) -> Mapping[Name, Mapping[str, str]]: ...

    def constant(self, type_: str, value: str) -> str | None:
        """PostgreSQL's SQL of a text, a constant of the source's for a value; None for types that cannot be written."""

    def condition(self, column: str, constants: str) -> str:
        """PostgreSQL's SQL of a text, a condition: the column is one of a list, which is SQL of a text as well."""

    def spread(self, foreign: Name, column: str, *, prime: int, factor: int, seed: int) -> str:
        """The source's SQL of what `spread` computes over the column."""

    def ordered(
        self, foreign: Name, column: str, *, is_descending: bool = False, nulls_first: bool | None = None
    ) -> list[str]:
        """The source's SQL of what to order by for an order of a column; `nulls_first` is None where there are none."""

    def choosing(
        self, foreign: Name, *, where: str | None = None, order_by: Sequence[str] = (), limit: int | None = None
    ) -> str:
        """The query of the foreign table, with these parts of the source's SQL."""


@dataclass(frozen=True)
class Fetch:
    """A function of the loading session: rows of the foreign table whose `columns` hold one of the given keys.

    It takes an array of values for each column, and returns each row once that holds one of the combinations.
    """

    number: int
    foreign: Name
    columns: tuple[Column, ...]
    max_keys: int
    quotes_lists: bool
    queries: Queries | None = None

    @property
    def query(self) -> str | None:
        """The query of the foreign table, where its rows are chosen by changing that."""
        return None if self.queries is None else self.queries.of[self.foreign]

    @property
    def conditions(self) -> str:
        """SQL of a text: WHERE of a query for the keys that are listed."""
        assert self.queries is not None
        called = self.queries.columns[self.foreign]
        found = []
        for column, array, type_ in self.arrays:
            constants = f"pg_catalog.string_agg(DISTINCT {self.queries.constant(type_, 'u.v')}, ', ')"
            listed = f"COALESCE((SELECT {constants} FROM pg_catalog.unnest(devdb.list_{array}) AS u (v)), 'NULL')"
            found.append(self.queries.condition(called[column], listed))
        return "' WHERE ' || " + " || ' AND ' || ".join(found)

    @property
    def name(self) -> str:
        return f"devdb_fetch_{self.number}"

    @property
    def arrays(self) -> tuple[tuple[str, str, str], ...]:
        """Of each column: its name, what the function calls the array of its values, and their type."""
        return tuple((column.name, f"k{n}", column.base_type) for n, column in enumerate(self.columns, 1))

    @property
    def texts(self) -> tuple[str, ...]:
        """Arrays of texts that must not be sent in a list, but for plain ones: the wrapper would not quote them."""
        if self.quotes_lists:
            return ()
        return tuple(name for _, name, type_ in self.arrays if type_ in _TEXTS)

    @property
    def is_exact(self) -> bool:
        """The source finds by the list what is meant, and nothing else."""
        return len(self.columns) == 1 and self.columns[0].base_type in _NUMBERS and self.queries is None

    def rows(self, values: Mapping[str, str], chosen: str) -> str:
        """SQL of the call, in FROM. `values` is SQL of each column's value over what `chosen`, FROM and more, finds."""
        order = ", ".join(values[column.name] for column in self.columns)
        arrays = [f"ARRAY(SELECT {values[column.name]} {chosen} ORDER BY {order})" for column in self.columns]
        return f"pg_temp.{self.name}({', '.join(arrays)})"


@dataclass
class Fetching:
    """The functions that a load needs, made known as they are asked for."""

    wrapper: Wrapper
    queries: Queries | None = None
    fetches: dict[tuple[Name, tuple[str, ...]], Fetch] = field(default_factory=dict)

    def by(self, foreign: Name, columns: Sequence[Column]) -> Fetch | None:
        """The function that fetches by those of the columns that can be asked for; None when there is none of them."""
        sent = tuple(column for column in columns if self._is_sent(column))
        if not sent:
            return None
        most = self.wrapper.max_keys or _COMPOSITE_KEYS
        return self.fetches.setdefault(
            (foreign, tuple(column.name for column in sent)),
            Fetch(
                number=len(self.fetches) + 1,
                foreign=foreign,
                columns=sent,
                max_keys=most if len(sent) == 1 else min(most, _COMPOSITE_KEYS),
                quotes_lists=self.wrapper.quotes_lists,
                queries=self.queries,
            ),
        )

    def _is_sent(self, column: Column) -> bool:
        """Whether values of the column can be written into a list."""
        if not column.is_builtin or column.is_array:
            return False
        if self.queries is not None:
            return self.queries.constant(column.base_type, "v") is not None
        return column.base_type in self.wrapper.listed


def is_text(column: Column) -> bool:
    return column.base_type in _TEXTS


def all_rows(foreign: Name) -> str:
    """SQL, in FROM: all rows of a foreign table; nothing that is said of them is sent to the source."""
    return f"(SELECT f.* FROM {foreign.sql} AS f OFFSET 0)"


def spread(table: Table, seed: int, alias: str) -> str | None:
    """SQL of a number that orders the rows of `table`, seen as `alias`, in a repeatable way, by arithmetic alone.

    Every source knows that, and computes it. None where the primary key is not one whole number.
    """
    column = number_key(table)
    if column is None:
        return None
    key = f"{alias}.{ident(column)}"
    number = f"({key} % {_bigint(_PRIME)} + {_bigint(_PRIME)}) % {_bigint(_PRIME)}"
    return f"(({number}) * {_bigint(_FACTOR)} + {_bigint(seed % _PRIME)}) % {_bigint(_PRIME)}"


def remote_spread(table: Table, seed: int, foreign: Name, queries: Queries) -> str | None:
    """As `spread`, in the source's own SQL."""
    column = number_key(table)
    if column is None:
        return None
    return queries.spread(foreign, column, prime=_PRIME, factor=_FACTOR, seed=seed % _PRIME)


def share(percent: float) -> int:
    """What `spread` is less than for so many of a hundred rows."""
    return round(_PRIME * percent / 100)


def number_key(table: Table) -> str | None:
    """The column that is the primary key, if it is one of whole numbers."""
    if len(table.primary_key) != 1:
        return None
    column = table.column[table.primary_key[0]]
    return column.name if column.base_type in ("smallint", "integer", "bigint") else None


def _bigint(number: int) -> str:
    return f"{literal(str(number))}::pg_catalog.int8"
