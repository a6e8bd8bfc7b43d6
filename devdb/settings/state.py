"""The sections `migrations_state` and `reset`: where a migration tool's files are, and how schemas are rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Section, Text, parsed_by
from devdb.settings.patterns import parse_pattern
from devdb.settings.sections import SchemaName


def _labelled(value: Any) -> Any:
    """Directories by the label of their app: by default the name of the directory around `migrations`."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return value
    apps: dict[str, str] = {}
    for path in value:
        if not isinstance(path, str):
            raise PydanticCustomError("wrong_type", "a list of directories, or a mapping of apps' labels to them")
        parts = PurePath(path).parts
        label = parts[-2] if len(parts) > 1 and parts[-1] == "migrations" else parts[-1] if parts else ""
        if label in apps:
            raise PydanticCustomError("django", "{label} is the label of two directories", {"label": label})
        apps[label] = path
    return apps


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Directories = Annotated[tuple[Text, ...], BeforeValidator(_several)]


class MigrationsState(Section):
    """The directories of migration files, relative to the settings file; with none of them, they are looked for.

    `django` maps the labels of apps to their directories.
    """

    django: Annotated[Mapping[Text, Text], BeforeValidator(_labelled)] = Field(default_factory=dict)
    alembic: Directories = ()
    flyway: Directories = ()

    @property
    def are_said(self) -> bool:
        """Whether anything is said; if not, they are looked for."""
        return bool(self.django or self.alembic or self.flyway)


class Rebuild(Section):
    """What makes the schemas anew: one of a schema.sql, a directory of SQL files, or a command of the shell."""

    schema_file: Text | None = None
    migrations: Text | None = None
    command: Text | None = None

    @model_validator(mode="after")
    def _check(self) -> Rebuild:
        if sum(said is not None for said in (self.schema_file, self.migrations, self.command)) != 1:
            raise PydanticCustomError("rebuild", "takes one of schema_file, migrations and command")
        return self


class Reset(Section):
    """Which schemas `devdb reset` empties and rebuilds, and the tables whose rows outlive that.

    `rebuild` None means the schema.sql in the output directory.
    """

    schemas: tuple[SchemaName, ...] = ()
    keep: tuple[Annotated[Text, parsed_by(parse_pattern)], ...] = ()
    rebuild: Rebuild | None = None

    @model_validator(mode="after")
    def _check(self) -> Reset:
        for text in self.keep:
            pattern = parse_pattern(text)
            if self.schemas and not any(pattern.schema.matches(schema) for schema in self.schemas):
                reason = f"keep: {text} is in none of the schemas that are reset"
                raise PydanticCustomError("keep", "{reason}", {"reason": reason})
        return self
