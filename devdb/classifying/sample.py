"""Read some rows of a table at the source, to be looked at: nothing but a SELECT, and as cheap as one can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader

from devdb.catalog.model import Column, Source, Table
from devdb.classifying.meanings import element_family
from devdb.masking.families import Family
from devdb.server.connection import raise_if_lost
from devdb.sqltext.quoting import ident

_CHARACTERS = 1000  # of a text: enough to know it by
_DOCUMENT_BYTES = 64_000  # as stored; larger documents are passed over
_WHOLE_BYTES = 8 * 1024 * 1024  # a table of this size is read from end to end
_SPREAD = 4  # rows met for each that is taken, so that they do not all come from the same few blocks
_SEED = 0
_ROW_BYTES = 100  # a guess, for tables that were never analyzed
_TIMEOUT = "20s"


@dataclass(frozen=True)
class Sample:
    """The values of each column, as text, less NULLs. `failed` says why there are none, without a value."""

    values: dict[str, list[str]]
    failed: str | None = None

    def __repr__(self) -> str:
        return f"Sample of {len(self.values)} columns"


def is_looked_at(column: Column) -> bool:
    """Whether values tell more than the type does."""
    match element_family(column):
        case Family.TEXT | Family.JSON | Family.BYTES:
            return True
        case Family.INTEGER:
            return column.base_type == "bigint"
        case Family.NUMERIC:
            return ",0)" in column.sized_type or column.sized_type == "numeric" or "," not in column.sized_type
        case Family.OTHER:
            return column.base_kind == "c"
    return False


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Have text come as it is, in whatever encoding: a failure to read one would quote it."""
    for name in ("text", "varchar"):
        connection.adapters.register_loader(name, _TextLoader)


def read(
    connection: psycopg.Connection[Any], source: Source, table: Table, columns: Sequence[Column], *, rows: int
) -> Sample:
    """The values of `columns` in about `rows` rows of the table, the same rows each time. A transaction is under way.

    A table that cannot be read, or not in time, has no values. Raises ConnectionFailed when the source is lost.
    """
    values: dict[str, list[str]] = {column.name: [] for column in columns}
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL statement_timeout = '{_TIMEOUT}'")
            for query in _queries(source, table, columns, rows):
                found = connection.execute(query.encode()).fetchall()
                if found:
                    break
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
        return Sample({}, f"its values could not be read ({type(exc).__name__})")
    for row in found:
        for column, value in zip(columns, row, strict=True):
            if value is not None and value != "":
                values[column.name].append(str(value))
    return Sample(values)


class _TextLoader(Loader):
    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", errors="replace")


def _queries(source: Source, table: Table, columns: Sequence[Column], rows: int) -> list[str]:
    selected = ", ".join(f"{_as_text(column)} AS {ident(f'c{number}')}" for number, column in enumerate(columns))
    whole = f"SELECT {selected} FROM {table.some_at_source(rows)} AS t"
    if table.is_distant:
        return [whole]
    size = source.bytes_of(table)
    expected = table.row_estimate or size / _ROW_BYTES
    if expected <= rows:
        return [f"{whole} LIMIT {rows}"]
    if size <= _WHOLE_BYTES:
        percent = min(100.0, 120.0 * rows / expected)
        return [
            f"{whole} TABLESAMPLE BERNOULLI ({percent:.6f}) REPEATABLE ({_SEED}) LIMIT {rows}",
            f"{whole} LIMIT {rows}",
        ]
    percent = min(100.0, 120.0 * _SPREAD * rows / expected)
    thinned = f"pg_catalog.hashtext(t.ctid::text) & {_SPREAD - 1} = 0"
    sampled = f"{whole} TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE ({_SEED})"
    # Where the planner is wrong about the table, its first rows are better than none.
    return [f"{sampled} WHERE {thinned} LIMIT {rows}", f"{whole} LIMIT {rows}"]


def _as_text(column: Column) -> str:
    name = f"t.{ident(column.name)}"
    family = element_family(column)
    if family is Family.BYTES and not column.is_array:
        return f"pg_catalog.encode(pg_catalog.substring({name}::bytea, 1, 8), 'hex')"
    if column.is_array or family is Family.OTHER:
        text = f"pg_catalog.to_json({name})::text"
    elif family is Family.JSON:
        text = f"{name}::text"
    else:
        return f"pg_catalog.left({name}::text, {_CHARACTERS})"
    return f"CASE WHEN pg_catalog.pg_column_size({name}) <= {_DOCUMENT_BYTES} THEN {text} END"
