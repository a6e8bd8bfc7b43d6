"""One frozen object for everything a run is told: devdb.yaml, options, environment, defaults."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, PrivateAttr, ValidationError

from devdb.errors import SettingsError
from devdb.settings import complaints
from devdb.settings.document import Document, read
from devdb.settings.expressions import check_expressions
from devdb.settings.fields import NAME_BYTES, Section
from devdb.settings.patterns import Pattern, pattern_for
from devdb.settings.sections import Dump, Extensions, Sampling, SchemaFile, Source, Target

if TYPE_CHECKING:
    from typing_extensions import Self

FILE_NAME = "devdb.yaml"


@dataclass(frozen=True)
class Overrides:
    """What the command line says; None where it says nothing.

    `dev_db` and `prod_db` are names, URIs or conninfo strings. `host`, `port` and `user` are for the dev server, and
    for the source as well unless the file or `prod_db` says where that is.
    """

    host: str | None = None
    port: int | None = None
    user: str | None = None
    dev_db: str | None = None
    prod_db: str | None = None
    sql_dir: Path | None = None
    output_dir: Path | None = None


class Settings(Section):
    """The settings of one run, complete and checked. Everything but the file's own place compares by value."""

    source: Source = Source()
    target: Target = Target()
    # "schema" is a method of every pydantic model.
    schema_file: SchemaFile = Field(default=SchemaFile(), alias="schema")
    extensions: Extensions = Extensions()
    sampling: Sampling = Sampling()
    dump: Dump = Dump()
    sql_dir: str | None = None
    use_pg_environment: bool = Field(default=False, strict=True)

    _path: Path | None = PrivateAttr(default=None)
    _overrides: Overrides = PrivateAttr(default=Overrides())

    @classmethod
    def load(cls, path: Path | None = None, *, overrides: Overrides = Overrides()) -> Self:
        """Return the settings: options over the file over the environment over the defaults.

        `path` None reads ./devdb.yaml if there is one. Nothing is contacted. Raises SettingsError listing every
        mistake of the file, and ScriptFailed for an expression in a rule that is no SQL.
        """
        if path is None and os.path.lexists(FILE_NAME):
            path = Path(FILE_NAME)
        settings = cls() if path is None else cls._from_document(read(path))
        settings = settings._with_overrides(overrides)._with_environment(os.environ)
        if reason := settings.target.clash():
            raise SettingsError(f"target: {reason}")
        check_expressions(settings.sampling)
        return settings

    @property
    def path(self) -> Path | None:
        """The file that was read; None when there was none."""
        return self._path

    @property
    def output_directory(self) -> Path:
        """Where schema.sql and the dump go; it need not exist yet."""
        if self._overrides.output_dir is not None:
            return self._overrides.output_dir
        return self._beside / (self.dump.output_dir or "")

    @property
    def sql_directories(self) -> tuple[Path, ...]:
        """The site's own template directories, searched before the built-in one."""
        if self._overrides.sql_dir is not None:
            return (self._overrides.sql_dir,)
        return () if self.sql_dir is None else (self._beside / self.sql_dir,)

    @property
    def next_dbname(self) -> str:
        """The name of the database in which the work happens, before it takes the dev database's."""
        return _derived(self.target.dbname, "__next")

    @property
    def old_dbname(self) -> str:
        """The name that the dev database being replaced bears for a moment."""
        return _derived(self.target.dbname, "__old")

    def source_conninfo(self) -> dict[str, str]:
        """Return libpq's parameters for the source, for `connect(**params)`.

        A password is among them only if the command line held it in a connection string: do not log them, do not
        pass them on as arguments of a program.
        """
        return self.source.params()

    def target_conninfo(self, dbname: str | None = None) -> dict[str, str]:
        """Return libpq's parameters for the dev server; `dbname` None means the dev database. As `source_conninfo`."""
        return {**self.target.params(), "dbname": dbname or self.target.dbname}

    def unmatched_patterns(self, tables: Iterable[tuple[str, str]]) -> list[SettingsError]:
        """Return an error for each pattern of `sampling.tables` that none of `tables` (schema, name) matches."""
        known = list(tables)
        errors = []
        for pattern, rule in self.sampling.patterns():
            if any(pattern.matches(*table) for table in known):
                continue
            what = "there is no such table" if pattern.exact else "no table matches"
            message = f"sampling.tables.{pattern.text}: {what} in the source"
            chosen = self.source.schemas
            if pattern.schema.exact and chosen is not None and pattern.schema.text not in chosen:
                hint: str | None = f"{pattern.schema.text} is not among source.schemas"
            else:
                hint = _nearest_table(pattern, known)
            errors.append(SettingsError(message, path=rule.path, line=rule.line, hint=hint))
        return errors

    @property
    def _beside(self) -> Path:
        return Path() if self._path is None else self._path.parent

    @classmethod
    def _from_document(cls, document: Document) -> Self:
        passwords = complaints.passwords(document)
        errors = list(passwords.values())
        try:
            settings = cls.model_validate(document.value)
        except ValidationError as exc:
            errors += complaints.mistakes(exc, document, cls, but_not_at=passwords.keys())
        if errors:
            raise complaints.one_error(errors)
        settings = settings._with(sampling=_placed(settings.sampling, document))
        settings._path = document.path
        return settings

    def _with(self, **changed: Any) -> Self:
        return self.model_copy(update=changed)

    def _with_environment(self, environment: Mapping[str, str]) -> Self:
        if not self.use_pg_environment:
            return self
        target, source = self.target, self.source
        if user := environment.get("PGUSER"):
            # To libpq a service goes before the environment.
            if target.service is None:
                target = target.with_defaults(user=user)
            if source.service is None:
                source = source.with_defaults(user=user)
        if dbname := environment.get("PGDATABASE"):
            target = target.with_defaults(dbname=dbname)
        return self._with(target=target, source=source)

    def _with_overrides(self, overrides: Overrides) -> Self:
        said = {"host": overrides.host, "port": overrides.port, "user": overrides.user}
        said = {key: value for key, value in said.items() if value is not None}
        target, source = self.target, self.source
        if overrides.dev_db is not None:
            target = target.at(overrides.dev_db, option="--dev-db")
        if overrides.prod_db is not None:
            source = source.at(overrides.prod_db, option="--prod-db")
        target = target.model_copy(update=said)
        # -h and -p say where the dev server is; a source with an address of its own keeps it whole.
        if source.service is None:
            source = source.with_defaults(
                **{key: value for key, value in said.items() if key == "user" or not source.is_placed}
            )
        settings = self._with(target=target, source=source)
        settings._overrides = overrides
        return settings


