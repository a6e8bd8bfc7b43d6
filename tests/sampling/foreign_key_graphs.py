"""Sources made up by hypothesis: tables that refer to each other in any way, rows that satisfy it, and rules.

A row is known by its column n, a value by a number that its type turns into text, so that what a closure must hold can
be told in Python without asking a server what equals what.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg
from hypothesis import strategies as st

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
_TABLE_NAMES = (
    "order", "Über", 'say "hi"', "a.b", "chosen", "devdb", "came", "t", "c", "k", "f",
    "devdb_asked_1", "per cent%", "{{ x }}",
)  # fmt: skip
_COLUMN_NAMES = (
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

_PART = KeyType("integer", str)


@dataclass(frozen=True)
class KeyColumn:
    """A column of a key. `text` writes its values; `type` is that of a column which it refers to or is."""

    name: str
    sql_type: str
    text: Callable[[int], str]
    type: KeyType


@dataclass
class Key:
    """A unique key of a table. `is_primary` implies that no row has a NULL in it."""

    columns: list[KeyColumn]
    is_primary: bool


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
        name = _COLUMN_NAMES[number] if number < len(_COLUMN_NAMES) else f"column {number}"
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
        kind = "PRIMARY KEY" if key.is_primary else "UNIQUE"
        columns.append(f"{kind} ({', '.join(ident(column.name) for column in key.columns)})")
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


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A graph of up to 12 tables with up to 20 foreign keys. What rows hold is chance, repeatable but not shrunk."""
    chance = random.Random(draw(st.integers(0, 2**32), label="rows"))
    tables = [
        Table(draw(st.sampled_from(SCHEMAS)), _TABLE_NAMES[number], draw(st.integers(0, 4)) == 0)
        for number in range(draw(st.integers(1, 12), label="tables"))
    ]
    references: list[Reference] = []
    for number, table in enumerate(tables):
        _keys(draw, table, tables[:number], references)
        _rows(table, draw(st.integers(0, 25)), chance, references)
    with_keys = [table for table in tables if table.keys]
    for _ in range(draw(st.integers(0, 20), label="foreign keys") if with_keys else 0):
        parent = draw(st.sampled_from(with_keys))
        reference = _reference(draw, draw(st.sampled_from(tables)), parent, len(references))
        references.append(reference)
        _fill(reference, chance)
    for table in tables:
        table.rule = draw(_rules())
    return Graph(tables, references)


def _rules() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.just("none"),
        st.just("none"),
        st.just("all"),
        st.builds(lambda limit: {"limit": limit}, st.integers(1, 5)),
        st.builds(lambda limit: {"limit": limit, "order_by": "n DESC"}, st.integers(1, 5)),
        st.builds(lambda rest: {"where": f"n % 5 = {rest} -- some"}, st.integers(0, 5)),
        st.builds(lambda percent: {"percent": percent}, st.sampled_from([1, 20.5, 60])),
    )


def _keys(draw: st.DrawFn, table: Table, earlier: Sequence[Table], references: list[Reference]) -> None:
    """Give a table its keys: made of columns of its own, or partly of those that refer to an earlier table."""
    has_primary = draw(st.integers(0, 3)) > 0
    for number in range(draw(st.integers(1 if has_primary else 0, 3))):
        is_primary = has_primary and number == 0
        parents = [parent for parent in earlier if parent.keys and parent.keys[0].is_primary]
        columns: list[KeyColumn] = []
        if is_primary and parents and draw(st.integers(0, 2)) == 0:
            parent = draw(st.sampled_from(parents))
            reference = _reference(draw, table, parent, len(references), of_key=True)
            references.append(reference)
            columns += reference.child_columns
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3])) - (1 if columns else 0)):
            key_type = draw(st.sampled_from(KEY_TYPES))
            columns.append(table.new_column(key_type.sql, key_type.text, key_type))
        if table.is_partitioned:
            columns.insert(draw(st.integers(0, len(columns))), KeyColumn("part", "integer", str, _PART))
        table.keys.append(Key(columns, is_primary))


def _reference(draw: st.DrawFn, child: Table, parent: Table, number: int, *, of_key: bool = False) -> Reference:
    key = parent.keys[0] if of_key else draw(st.sampled_from(parent.keys))
    columns = []
    for column in key.columns:
        types = [(column.sql_type, column.text)]
        if column.sql_type == column.type.sql:
            types += column.type.referring.items()
        sql_type, text = draw(st.sampled_from(types))
        columns.append(child.new_column(sql_type, text, column.type))
    # Between a table and a partition of its own PostgreSQL refuses to make one.
    parts = st.just(None) if child is parent or of_key else st.sampled_from([None, None, None, *PARTITIONS])
    return Reference(
        name=f"reference {number}",
        child=child,
        child_columns=columns,
        parent=parent,
        parent_key=key,
        child_part=draw(parts) if child.is_partitioned else None,
        parent_part=draw(parts) if parent.is_partitioned else None,
        order=draw(st.permutations(range(len(columns)))),
        is_full=draw(st.booleans()),
        not_null=not of_key and draw(st.integers(0, 3)) == 0,
        deferrable=draw(st.sampled_from(["", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])),
        is_in_key=of_key,
    )


def _rows(table: Table, wanted: int, chance: random.Random, references: Sequence[Reference]) -> None:
    """Make rows with distinct keys, fewer than wanted where there are too few keys."""
    taken: list[set[tuple[int | None, ...]]] = [set() for _ in table.keys]
    in_key = [reference for reference in references if reference.child is table and reference.is_in_key]
    targets = [list(reference.rows_by_key()) for reference in in_key]
    for _ in range(wanted * 3):
        row = Row(len(table.rows))
        if table.is_partitioned:
            row.values["part"] = chance.randrange(4)
        if not all(targets):
            return
        for reference, keys in zip(in_key, targets, strict=True):
            for column, value in zip(reference.child_columns, chance.choice(keys), strict=True):
                row.values[column.name] = value
        for key in table.keys:
            wide = sum(column.name not in row.values for column in key.columns) == 1
            for column in key.columns:
                if column.name not in row.values:
                    is_null = not key.is_primary and chance.random() < 0.1
                    row.values[column.name] = None if is_null else chance.randrange(60 if wide else 6)
        found = [tuple(row.values[column.name] for column in key.columns) for key in table.keys]
        if any(None not in values and values in seen for values, seen in zip(found, taken, strict=True)):
            continue
        for values, seen in zip(found, taken, strict=True):
            seen.add(values)
        table.rows.append(row)
        if len(table.rows) == wanted:
            return


def _fill(reference: Reference, chance: random.Random) -> None:
    """Have the child's rows refer to rows of the parent, or to nothing in every way that the key allows."""
    targets = list(reference.rows_by_key())
    in_scope = [row for row in reference.child.rows if reference.child.lies_in(row, reference.child_part)]
    reference.not_null = reference.not_null and bool(targets or not in_scope)
    for row in reference.child.rows:
        if row not in in_scope:
            # The key is not this partition's: whatever it says, it refers to nothing.
            values: list[int | None] = [chance.randrange(60) for _ in reference.child_columns]
        elif targets and (reference.not_null or chance.random() < 0.8):
            values = list(chance.choice(targets))
        elif reference.is_full or chance.random() < 0.5:
            values = [None for _ in reference.child_columns]
        else:
            values = [chance.choice([None, chance.randrange(60)]) for _ in reference.child_columns]
            values[chance.randrange(len(values))] = None
        for column, value in zip(reference.child_columns, values, strict=True):
            row.values[column.name] = value
