"""Tables that refer to each other in any way, with rows that satisfy it, and what the settings say of them.

A row is known by its column n, a value by a number that its type turns into text, so that it can be told in Python,
without asking a server what equals what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import graph_sql
import psycopg
from key_types import TYPES, KeyColumn

from devdb.sqltext.quoting import ident

SEED = 42
SCHEMAS = ("one", "Two 2")

# Names that the statements which follow keys use themselves, and names that need quotes.
TABLE_NAMES = (
    "order", "Über", 'say "hi"', "a.b", "chosen", "devdb", "came", "t", "c", "k", "f",
    "devdb_asked_1", "per cent%", "{{ x }}", "p", "r", "schema_migrations", "back\\slash", "(a, b)", "devdb_taken", "*",
)  # fmt: skip
COLUMN_NAMES = (
    "round", "chunk", "leaf", "step", "fetched", "asked", "chosen", "total", "k1", "k2", "c1", "c2", "a", "f", "p",
    "t", "k", "select", "Ärger", 'q"q', "x y", "per%cent", "back\\slash", "{{ n }}", "devdb", "came",
    "last_chunk", "v1", "r", "depth", "a, b", "(c)", "position",
)  # fmt: skip

# The partitions of a partitioned table, and the values of its column part that they hold. The one with two values is
# partitioned once more.
PARTITIONS: Mapping[str, frozenset[int]] = {
    "zero": frozenset({0}),
    "both": frozenset({1, 2}),
    "one": frozenset({1}),
    "two": frozenset({2}),
    "rest": frozenset({3}),
}


@dataclass
class Key:
    """A unique key of a table, or of its partition `part` alone. `is_primary` implies that no row has a NULL in it."""

    columns: list[KeyColumn]
    is_primary: bool
    part: str | None = None


@dataclass(frozen=True)
class Follow:
    """Which children are taken over a key; `max` None takes all."""

    max: int | None = None
    order_by: str | None = None
    where: str | None = None
    depth: int | None = None
    of: str = "chosen"

    @property
    def written(self) -> Any:
        """As the settings write it."""
        said = {name: value for name, value in vars(self).items() if value is not None and value != "chosen"}
        return said or "all"


@dataclass
class Virtual:
    """What the settings say of a key that the schema does not declare: SQL of its values, and its condition.

    `mentioned` are columns that are read besides those of the reference; `whole` those that are a value by themselves.
    `held` are the keys that a row refers to, by its position; a row that is not there refers to nothing.
    """

    values: list[str]
    when: str | None = None
    mentioned: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    held: dict[int, list[tuple[int, ...]]] = field(default_factory=dict)


@dataclass(eq=False)
class Reference:
    """A foreign key. `child_part` and `parent_part` are partitions when the key is theirs alone, else None.

    `is_in_key`: its columns are part of a key of the child. `shared` are columns that an earlier reference has too.
    `is_cut`: the settings do not follow it upward. `follow` is None where they take no children over it; it `is_said`
    for this key itself, and not only for all.
    """

    name: str
    child: Table
    child_columns: list[KeyColumn]
    parent: Table
    parent_key: Key
    child_part: str | None = None
    parent_part: str | None = None
    order: Sequence[int] = ()
    is_full: bool = False
    not_null: bool = False
    deferrable: str = ""
    is_in_key: bool = False
    shared: frozenset[str] = frozenset()
    virtual: Virtual | None = None
    is_cut: bool = False
    follow: Follow | None = None
    is_said: bool = True

    def of(self, row: Row) -> list[tuple[int, ...]]:
        """The keys that a row of the child refers to."""
        if self.virtual is not None:
            return self.virtual.held.get(row.n, [])
        if not self.child.lies_in(row, self.child_part):
            return []
        values = [row.values.get(column.name) for column in self.child_columns]
        return [] if None in values else [tuple(value for value in values if value is not None)]

    @property
    def columns(self) -> set[str]:
        """The child's columns that could be NULL instead of referring to anything."""
        names = {column.name for column in self.child_columns}
        return names if self.virtual is None else names | self.virtual.whole

    @property
    def read_columns(self) -> set[str]:
        """The child's columns that tell what a row refers to."""
        return self.columns if self.virtual is None else self.columns | self.virtual.mentioned

    def rows_by_key(self) -> dict[tuple[int, ...], Row]:
        """The parent's rows that this can refer to."""
        found = {}
        for row in self.parent.rows:
            values = [row.values.get(column.name) for column in self.parent_key.columns]
            if None not in values and self.parent.lies_in(row, self.parent_part):
                found[tuple(value for value in values if value is not None)] = row
        return found