def _nearest_table(pattern: Pattern, known: Iterable[tuple[str, str]]) -> str | None:
    schemas: dict[str, list[str]] = {}
    for schema, table in known:
        schemas.setdefault(schema, []).append(table)
    elsewhere = [schema for schema, tables in schemas.items() if any(map(pattern.table.matches, tables))]
    if pattern.table.exact and len(elsewhere) == 1:
        return f"did you mean {pattern_for(elsewhere[0], pattern.table.text)}?"
    if not pattern.table.exact and pattern.schema.exact:
        return complaints.nearest(pattern.schema.text, schemas)
    written = [pattern_for(schema, table) for schema, tables in schemas.items() for table in tables]
    return complaints.nearest(pattern.text, written)


def _placed(sampling: Sampling, document: Document) -> Sampling:
    """Return the same rules, each knowing its line."""
    tables = {
        text: rule.at(document.path, document.line(("sampling", "tables", text)))
        for text, rule in sampling.tables.items()
    }
    default = sampling.default
    if "default" in sampling.model_fields_set:
        default = default.at(document.path, document.line(("sampling", "default")))
    # What was not said stays unsaid, so that settings compare by what the file holds.
    return sampling.model_copy(update={"default": default, "tables": tables})


def _derived(dbname: str, suffix: str) -> str:
    """Return `dbname` with `suffix`, within what PostgreSQL keeps of a name; different for different names."""
    if len((dbname + suffix).encode()) <= NAME_BYTES:
        return dbname + suffix
    mark = "_" + sha256(dbname.encode()).hexdigest()[:8]
    room = NAME_BYTES - len(mark + suffix)
    return dbname.encode()[:room].decode(errors="ignore") + mark + suffix
