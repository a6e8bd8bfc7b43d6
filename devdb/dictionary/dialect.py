"""What differs from source to source on the way from its dictionary to a PostgreSQL schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from devdb.dictionary.model import RemoteColumn, RemoteTable


@dataclass(frozen=True)
class Reading:
    """What the settings say of reading a source: names' case, large objects (bytes at most; None leaves them out),
    and what to do with a column of a type that there is nothing for."""

    case: Literal["keep", "lower", "smart"] = "smart"
    lob_limit_bytes: int | None = None
    unsupported: Literal["refuse", "text", "leave_out"] = "refuse"
    zero_dates: Literal["refuse", "replace"] = "refuse"


@dataclass(frozen=True)
class Becomes:
    """What a column becomes. `type` is SQL of its type in schema.sql.

    `select` is SQL of the source's own, of what is fetched in place of the column where a foreign table may be a query;
    None fetches the column. In the dev database the foreign table's column is of `foreign_type`, None being `type`, and
    `read` makes the value of it: PostgreSQL's SQL with {} for what came. `note` tells people what is lost.
    """

    type: str
    select: str | None = None
    foreign_type: str | None = None
    read: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class LeftOut:
    """The column is not taken, for this reason: told in a note."""

    reason: str


@dataclass(frozen=True)
class Unsupported:
    """There is nothing for this type; `as_text` is what it becomes for those who want it as text."""

    reason: str
    as_text: Becomes


@dataclass(frozen=True)
class Fetched:
    """A column of a foreign table: its name here, the source's column, and what it becomes."""

    name: str
    remote: RemoteColumn
    becomes: Becomes


class Dialect(Protocol):
    """One kind of source."""

    def becomes(self, column: RemoteColumn, reading: Reading) -> Becomes | LeftOut | Unsupported:
        """What the column becomes."""

    def table_options(self, table: RemoteTable, columns: Sequence[Fetched]) -> dict[str, str]:
        """The options of the foreign table that has these columns, in this order."""

    def column_options(self, column: Fetched) -> dict[str, str]:
        """The options of the foreign table's column."""

    def default(self, column: RemoteColumn, type_sql: str) -> str | None:
        """PostgreSQL's SQL of the column's default; None when there is none, or none that PostgreSQL understands."""

    def expression(self, text: str) -> str | None:
        """PostgreSQL's SQL of a condition or an expression over columns, named as in the source (quoted "so" where the
        source quotes); None when it cannot be told. Whether it is right is tried on an empty table afterwards."""
