"""A SQL Server whose tables Python holds: what devdb asks of them is answered, and nothing else.

Of T-SQL it knows the questions of the dictionary, word by word, and queries of a few shapes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from sqlserver import Answer
from sqlserver_queries import Query, Refused, Row
from sqlserver_schema import Column, Table

from devdb.sqltext.templates import Templates

# What FreeTDS says of itself when it comes.
_OF_FREETDS = frozenset({"set textsize 2147483647"})


class Tables:
    """What `reply` answers from. It notes in `refused` what it did not understand, and in `reads` what was read.

    Where `fails` has an answer to a batch that is run, it is given in place of the rows.
    `sequences` are told by schema, name, start, increment, minimum, maximum, cache, cyclic and last value.
    """

    def __init__(self, tables: Sequence[Table], sequences: Sequence[tuple[Any, ...]] = ()) -> None:
        self.tables = {table.source: table for table in tables}
        self.sequences = sequences
        self.reads: list[str] = []
        self.planned: list[str] = []
        self.refused: list[str] = []
        self.fails: Callable[[str], Any] = lambda _batch: None
        self._session = threading.local()
        self._dictionary = {text.strip(): getattr(self, f"_told_{name}") for name, text in _questions().items()}

    def reply(self, batch: str) -> Answer | str | None:
        """Of a session: every connection has a thread of its own."""
        shown = re.fullmatch(r"SET SHOWPLAN_ALL (ON|OFF)", batch)
        if shown:
            self._session.is_planning = shown[1] == "ON"
        if shown or batch.strip() in _OF_FREETDS:
            return None
        is_planning = getattr(self._session, "is_planning", False)
        try:
            asked = self.answer(batch)
        except Refused as exc:
            self.refused.append(f"{exc}: {batch}")
            return str(exc)
        if is_planning:
            self.planned.append(batch)
            return Answer([("Parent", "int"), ("EstimateRows", "float")], [(0, float(len(asked.rows)))])
        self.reads.append(batch)
        failed = self.fails(batch)
        return asked if failed is None else failed

    @contextmanager
    def failing(self, how: Callable[[str], Any]) -> Iterator[None]:
        before, self.fails = self.fails, how
        try:
            yield
        finally:
            self.fails = before

    @contextmanager
    def read(self) -> Iterator[list[str]]:
        """The batches that are run meanwhile; those that were only planned not."""
        found: list[str] = []
        start = len(self.reads)
        yield found
        found += self.reads[start:]

    def answer(self, batch: str) -> Answer:
        told = self._dictionary.get(batch.strip())
        if told is not None:
            columns, rows = told()
            return Answer(columns, rows)
        return Query(batch, self.tables).answer()

    def _told_source(self) -> Any:
        return _texts("version"), [("SQL Server 16.0.4105.2, Developer Edition (64-bit)",)]

    def _told_schemas(self) -> Any:
        return _texts("schema"), [(name,) for name in sorted({table.schema for table in self.tables.values()})]

    def _told_tables(self) -> Any:
        rows = [(t.schema, t.name, "table", t.comment, len(t.rows), 8192 * len(t.rows)) for t in self.tables.values()]
        return [*_texts("schema", "name", "kind", "comment"), ("rows", "bigint"), ("bytes", "bigint")], rows

    def _told_columns(self) -> Any:
        rows = []
        for table in self.tables.values():
            for position, one in enumerate(table.columns, 1):
                length, precision, scale = one.told
                type_ = "timestamp" if one.base == "rowversion" else one.base
                rows.append((
                    table.schema, table.name, position, one.name, type_, one.alias or type_, length, precision, scale,
                    int(one.not_null), "(0x0000000000000000)" if type_ == "timestamp" else one.default,
                    "always" if one.identity else "", one.computed, one.comment,
                ))  # fmt: skip
        columns = [
            *_texts("schema", "table"), ("position", "int"), *_texts("name", "type", "declared"), ("length", "int"),
            ("precision", "tinyint"), ("scale", "tinyint"), ("not_null", "int"),
            *_texts("default", "identity", "generated", "comment"),
        ]  # fmt: skip
        return columns, rows

    def _told_keys(self) -> Any:
        rows: list[tuple[Any, ...]] = []
        for number, table in enumerate(self.tables.values()):
            for position, name in enumerate(table.primary, 1):
                rows.append((table.schema, table.name, f"PK {number}", "p", position, name, *[None] * 5, 0, 0, 1))
            for at, key in enumerate(table.keys):
                for position, (own, parents) in enumerate(zip(key.columns, key.parent_columns, strict=True), 1):
                    rows.append((
                        table.schema, table.name, f"FK {number} {at}", "f", position, own, *key.parent, parents,
                        "NO ACTION", "NO ACTION", 0, 0, 1,
                    ))  # fmt: skip
        texts = _texts("parent_schema", "parent_table", "parent_column", "on_delete", "on_update")
        columns = [*_texts("schema", "table", "name", "kind"), ("position", "int"), *_texts("column"), *texts]
        return [*columns, ("deferrable", "int"), ("deferred", "int"), ("validated", "int")], rows

    def _told_checks(self) -> Any:
        rows = [(t.schema, t.name, name, said) for t in self.tables.values() for name, said in t.checks.items()]
        return _texts("schema", "table", "name", "condition"), rows

    def _told_indexes(self) -> Any:
        rows = [
            (table.schema, table.name, name, int(is_unique), position, column, None, 0)
            for table in self.tables.values()
            for name, (is_unique, columns) in table.indexes.items()
            for position, column in enumerate(columns, 1)
        ]
        columns = [*_texts("schema", "table", "name"), ("unique", "int"), ("position", "int")]
        return [*columns, *_texts("column", "expression"), ("descending", "int")], rows

    def _told_sequences(self) -> Any:
        numbers = [(name, "decimal(38,0)") for name in ("start", "increment", "minimum", "maximum")]
        columns = [*_texts("schema", "name"), *numbers, ("cache", "int"), ("cyclic", "int"), ("last", "decimal(38,0)")]
        return columns, self.sequences

    def _told_triggers(self) -> Any:
        return _texts("schema", "table", "name"), []

    def _told_dependencies(self) -> Any:
        return _texts("schema", "name", "type", "needs_schema", "needs_name", "needs_type"), []


def _texts(*names: str) -> list[tuple[str, str]]:
    return [(name, "nvarchar(4000)") for name in names]


def _questions() -> dict[str, str]:
    """What the dictionary is asked, by the names of the relations."""
    text = Templates().render("wrapper/tds_fdw.sql", server="prod_server", schemas=()).text
    assert text is not None
    found = re.findall(r"CREATE FOREIGN TABLE fdw_setup\.\W?sqlserver_(\w+).*?\$tsql\$(.*?)\$tsql\$", text, re.DOTALL)
    assert len(found) == 10
    return dict(found)


def keyed(table: Table, names: Sequence[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The table's rows by their values of these columns."""
    found = {tuple(row[name] for name in names): row for row in table.rows}
    assert len(found) == len(table.rows), table.name
    return found


