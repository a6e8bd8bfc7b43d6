"""The foreign tables of a source that is not PostgreSQL, as they are declared in a database of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Dialect, Fetched
from devdb.dictionary.schema import LocalTable


@dataclass(frozen=True)
class ForeignTable:
    """A foreign table: its columns, as name, SQL of the type and options, in the order of what the source sends.

    `parent` is a table of the same columns that it belongs to.
    """

    name: Name
    columns: Sequence[tuple[str, str, Mapping[str, str]]]
    options: Mapping[str, str]
    parent: Name | None = None


def loaded_from(table: LocalTable, name: Name, dialect: Dialect, options: Mapping[str, str]) -> ForeignTable:
    """The foreign table `name` from which the dev database's table is loaded; `options` have the last word."""
    return _declared(table, name, dialect, options, lambda one: one.becomes.foreign_type or one.becomes.type)


def child_of(table: LocalTable, name: Name, dialect: Dialect, options: Mapping[str, str]) -> ForeignTable:
    """The foreign table `name` whose rows a query of the stand-in's table finds."""
    return _declared(table, name, dialect, options, lambda one: one.becomes.type, parent=table.name)


def _declared(
    table: LocalTable,
    name: Name,
    dialect: Dialect,
    options: Mapping[str, str],
    type_of: Callable[[Fetched], str],
    parent: Name | None = None,
) -> ForeignTable:
    columns = [(one.name, type_of(one), dialect.column_options(one)) for one in table.columns]
    told = {**dialect.table_options(table.remote, table.columns), **options}
    return ForeignTable(name, columns, told, parent=parent)
