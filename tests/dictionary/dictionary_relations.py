"""The relations of fdw_setup as local tables, and a dictionary's rows for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from devdb.dictionary.model import Dictionary, RemoteTable

RELATIONS = {
    "source": "version text",
    "schemas": "schema text",
    "tables": "schema text, name text, kind text, comment text, row_estimate numeric, bytes numeric",
    "columns": """schema text, table_name text, position numeric, name text, type text, declared text, length bigint,
        precision numeric, scale bigint, not_null boolean, default_sql text, identity text, generated_sql text,
        comment text""",
    "keys": """schema text, table_name text, name text, kind text, position numeric, column_name text,
        parent_schema text, parent_table text, parent_column text, on_delete text, on_update text,
        is_deferrable boolean, is_deferred boolean, is_validated boolean""",
    "checks": "schema text, table_name text, name text, condition text",
    "indexes": """schema text, table_name text, name text, is_unique boolean, position bigint, column_name text,
        expression text, is_descending boolean""",
    "sequences": """schema text, name text, start numeric, increment numeric, minimum numeric, maximum numeric,
        cache bigint, is_cyclic boolean, last_value numeric""",
    "triggers": "schema text, table_name text, name text",
    "dependencies": "of_schema text, of_name text, of_type text, needs_schema text, needs_name text, needs_type text",
}
CREATED = "CREATE SCHEMA fdw_setup;" + "".join(
    f"CREATE TABLE fdw_setup.dictionary_{name} ({columns});" for name, columns in RELATIONS.items()
)

Row = tuple[Any, ...]


def insert(connection: psycopg.Connection[Any], relation: str, *rows: Row) -> None:
    for row in rows:
        values = ", ".join(["%s"] * len(row))
        connection.execute(f"INSERT INTO fdw_setup.dictionary_{relation} VALUES ({values})", row)


def rows_of(dictionary: Dictionary) -> Iterator[tuple[str, Row]]:
    """What the relations would hold."""
    yield "source", (dictionary.version,)
    yield from (("schemas", (schema,)) for schema in dictionary.all_schemas)
    for table in dictionary.tables:
        yield from _rows_of_table(table)
    for one in dictionary.sequences:
        numbers = (one.start, one.increment, one.minimum, one.maximum, one.cache, one.is_cyclic, one.last_value)
        yield "sequences", (one.schema, one.name, *numbers)


def _rows_of_table(table: RemoteTable) -> Iterator[tuple[str, Row]]:
    at = (table.schema, table.name)
    yield "tables", (*at, table.kind, table.comment, table.row_estimate, table.bytes)
    for position, one in enumerate(table.columns, 1):
        sizes = (one.length, one.precision, one.scale)
        rest = (one.not_null, one.default, one.identity, one.generated, one.comment)
        yield "columns", (*at, position, one.name, one.type, one.declared, *sizes, *rest)
    keys = [("p", table.primary_key)] if table.primary_key else []
    for kind, key in (*keys, *(("u", key) for key in table.unique_keys)):
        for position, name in enumerate(key.columns, 1):
            yield "keys", (*at, key.name, kind, position, name, *[None] * 8)
    for key in table.foreign_keys:
        for position, (name, theirs) in enumerate(zip(key.columns, key.parent_columns, strict=True), 1):
            refers = (*key.parent, theirs, key.on_delete, key.on_update)
            flags = (key.is_deferrable, key.is_deferred, key.is_validated)
            yield "keys", (*at, key.name, "f", position, name, *refers, *flags)
    for check in table.checks:
        yield "checks", (*at, check.name, check.condition)
    for index in table.indexes:
        for position, part in enumerate(index.columns, 1):
            what = (part.column, part.expression, part.is_descending)
            yield "indexes", (*at, index.name, index.is_unique, position, *what)
