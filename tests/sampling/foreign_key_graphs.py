"""Tables that refer to each other in any way, with rows that satisfy it, rules, and what a closure of these must hold.

A row is known by its column n, a value by a number that its type turns into text, so that it can be told in Python,
without asking a server what equals what.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg

from devdb.settings.patterns import pattern_for
from devdb.sqltext.quoting import ident

SEED = 42
SCHEMAS = ("one", "Two 2")

TYPES = """
CREATE EXTENSION citext;
CREATE SCHEMA one;
CREATE SCHEMA "Two 2";
CREATE TYPE one."Mood" AS ENUM ({labels});
CREATE DOMAIN one.small AS integer CHECK (VALUE < 100000);
CREATE DOMAIN "Two 2".word AS text;
CREATE DOMAIN "Two 2".word_of_word AS "Two 2".word;
CREATE COLLATION one.folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
""".format(labels=", ".join(f"'it''s {k}'" for k in range(60)))

# Names that the statements which follow keys use themselves, and names that need quotes.
TABLE_NAMES = (
    "order", "Über", 'say "hi"', "a.b", "chosen", "devdb", "came", "t", "c", "k", "f",
    "devdb_asked_1", "per cent%", "{{ x }}",
)  # fmt: skip
COLUMN_NAMES = (
    "round", "chunk", "leaf", "step", "fetched", "asked", "chosen", "total", "k1", "k2", "c1", "c2", "a", "f", "p",
    "t", "k", "select", "Ärger", 'q"q', "x y", "per%cent", "back\\slash", "{{ n }}", "devdb", "came",
    "last_chunk",
)  # fmt: skip


@dataclass(frozen=True)
class KeyType:
    """A type that can be a key. `text` writes the value of a number; distinct for distinct numbers below 60.

    `referring` are types that columns which refer to it may have, with how these write the same value.
    """

    sql: str
    text: Callable[[int], str]
    referring: Mapping[str, Callable[[int], str]] = field(default_factory=dict)


def _number(k: int) -> str:
    return str(k * 7 - 20)


def _word(k: int) -> str:
    return f'{k} isn\'t \\ "é" {{{{ x }}}} 100%'


def _day(k: int) -> str:
    return "infinity" if k == 0 else str(date(1999, 12, 30) + timedelta(days=k))


KEY_TYPES = (
    KeyType("integer", _number, {"bigint": _number, "smallint": _number, "one.small": _number}),
    KeyType("bigint", lambda k: str(2**40 + k)),
    KeyType("one.small", _number, {"integer": _number, "bigint": _number}),
    KeyType("text", _word, {"character varying(80)": _word, "Two 2.word": _word}),
    KeyType("Two 2.word_of_word", _word, {"text": _word}),
    KeyType("character varying(80)", _word, {"text": _word}),
    KeyType("uuid", lambda k: str(uuid.UUID(int=(k + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))),
    KeyType("numeric", lambda k: f"{k * 5}.00", {"numeric": lambda k: f"{k * 5}.0", "integer": lambda k: str(k * 5)}),
    KeyType("date", _day),
    KeyType("timestamp without time zone", _day, {"date": _day}),
    KeyType("timestamp with time zone", lambda k: _day(k) + (" 02:00+01" if k else "")),
    KeyType("one.Mood", lambda k: f"it's {k}"),
    KeyType("public.citext", lambda k: f"key {k}", {"public.citext": lambda k: f"KEY {k}"}),
    KeyType("text COLLATE one.folding", lambda k: f"key {k}", {"text COLLATE one.folding": lambda k: f"Key {k}"}),
    KeyType("interval", lambda k: f"{k} days"),
    KeyType("double precision", lambda k: repr(k / 3)),
    KeyType("inet", lambda k: f"10.0.0.{k}"),
    KeyType("bytea", lambda k: f"\\x{k:04x}"),
)

PART = KeyType("integer", str)


@dataclass(frozen=True)
class KeyColumn:
    """A column of a key. `text` writes its values; `type` is that of a column which it refers to or is."""

    name: str
    sql_type: str
    text: Callable[[int], str]
    type: KeyType


@dataclass
class Key:
    """A unique key of a table, or of its partition `part` alone. `is_primary` implies that no row has a NULL in it."""

    columns: list[KeyColumn]
    is_primary: bool
    part: str | None = None


@dataclass
class Reference:
    """A foreign key. `child_part` and `parent_part` are partitions when the key is theirs alone, else None."""

    name: str
    child: Table
    child_columns: list[KeyColumn]
    parent: Table
    parent_key: Key
    child_part: str | None
    parent_part: str | None
    order: list[int]
    is_full: bool
    not_null: bool
    deferrable: str
    is_in_key: bool = False

    def of(self, row: Row) -> tuple[int, ...] | None:
        """The key that a row of the child refers to; None when it refers to nothing."""
        if not self.child.lies_in(row, self.child_part):
            return None
        values = [row.values.get(column.name) for column in self.child_columns]
        return None if None in values else tuple(value for value in values if value is not None)

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
    """A row: the numbers of its values by column, None for NULL."""

    n: int
    values: dict[str, int | None] = field(default_factory=dict)


# The partitions of a partitioned table, and the values of its column part that they hold. The one with two values is
# partitioned once more.
PARTITIONS: Mapping[str, frozenset[int]] = {
    "zero": frozenset({0}),
    "both": frozenset({1, 2}),
    "one": frozenset({1}),
    "two": frozenset({2}),
    "rest": frozenset({3}),
}


@dataclass(eq=False)
class Table:
    schema: str
    name: str
    is_partitioned: bool
    keys: list[Key] = field(default_factory=list)
    columns: list[KeyColumn] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rule: Any = "none"

    @property
    def sql(self) -> str:
        return f"{ident(self.schema)}.{ident(self.name)}"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    def part_sql(self, part: str | None) -> str:
        return self.sql if part is None else f"{ident(self.schema)}.{ident(f'{self.name} {part}')}"

    def lies_in(self, row: Row, part: str | None) -> bool:
        return part is None or row.values["part"] in PARTITIONS[part]

    def new_column(self, sql_type: str, text: Callable[[int], str], key_type: KeyType) -> KeyColumn:
        number = len(self.columns)
        name = COLUMN_NAMES[number] if number < len(COLUMN_NAMES) else f"column {number}"
        column = KeyColumn(name, sql_type, text, key_type)
        self.columns.append(column)
        return column


@dataclass(eq=False)
class Graph:
    tables: list[Table]
    references: list[Reference]

    @property
    def rules(self) -> dict[str, Any]:
        """The rules as the settings write them."""
        return {pattern_for(table.schema, table.name): table.rule for table in self.tables}

    def closure(self, seeds: Mapping[Table, set[int]]) -> dict[Table, set[int]]:
        """The rows, by n, that the seeds need and are."""
        found = {table: set(seeds[table]) for table in self.tables}
        targets = {reference.name: reference.rows_by_key() for reference in self.references}
        todo = [(table, table.rows[n]) for table in self.tables for n in seeds[table]]
        while todo:
            table, row = todo.pop()
            for reference in self.references:
                key = reference.of(row) if reference.child is table else None
                if key is None:
                    continue
                target = targets[reference.name][key]
                if target.n not in found[reference.parent]:
                    found[reference.parent].add(target.n)
                    todo.append((reference.parent, target))
        return found

    def create(self, connection: psycopg.Connection[Any]) -> None:
        """Make it, in an empty database."""
        connection.execute(TYPES)
        for table in self.tables:
            for statement in _declared(table):
                connection.execute(statement)
            names = ["n", *(["part"] if table.is_partitioned else []), *(column.name for column in table.columns)]
            copied = f"COPY {table.sql} ({', '.join(map(ident, names))}) FROM STDIN"
            with connection.cursor().copy(copied.encode()) as copy:
                for row in table.rows:
                    copy.write_row(_written(table, row))
        for reference in self.references:
            connection.execute(_constraint(reference).encode())
            for column in reference.child_columns if reference.not_null else ():
                statement = f"ALTER TABLE {reference.child.sql} ALTER COLUMN {ident(column.name)} SET NOT NULL"
                connection.execute(statement.encode())
        connection.execute("ANALYZE")


def _declared(table: Table) -> Iterator[bytes]:
    columns = ["n integer NOT NULL", *(["part integer NOT NULL"] if table.is_partitioned else [])]
    columns += [f"{ident(column.name)} {_type(column.sql_type)}" for column in table.columns]
    for key in table.keys:
        if key.part is None:
            columns.append(_unique(key))
    tail = " PARTITION BY LIST (part)" if table.is_partitioned else ""
    yield f"CREATE TABLE {table.sql} ({', '.join(columns)}){tail}".encode()
    if table.is_partitioned:
        for part, parent, bounds in (
            ("zero", None, "FOR VALUES IN (0)"),
            ("both", None, "FOR VALUES IN (1, 2) PARTITION BY LIST (part)"),
            ("one", "both", "FOR VALUES IN (1)"),
            ("two", "both", "FOR VALUES IN (2)"),
            ("rest", None, "DEFAULT"),
        ):
            yield f"CREATE TABLE {table.part_sql(part)} PARTITION OF {table.part_sql(parent)} {bounds}".encode()
    for key in table.keys:
        if key.part is not None:
            yield f"ALTER TABLE {table.part_sql(key.part)} ADD {_unique(key)}".encode()


def _unique(key: Key) -> str:
    kind = "PRIMARY KEY" if key.is_primary else "UNIQUE"
    return f"{kind} ({', '.join(ident(column.name) for column in key.columns)})"


def _type(text: str) -> str:
    """SQL of a type; those of ours are written schema.name without quotes."""
    schema, dot, name = text.rpartition(".")
    return f"{ident(schema)}.{ident(name)}" if dot and "COLLATE" not in text else text


def _written(table: Table, row: Row) -> list[str | None]:
    texts: list[str | None] = [str(row.n)]
    if table.is_partitioned:
        texts.append(str(row.values["part"]))
    for column in table.columns:
        value = row.values.get(column.name)
        texts.append(None if value is None else column.text(value))
    return texts


def _constraint(reference: Reference) -> str:
    children = [ident(reference.child_columns[position].name) for position in reference.order]
    parents = [ident(reference.parent_key.columns[position].name) for position in reference.order]
    return (
        f"ALTER TABLE {reference.child.part_sql(reference.child_part)} ADD CONSTRAINT {ident(reference.name)} "
        f"FOREIGN KEY ({', '.join(children)}) "
        f"REFERENCES {reference.parent.part_sql(reference.parent_part)} ({', '.join(parents)})"
        f"{' MATCH FULL' if reference.is_full else ''} {reference.deferrable}"
    )
