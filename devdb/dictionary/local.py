"""The PostgreSQL schema that follows from a foreign source's dictionary, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Fetched
from devdb.dictionary.model import RemoteTable

_NAMED = 8


@dataclass(frozen=True)
class Statement:
    """One statement, without a semicolon. `about` tells people what it makes: "table wells.well".

    One that `is_optional` was made of the source's own SQL, and PostgreSQL may not take it.
    """

    text: str
    about: str
    is_optional: bool = False


@dataclass(frozen=True)
class LocalTable:
    """A table as it is called here, and its columns in the source's order."""

    name: Name
    remote: RemoteTable
    columns: tuple[Fetched, ...]

    @cached_property
    def fetched(self) -> Mapping[str, Fetched]:
        """The columns by the names that they have at the source."""
        return {column.remote.name: column for column in self.columns}

    @property
    def identity(self) -> tuple[str, str]:
        """Schema and name at the source."""
        return (self.remote.schema, self.remote.name)


@dataclass(frozen=True)
class Numbering:
    """A sequence, and where it stands. `last_value` is the number that it gave last, or will give first.

    It is None for the numbers of an identity column, whose `table` and `column` those are: the rows tell the next.
    """

    name: Name
    last_value: int | None = None
    table: Name | None = None
    column: str | None = None


@dataclass(frozen=True)
class LocalSchema:
    """What makes the schemas: `pre_data` the tables, `post_data` their keys, indexes and checks.

    `numberings` are the sequences with a position to be set when the rows are there.
    """

    schemas: tuple[str, ...]
    pre_data: tuple[Statement, ...]
    post_data: tuple[Statement, ...]
    tables: tuple[LocalTable, ...]
    notes: tuple[str, ...]
    numberings: tuple[Numbering, ...] = ()


@dataclass
class Notes:
    """What people are told, each thing once with the names that it is true of."""

    _said: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, of: str) -> None:
        self._said.setdefault(what, []).append(of)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(f"{what[:1].upper()}{what[1:]}: {capped(of)}" for what, of in self._said.items())


def capped(names: list[str]) -> str:
    """The names, or the first of them and how many there are besides."""
    if len(names) <= _NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
