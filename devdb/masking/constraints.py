"""What the source's schema asks of masked values beyond their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from devdb.catalog.model import Table
from devdb.catalog.source import ask
from devdb.sqltext.templates import Templates


@dataclass(frozen=True)
class Constraint:
    """A unique index, a CHECK or an exclusion constraint. `columns` are all that it looks at.

    `definition` is the index's, or the condition of the CHECK over the table's bare column names.
    """

    kind: Literal["unique", "check", "exclusion"]
    name: str
    columns: tuple[str, ...]
    definition: str
    has_expressions: bool

    def folds_case(self) -> bool:
        """Whether values that differ in case alone are the same to it."""
        text = self.definition.lower()
        return self.has_expressions and ("lower(" in text or "upper(" in text)


def read(
    connection: psycopg.Connection[Any], templates: Templates, tables: Iterable[Table]
) -> Mapping[int, list[Constraint]]:
    """The constraints of each of the tables, by its OID."""
    oids = tuple(table.oid for table in tables)
    found: dict[int, list[Constraint]] = {oid: [] for oid in oids}
    if oids:
        for row in ask(connection, templates, "masking/constraints.sql", oids=oids):
            found[row.table_oid].append(
                Constraint(row.kind, row.name, tuple(row.columns), row.definition, row.has_expressions)
            )
    return found
