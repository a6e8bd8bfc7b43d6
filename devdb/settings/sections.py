"""The sections of the settings: what each key is, its type and its default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.addresses import Address
from devdb.settings.fields import TEXTS, DatabaseName, Flag, Name, Section, Text, check_name
from devdb.settings.units import Bytes, BytesPerSecond, Milliseconds
from devdb.wrappers import registry
from devdb.wrappers.registry import Taker, WrapperName
from devdb.wrappers.wrapper import Place, Wrapper

MAX_JOBS = 1000

POSTGRES: WrapperName = "postgres_fdw"
# What takes the options that a key of this section holds.
_TAKERS: Mapping[str, Taker] = {"fdw_options": "server", "table_options": "table"}


def _check_schema(name: str) -> str:
    if name == "information_schema" or name.startswith("pg_"):
        raise PydanticCustomError("name", "{name} is a system schema", {"name": name})
    return check_name(name)


SchemaName = Annotated[str, Strict(), AfterValidator(_check_schema)]
WrapperOptions = Annotated[Mapping[str, Text], TEXTS]


def _default_jobs() -> int:
    return min(4, os.cpu_count() or 1)


class Pause(Section):
    """When the source is busy beyond one of these, the run waits. None: however busy."""

    replication_lag_ms: Milliseconds | None = Field(default=None, alias="replication_lag")
    active_sessions: Annotated[int, Strict(), Field(ge=1, lt=2**31)] | None = None


class Source(Address):
    """The production database, and how it is read."""

    dbname: DatabaseName = "proddb"
    wrapper: WrapperName = POSTGRES
    schemas: Annotated[tuple[SchemaName, ...], Field(min_length=1)] | None = None
    password_file: Text | None = None
    fdw_options: WrapperOptions = Field(default_factory=dict)
    table_options: WrapperOptions = Field(default_factory=dict)
    case: Literal["keep", "lower", "smart"] = "smart"
    lobs: Flag = False
    lob_limit_bytes: Bytes = Field(default=1024**2, alias="lob_limit")
    unsupported_types: Literal["refuse", "text", "leave_out"] = "refuse"
    zero_dates: Literal["refuse", "replace"] = "refuse"
    fetch_size: Annotated[int, Strict(), Field(ge=1, lt=2**31)] = 10_000
    statement_timeout_ms: Milliseconds = Field(default=3_600_000, alias="statement_timeout")
    lock_timeout_ms: Milliseconds = Field(default=10_000, alias="lock_timeout")
    row_security: Flag = False
    keep_link: Flag = True
    reader: Literal["auto", "wrapper", "direct"] = "auto"
    jobs: Annotated[int, Strict(), Field(ge=1, le=MAX_JOBS)] = Field(default_factory=_default_jobs)
    max_rate_bytes: BytesPerSecond | None = Field(default=None, alias="max_rate")  # a second
    pause: Pause = Pause()
    snapshot_warning_ms: Milliseconds = Field(default=1_800_000, alias="snapshot_warning")

    @property
    def is_foreign(self) -> bool:
        """Whether the source is something else than PostgreSQL."""
        return self.wrapper != POSTGRES

    @property
    def described(self) -> Wrapper:
        """What there is to know of the wrapper."""
        return registry.wrapper(self.wrapper)

    @property
    def place(self) -> Place:
        """Where a source that is not PostgreSQL is. Nothing of it has a default of ours."""
        return Place(self.host, self.port, self.dbname if "dbname" in self.model_fields_set else None)

    @field_validator("fdw_options", "table_options")
    @classmethod
    def _check_options(cls, options: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        of = registry.wrapper(info.data.get("wrapper", POSTGRES))
        taker = _TAKERS[info.field_name or ""]
        if reasons := registry.mistakes(of, taker, options):
            raise PydanticCustomError("options", "{reason}", {"reason": "; ".join(reasons)})
        return options

    @model_validator(mode="after")
    def _check_source(self) -> Source:
        if self.is_foreign:
            said = self.model_fields_set
            if "user" not in said:
                raise PydanticCustomError("user", "{reason}", {"reason": f"{self.wrapper} needs a user"})
            if self.reader == "direct":
                raise PydanticCustomError(
                    "reader",
                    "{reason}",
                    {"reason": f"reader: direct reads PostgreSQL only, and not through {self.wrapper}"},
                )
            for key in ("conninfo", "service"):
                if key in said:
                    raise PydanticCustomError("conninfo", "{reason}", {"reason": f"{key} is for PostgreSQL only"})
        return self

    @property
    def limits(self) -> dict[str, str]:
        """Settings that every session at the source begins with: none waits or works there for ever."""
        return {"statement_timeout": str(self.statement_timeout_ms), "lock_timeout": str(self.lock_timeout_ms)}

    @property
    def pause_lag_ms(self) -> int | None:
        """The replication lag beyond which the run waits; None for any."""
        return self.pause.replication_lag_ms

    @property
    def pause_sessions(self) -> int | None:
        """The number of active sessions beyond which the run waits; None for any."""
        return self.pause.active_sessions


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


class Dump(Section):
    output_dir: Text | None = None
