"""The sections of the settings: what each key is, its type and its default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.addresses import Address
from devdb.settings.fields import TEXTS, DatabaseName, Flag, Name, Section, Text, check_name
from devdb.settings.patterns import Pattern, PatternError, parse_pattern
from devdb.settings.rule import Rule

DEFAULT_LIMIT = 10_000  # rows; up to here a table is taken whole when no rule is given

_READ_ONLY = "is set by devdb itself, to keep the link read-only"
_RESERVED_OPTIONS = {
    "options": _READ_ONLY,
    "updatable": _READ_ONLY,
    "truncatable": _READ_ONLY,
    "user": "belongs to source.user",
    "fetch_size": "belongs to source.fetch_size",
}
_TIME_UNITS_MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def _check_schema(name: str) -> str:
    if name == "information_schema" or name.startswith("pg_"):
        raise PydanticCustomError("name", "{name} is a system schema", {"name": name})
    return check_name(name)


def _duration_ms(value: Any) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool):
        milliseconds = value * 1000
    elif isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+)\s*(ms|s|min|h|d)\s*", value)):
        milliseconds = int(match[1]) * _TIME_UNITS_MS[match[2]]
    else:
        raise PydanticCustomError("wrong_type", "seconds, or a number with ms, s, min, h or d, such as 30min")
    if not 0 <= milliseconds < 2**31:
        raise PydanticCustomError("duration", "must be between 0 and 24 days")
    return round(milliseconds)


def _check_option(key: str) -> str:
    if reason := _RESERVED_OPTIONS.get(key):
        raise PydanticCustomError("fdw_options", "{reason}", {"reason": reason})
    return key


SchemaName = Annotated[str, Strict(), AfterValidator(_check_schema)]
WrapperOptions = Annotated[Mapping[Annotated[str, AfterValidator(_check_option)], Text], TEXTS]
Milliseconds = Annotated[int, BeforeValidator(_duration_ms)]


class Source(Address):
    """The production database, and how it is read."""

    dbname: DatabaseName = "proddb"
    schemas: Annotated[tuple[SchemaName, ...], Field(min_length=1)] | None = None
    fdw_options: WrapperOptions = Field(default_factory=dict)
    fetch_size: Annotated[int, Strict(), Field(ge=1, lt=2**31)] = 10_000
    statement_timeout_ms: Milliseconds = Field(default=3_600_000, alias="statement_timeout")
    row_security: Flag = False


class Target(Address):
    """The dev database, and how it is replaced."""

    dbname: DatabaseName = "devdb"
    replace: Literal["swap", "in_place"] = "swap"
    template: Name | None = None
    keep_schemas: tuple[SchemaName, ...] = ()
    maintenance_db: DatabaseName = "postgres"

    def clash(self) -> str | None:
        """Say what is wrong with the names together; None when nothing is."""
        for key in ("maintenance_db", "template"):
            if self.dbname == getattr(self, key):
                return f"dbname and {key} are both {self.dbname}"
        return f"{self.dbname} belongs to the server" if self.dbname in ("template0", "template1") else None

    @model_validator(mode="after")
    def _check_names(self) -> Target:
        if reason := self.clash():
            raise PydanticCustomError("clash", "{reason}", {"reason": reason})
        return self


class SchemaFile(Section):
    """What goes into schema.sql."""

    owner: Flag = False
    privileges: Flag = False


class Extensions(Section):
    skip: tuple[Name, ...] = ()


def _check_pattern(text: str) -> str:
    try:
        parse_pattern(text)
    except PatternError as exc:
        raise PydanticCustomError("pattern", "{reason}", {"reason": str(exc)}) from exc
    return text


class Sampling(Section):
    """Which rows are taken."""

    default: Rule = Rule.of({"limit": DEFAULT_LIMIT})
    seed: Annotated[int, Strict(), Field(ge=-(2**63), lt=2**63)] = 0
    tables: Mapping[Annotated[str, AfterValidator(_check_pattern)], Rule] = Field(default_factory=dict)
    on_violation: Literal["error", "not_valid", "drop_rows"] = "error"

    def patterns(self) -> list[tuple[Pattern, Rule]]:
        """Return the rules with the tables they are for, in the order of the file."""
        return [(parse_pattern(text), rule) for text, rule in self.tables.items()]

    def rule_for(self, schema: str, table: str) -> Rule:
        """Return the rule of this table: the last one whose pattern matches, else the default."""
        for pattern, rule in reversed(self.patterns()):
            if pattern.matches(schema, table):
                return rule
        return self.default


class Dump(Section):
    output_dir: Text | None = None
