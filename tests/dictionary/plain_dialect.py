"""A source whose types and SQL are PostgreSQL's own, for tests of what is true of all sources."""

from __future__ import annotations

from collections.abc import Sequence

from devdb.dictionary.dialect import Becomes, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.model import RemoteColumn, RemoteTable


class PlainDialect:
    """Expressions that begin with ! have no equal; lob is left out, and there is nothing for shape."""

    def becomes(self, column: RemoteColumn, reading: Reading) -> Becomes | LeftOut | Unsupported:  # noqa: ARG002
        if column.type == "lob":
            return LeftOut("large objects")
        if column.type == "shape":
            return Unsupported("no geometry", Becomes("text"))
        if column.type == "flag":
            return Becomes("boolean", foreign_type="text", read="({} = 'Y')")
        return Becomes(column.type if column.length is None else f"{column.type}({column.length})")

    def table_options(self, table: RemoteTable, columns: Sequence[Fetched]) -> dict[str, str]:
        return {"table_name": table.name, "columns": ", ".join(column.remote.name for column in columns)}

    def column_options(self, column: Fetched) -> dict[str, str]:  # noqa: ARG002
        return {}

    def default(self, column: RemoteColumn, type_sql: str) -> str | None:  # noqa: ARG002
        return None if column.default is None else self.expression(column.default)

    def expression(self, text: str) -> str | None:
        return None if text.startswith("!") else text


PLAIN = PlainDialect()
