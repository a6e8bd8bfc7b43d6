"""The foreign tables of a source that is not PostgreSQL, as they are declared in a database of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Dialect
from devdb.dictionary.schema import LocalTable


@dataclass(frozen=True)
class ForeignTable:
    """A foreign table: its columns, as name and SQL of the type, in the order of what the source sends.

    `parent` is a table of the same columns that it belongs to.
    """

    name: Name
    columns: Sequence[tuple[str, str]]
    options: Mapping[str, str]
    parent: Name | None = None


def loaded_from(table: LocalTable, name: Name, dialect: Dialect, options: Mapping[str, str]) -> ForeignTable:
    """The foreign table `name` from which the dev database's table is loaded; `options` have the last word."""
    columns = [(one.name, one.becomes.foreign_type or one.becomes.type) for one in table.columns]
    return ForeignTable(name, columns, {**dialect.table_options(table.remote, table.columns), **options})


def child_of(table: LocalTable, name: Name, dialect: Dialect, options: Mapping[str, str]) -> ForeignTable:
    """The foreign table `name` whose rows a query of the stand-in's table finds."""
    columns = [(one.name, one.becomes.type) for one in table.columns]
    told = {**dialect.table_options(table.remote, table.columns), **options}
    return ForeignTable(name, columns, told, parent=table.name)
