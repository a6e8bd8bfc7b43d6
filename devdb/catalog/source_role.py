"""What the source's user may do there: all that is needed is to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from devdb.catalog.source import ask
from devdb.sqltext.templates import Templates

_SHOWN = 3
# Since this release one grant lets a role read everything.
_READS_ALL = 140000


@dataclass(frozen=True)
class SourceRole:
    """A role's rights beyond reading, as sql/catalog/source_role.sql asks for them.

    `privileges` are those that it holds on any of `table_count` tables, the first of which are `tables`.
    """

    name: str
    is_superuser: bool
    attributes: Sequence[str]
    memberships: Sequence[str]
    may_create_schemas: bool
    schemas: Sequence[str]
    privileges: Sequence[str]
    tables: Sequence[str]
    table_count: int

    def warning(self, version: int) -> str | None:
        """What to say of it, with the remedy; None when it may only read. `version` as server_version_num."""
        may = "is a superuser" if self.is_superuser else ", ".join(self._written())
        if not may:
            return None
        grant = "GRANT pg_read_all_data" if version >= _READS_ALL else "GRANT SELECT ON ALL TABLES IN SCHEMA …"
        return (
            f"the source's user {self.name} {may}, and needs no more than to read: "
            f"CREATE ROLE devdb_reader LOGIN PASSWORD '…'; {grant} TO devdb_reader; then source.user: devdb_reader"
        )

    def _written(self) -> Iterator[str]:
        if self.table_count:
            more = self.table_count - len(self.tables)
            tables = ", ".join(self.tables) + (f" and {more} more" if more else "")
            yield f"may write there ({', '.join(self.privileges)} on {tables})"
        if self.memberships:
            yield f"is a member of {', '.join(self.memberships)}"
        if self.attributes:
            yield f"has {' and '.join(self.attributes)}"
        if self.may_create_schemas:
            yield "may create schemas"
        if self.schemas:
            shown = ", ".join(self.schemas[:_SHOWN]) + (", …" if len(self.schemas) > _SHOWN else "")
            yield f"may create tables in {shown}"


def read(connection: psycopg.Connection[Any], templates: Templates) -> SourceRole:
    """The rights of the user of this connection."""
    (row,) = ask(connection, templates, "catalog/source_role.sql")
    return SourceRole(**row._asdict())
