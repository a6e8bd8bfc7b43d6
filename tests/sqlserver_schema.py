"""Tables, keys and columns of the SQL Server that the tests play, as T-SQL declares them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column, its type as T-SQL declares it; `alias` is the alias type that stands for it.

    Values: dates and times as texts in the style 121, uniqueidentifiers as UUID, bytes, Decimal.
    """

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    identity: bool = False
    computed: str | None = None
    alias: str | None = None
    comment: str | None = None

    @property
    def base(self) -> str:
        return self.type.partition("(")[0]

    @property
    def sizes(self) -> tuple[int, ...]:
        said = re.findall(r"\d+|max", self.type.partition("(")[2])
        return tuple(-1 if one == "max" else int(one) for one in said)

    @property
    def told(self) -> tuple[int | None, int, int]:
        """What sys.columns says: characters, precision and scale."""
        length = self.sizes[0] if self.base in ("nvarchar", "varchar", "nchar", "char", "varbinary", "binary") else None
        if self.base in ("decimal", "numeric"):
            return length, self.sizes[0], self.sizes[1]
        if self.base in ("datetime2", "datetimeoffset", "time"):
            digits = self.sizes[0] if self.sizes else 7
            return length, 20 + digits, digits
        precision, scale = {"money": (19, 4), "float": (53, 0), "real": (24, 0), "datetime": (23, 3)}.get(
            self.base, (0, 0)
        )
        return length, precision, scale

    @property
    def wire(self) -> str:
        """What the values are read as when nothing is made of them; the wrapper could not read the other types."""
        if self.base in ("int", "bigint", "smallint", "tinyint", "bit", "float", "real"):
            return self.base
        if self.base in ("decimal", "numeric"):
            return f"decimal({self.sizes[0]},{self.sizes[1]})"
        if self.base in ("varbinary", "binary"):
            return "varbinary(max)" if self.sizes[0] < 0 else f"varbinary({self.sizes[0]})"
        return f"raw {self.base}"


@dataclass(frozen=True)
class Key:
    """A foreign key; the parent as schema and name."""

    columns: tuple[str, ...]
    parent: tuple[str, str]
    parent_columns: tuple[str, ...]


@dataclass
class Table:
    schema: str
    name: str
    columns: Sequence[Column]
    primary: tuple[str, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)
    keys: Sequence[Key] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, tuple[bool, tuple[str, ...]]] = field(default_factory=dict)
    comment: str | None = None

    @cached_property
    def column(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def source(self) -> str:
        """As T-SQL writes it."""
        return ".".join("[" + name.replace("]", "]]") + "]" for name in (self.schema, self.name))
