"""Short words for the parts of a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from devdb.dictionary.model import Dictionary, RemoteColumn, RemoteSequence, RemoteTable


def column(name: str, type_name: str = "integer", **more: Any) -> RemoteColumn:
    return RemoteColumn(name, type_name, **more)


def table(schema: str, name: str, *columns: RemoteColumn, kind: Any = "table", **more: Any) -> RemoteTable:
    return RemoteTable(schema, name, kind, columns or (column("id"),), **more)


def sequence(schema: str, name: str, **more: Any) -> RemoteSequence:
    bounds = {"start": None, "increment": 1, "minimum": None, "maximum": None}
    return RemoteSequence(schema, name, **{**bounds, **more})


def dictionary(*tables: RemoteTable, sequences: Sequence[str | RemoteSequence] = (), **more: Any) -> Dictionary:
    """A dictionary of these; a sequence that is a name is of the first table's schema."""
    schemas = tuple({one.schema: None for one in tables})
    made = [sequence(schemas[0], one) if isinstance(one, str) else one for one in sequences]
    return Dictionary("of a test", schemas, tables, tuple(made), **more)