def closure(tables: Iterable[Table], chosen: Mapping[str, Iterable[Row]]) -> dict[str, set[tuple[Any, ...]]]:
    """The primary keys of the chosen rows, and of those that they refer to, by the tables' names.

    A row refers to what has the very same value, letter by letter.
    """
    by_name = {(table.schema, table.name): table for table in tables}
    by_key = {
        (key.parent, key.parent_columns): keyed(by_name[key.parent], key.parent_columns)
        for table in by_name.values()
        for key in table.keys
    }
    found: dict[str, set[tuple[Any, ...]]] = {table.name: set() for table in by_name.values()}
    todo = [(table, row) for table in by_name.values() for row in chosen.get(table.name, ())]
    while todo:
        table, row = todo.pop()
        name = tuple(row[column] for column in table.primary)
        if name in found[table.name]:
            continue
        found[table.name].add(name)
        for key in table.keys:
            value = tuple(row[column] for column in key.columns)
            if None not in value:
                todo.append((by_name[key.parent], by_key[key.parent, key.parent_columns][value]))
    return found


def here(column: Column, value: Any, *, lob_limit: int) -> Any:
    """The value as a dev database holds it, as psycopg tells it."""
    if value is None:
        return None
    if column.base in ("datetime2", "datetime", "datetimeoffset"):
        text, _, zone = value.partition(" +" if " +" in value else " -")
        moment = datetime.fromisoformat(text[:26])
        if column.base != "datetimeoffset":
            return moment
        hours, minutes = map(int, zone.split(":"))
        away = timedelta(hours=hours, minutes=minutes)
        return (moment - away if " +" in value else moment + away).replace(tzinfo=timezone.utc)
    if column.base == "date":
        return date.fromisoformat(value)
    if column.base == "time":
        return time.fromisoformat(value)
    return value[:lob_limit] if column.sizes == (-1,) else value
