"""The dictionary of a source that is not PostgreSQL, as values: in that source's own names, types and SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal["table", "view", "temporary", "external"]
Action = Literal["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]


@dataclass(frozen=True)
class RemoteColumn:
    """A column, as its source describes it.

    `type` is the source's word for the type, in lower case and without sizes; `declared` the whole of it as it was
    declared, where the source tells (enum('a','b'), int(10) unsigned). `length` is in characters for texts and in bytes
    for binary types. `identity` if the source itself numbers the rows, and whether another number may be given.
    `default` and `generated` are SQL of the source's.
    """

    name: str
    type: str
    declared: str | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    not_null: bool = False
    default: str | None = None
    identity: Literal["", "always", "by default"] = ""
    generated: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class RemoteKey:
    """A primary or a unique key."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class RemoteForeignKey:
    """A foreign key. `parent` is schema and name of the table it refers to."""

    name: str
    columns: tuple[str, ...]
    parent: tuple[str, str]
    parent_columns: tuple[str, ...]
    on_delete: Action = "NO ACTION"
    on_update: Action = "NO ACTION"
    is_deferrable: bool = False
    is_deferred: bool = False
    is_validated: bool = True


@dataclass(frozen=True)
class RemoteCheck:
    """A CHECK constraint; `condition` is SQL of the source's."""

    name: str
    condition: str


@dataclass(frozen=True)
class IndexColumn:
    """What an index orders by: a column, or an expression of the source's SQL."""

    column: str | None
    expression: str | None = None
    is_descending: bool = False


@dataclass(frozen=True)
class RemoteIndex:
    """An index that no key of the table makes by itself."""

    name: str
    columns: tuple[IndexColumn, ...]
    is_unique: bool = False


@dataclass(frozen=True)
class RemoteTable:
    """A table, or what looks like one. `row_estimate` and `bytes` are None when the source does not know."""

    schema: str
    name: str
    kind: Kind
    columns: tuple[RemoteColumn, ...]
    primary_key: RemoteKey | None = None
    unique_keys: tuple[RemoteKey, ...] = ()
    foreign_keys: tuple[RemoteForeignKey, ...] = ()
    checks: tuple[RemoteCheck, ...] = ()
    indexes: tuple[RemoteIndex, ...] = ()
    comment: str | None = None
    row_estimate: int | None = None
    bytes: int | None = None

    @cached_property
    def column(self) -> Mapping[str, RemoteColumn]:
        return {column.name: column for column in self.columns}


@dataclass(frozen=True)
class RemoteSequence:
    """A sequence. `last_value` is the number that it gave last, or will give first; None when nobody knows."""

    schema: str
    name: str
    start: int | None
    increment: int
    minimum: int | None
    maximum: int | None
    cache: int | None = None
    is_cyclic: bool = False
    last_value: int | None = None


@dataclass(frozen=True)
class RemoteTrigger:
    """A trigger. None is carried over: they are named, so that nobody misses them unawares."""

    schema: str
    table: str
    name: str


@dataclass(frozen=True)
class RemoteDependency:
    """One object's need of another, as the source notes it: (schema, name, type) of both."""

    of: tuple[str, str, str]
    needs: tuple[str, str, str]


@dataclass(frozen=True)
class Dictionary:
    """What the chosen schemas hold. `version` is the source's own word of itself, `all_schemas` those that it has."""

    version: str
    all_schemas: tuple[str, ...]
    tables: tuple[RemoteTable, ...]
    sequences: tuple[RemoteSequence, ...] = ()
    triggers: tuple[RemoteTrigger, ...] = ()
    dependencies: tuple[RemoteDependency, ...] = ()
    notes: tuple[str, ...] = field(default=())