@dataclass(eq=False)
class Row:
    """A row: the numbers of its values by column, None for NULL; `texts` those of columns that are no numbers.

    `n` is its position. `shown` is what its column n holds: another row's, for the copy of a row.
    """

    n: int
    values: dict[str, int | None] = field(default_factory=dict)
    texts: dict[str, str | None] = field(default_factory=dict)
    copy_of: int | None = None

    @property
    def shown(self) -> int:
        return self.n if self.copy_of is None else self.copy_of


@dataclass(eq=False)
class Table:
    """A table; `columns` have numbers for values, `others` (name and type) have texts."""

    schema: str
    name: str
    is_partitioned: bool
    keys: list[Key] = field(default_factory=list)
    columns: list[KeyColumn] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rule: Any = "none"

    @property
    def sql(self) -> str:
        return f"{ident(self.schema)}.{ident(self.name)}"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_barred(self) -> bool:
        return bool(self.rule == "empty")

    @property
    def has_primary_key(self) -> bool:
        return any(key.is_primary for key in self.keys)

    def part_sql(self, part: str | None) -> str:
        return self.sql if part is None else f"{ident(self.schema)}.{ident(f'{self.name} {part}')}"

    def lies_in(self, row: Row, part: str | None) -> bool:
        return part is None or row.values["part"] in PARTITIONS[part]

    def new_column(self, like: KeyColumn) -> KeyColumn:
        """Add a column as `like`, under a name of its own."""
        column = KeyColumn(self._new_name(), like.sql_type, like.text, like.type)
        self.columns.append(column)
        return column

    def new_other(self, sql_type: str) -> str:
        name = self._new_name()
        self.others.append((name, sql_type))
        return name

    def _new_name(self) -> str:
        number = len(self.columns) + len(self.others)
        return COLUMN_NAMES[number] if number < len(COLUMN_NAMES) else f"column {number}"


@dataclass(eq=False, repr=False)
class Graph:
    """`default_follow` is what the settings say for all keys, `seeds` (a table and a condition) the command line."""

    tables: list[Table]
    references: list[Reference]
    default_follow: Follow | None = None
    seeds: list[tuple[Table, str]] = field(default_factory=list)

    def __repr__(self) -> str:
        """The SQL that makes it, for a person who looks for what is wrong with it."""
        lines = [TYPES]
        for table in self.tables:
            lines += graph_sql.declared(table)
            lines += (graph_sql.inserted(table, row) for row in table.rows)
        for reference in self.references:
            if reference.virtual is None:
                lines += graph_sql.constraint(reference)
        return ";\n".join(lines)

    def create(self, connection: psycopg.Connection[Any]) -> None:
        """Make it, in an empty database."""
        connection.execute(TYPES)
        for table in self.tables:
            for statement in graph_sql.declared(table):
                connection.execute(statement.encode())
            copied = f"COPY {table.sql} ({', '.join(map(ident, graph_sql.column_names(table)))}) FROM STDIN"
            with connection.cursor().copy(copied.encode()) as copy:
                for row in table.rows:
                    copy.write_row(graph_sql.written(table, row))
        for reference in self.references:
            if reference.virtual is None:
                for statement in graph_sql.constraint(reference):
                    connection.execute(statement.encode())
        connection.execute("ANALYZE")
