"""One frozen object for everything a run is told: devdb.yaml, options, environment, defaults."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, SecretStr, ValidationError

from devdb.errors import SettingsError, UsageError
from devdb.settings import complaints, unmatched
from devdb.settings.classification import Classification, LeakCheck
from devdb.settings.code_tables import CodeTables
from devdb.settings.docker import Docker, ServerKind
from devdb.settings.document import Document, read
from devdb.settings.expressions import check_expressions, check_masks, check_subset
from devdb.settings.fields import NAME_BYTES, Section
from devdb.settings.masking import Masking
from devdb.settings.nightly import Nightly
from devdb.settings.replicate import Expect, Replicate
from devdb.settings.sampling import Sampling
from devdb.settings.sections import Dump, Extensions, SchemaFile, Source, Target
from devdb.settings.seeds import seeds_of
from devdb.settings.state import MigrationsState, Reset
from devdb.settings.unmatched import Key

if TYPE_CHECKING:
    from typing_extensions import Self

FILE_NAME = "devdb.yaml"
MASK_KEY = "devdb.mask_key"  # the setting of a session that holds the key for masking, in hexadecimal digits
SOURCE_PASSWORD = "DEVDB_SOURCE_PASSWORD"

# An object of the source, as SQL names it, and its type if that was said.
Only = tuple[str, "str | None"]


@dataclass(frozen=True)
class Overrides:
    """What the command line says; None where it says nothing.

    `dev_db` and `prod_db` are names, URIs or conninfo strings. `host`, `port` and `user` are for the dev server, and
    for the source as well unless the file or `prod_db` says where that is. `seeds` are texts as of --seed, `seed_file`
    holds more of them; they, `percent` and `plan` exclude each other. `only_deps_of` are objects of the source.
    """

    host: str | None = None
    port: int | None = None
    user: str | None = None
    dev_db: str | None = None
    prod_db: str | None = None
    sql_dir: Path | None = None
    output_dir: Path | None = None
    reader: Literal["auto", "wrapper", "direct"] | None = None
    jobs: int | None = None
    percent: float | None = None
    seeds: Sequence[str] = ()
    seed_file: Path | None = None
    allow_empty: bool = False
    plan: Path | None = None
    only_deps_of: Sequence[str] = ()


class Settings(Section):
    """The settings of one run, complete and checked. Everything but the file's own place compares by value."""

    source: Source = Source()
    target: Target = Target()
    # "schema" is a method of every pydantic model.
    schema_file: SchemaFile = Field(default=SchemaFile(), alias="schema")
    extensions: Extensions = Extensions()
    sampling: Sampling = Sampling()
    masking: Masking = Masking()
    classification: Classification = Classification()
    leakcheck: LeakCheck = LeakCheck()
    dump: Dump = Dump()
    code_tables: CodeTables = Field(default_factory=dict)
    nightly: Nightly = Nightly()
    migrations_state: MigrationsState = MigrationsState()
    reset: Reset = Reset()
    replicate: Replicate = Replicate()
    expect: Expect = Field(default_factory=dict)
    server: ServerKind = "existing"
    docker: Docker = Docker()
    sql_dir: str | None = None
    use_pg_environment: bool = Field(default=False, strict=True)

    _path: Path | None = PrivateAttr(default=None)
    _overrides: Overrides = PrivateAttr(default=Overrides())
    _mask_key: SecretStr | None = PrivateAttr(default=None)
    _standin: str | None = PrivateAttr(default=None)
    _only: tuple[Only, ...] = PrivateAttr(default=())

    @classmethod
    def load(cls, path: Path | None = None, *, overrides: Overrides = Overrides()) -> Self:
        """Return the settings: options over the file over the environment over the defaults.

        `path` None reads ./devdb.yaml if there is one. Nothing is contacted. Raises SettingsError listing every
        mistake of the file, and ScriptFailed for an expression in a rule or a mask that is no SQL.
        """
        if path is None and os.path.lexists(FILE_NAME):
            path = Path(FILE_NAME)
        settings = (
            cls() if path is None else cls._from_document(read(path, if_missing="devdb init writes one to start from"))
        )
        settings = settings._with_overrides(overrides)._with_environment(os.environ)
        if reason := settings.target.clash():
            raise SettingsError(f"target: {reason}")
        check_expressions(settings.sampling)
        check_masks(settings.masking)
        check_subset(settings.replicate)
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
        return self.beside / (self.dump.output_dir or "")

    @property
    def sql_directories(self) -> tuple[Path, ...]:
        """The site's own template directories, searched before the built-in one."""
        if self._overrides.sql_dir is not None:
            return (self._overrides.sql_dir,)
        return () if self.sql_dir is None else (self.beside / self.sql_dir,)

    @property
    def is_masking(self) -> bool:
        """Whether anything is said of masks or classes; if not, every value is taken as it is."""
        return not {"masking", "classification"}.isdisjoint(self.model_fields_set)

    @property
    def is_strict(self) -> bool:
        """Whether a column about which nothing was decided stops the run."""
        return self.is_masking and self.classification.policy == "strict"

    @property
    def beside(self) -> Path:
        """The directory of the settings file; the current one when there is no file."""
        return Path() if self._path is None else self._path.parent

    @property
    def classification_files(self) -> tuple[Path, ...]:
        """The spreadsheets that say the classes of columns."""
        return tuple(self.beside / file for file in self.classification.files)

    @property
    def plan_path(self) -> Path | None:
        """The file whose section `sampling` takes the place of this one's; None when there is none."""
        return self._overrides.plan

    @property
    def allow_empty(self) -> bool:
        """Whether a seed may match nothing."""
        return self._overrides.allow_empty

    @property
    def only_deps_of(self) -> tuple[Only, ...]:
        """The objects of which only what they need is taken; without any, all is."""
        return self._only

    def with_only_deps_of(self, objects: Sequence[Only]) -> Self:
        """Return these settings, by which only what the objects need is taken."""
        settings = self._with()
        settings._only = tuple(objects)
        return settings

    @property
    def next_dbname(self) -> str:
        """The name of the database in which the work happens, before it takes the dev database's."""
        return _derived(self.target.dbname, "__next")

    @property
    def old_dbname(self) -> str:
        """The name that the dev database being replaced bears for a moment."""
        return _derived(self.target.dbname, "__old")

    def standin_dbname(self, number: int) -> str:
        """The name of a database that a source which is not PostgreSQL is looked at through, of that number."""
        return f"{_derived(self.target.dbname, '__source_0000000').removesuffix('0000000')}{number}"

    def with_standin(self, dbname: str, schemas: Sequence[str]) -> Self:
        """Return these settings, whose source is the stand-in `dbname`, with `schemas`."""
        settings = self._with(source=self.source.model_copy(update={"schemas": tuple(schemas)}))
        settings._standin = dbname
        return settings

    @property
    def source_password(self) -> SecretStr | None:
        """The password for a source that is not PostgreSQL: from the environment, or from a file.

        Raises SettingsError for a file that cannot be read, or that nobody would read.
        """
        if not self.source.is_foreign:
            if self.source.password_file is not None:
                hint = "put it into ~/.pgpass or PGPASSWORD"
                raise SettingsError("source.password_file is not for PostgreSQL", path=self.path, hint=hint)
            return None
        if said := os.environ.get(SOURCE_PASSWORD):
            return SecretStr(said)
        if self.source.password_file is None:
            return None
        path = self.beside / self.source.password_file
        try:
            return SecretStr(path.read_text(encoding="utf-8").rstrip("\r\n"))
        except (OSError, UnicodeError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else "not in UTF-8"
            raise SettingsError(f"source.password_file: {path}: {reason}", path=self.path) from None

    def source_conninfo(self) -> dict[str, str]:
        """Return libpq's parameters for the source, or for the stand-in that it has, for `connect(**params)`.

        A password is among them only if the command line held it in a connection string, the key for masking once
        these settings have it: do not log them, do not pass them on as arguments of a program.
        """
        if self._standin is not None:
            return self.target_conninfo(self._standin)
        return self._keyed(self.source.params())

    def target_conninfo(self, dbname: str | None = None) -> dict[str, str]:
        """Return libpq's parameters for the dev server; `dbname` None means the dev database. As `source_conninfo`."""
        return self._keyed({**self.target.params(), "dbname": dbname or self.target.dbname})

    def unmatched_patterns(self, tables: Iterable[tuple[str, str]]) -> list[SettingsError]:
        """Return an error for each pattern of `sampling.tables`, and each seed, that fits no table (schema, name)."""
        return unmatched.patterns(self.sampling, tables, schemas=self.source.schemas)

    def unmatched_keys(self, keys: Iterable[Key]) -> list[SettingsError]:
        """Return an error for each pattern of `sampling.follow` and `sampling.keys` that none of `keys` matches.

        A key is the schema and name of the table that holds it, its columns, and its own name.
        """
        return unmatched.key_patterns(self.sampling, keys, schemas=self.source.schemas)

    def with_mask_key(self, key: SecretStr) -> Self:
        """Return these settings, whose connections hand the key for masking to the server."""
        settings = self._with()
        settings._mask_key = key
        return settings

    def with_sampling(self, sampling: Sampling) -> Self:
        """Return these settings with another section `sampling`. Raises ScriptFailed for SQL in it that is none."""
        check_expressions(sampling)
        return self._with(sampling=sampling)

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
        said = settings.model_fields_set & {"sampling", "masking", "classification", "replicate"}
        settings = settings._with(**{name: getattr(settings, name).placed(document) for name in said})
        settings._path = document.path
        return settings

    def _keyed(self, params: dict[str, str]) -> dict[str, str]:
        """Return the parameters with the key, in the startup packet: no statement holds it, so no log does."""
        if self._mask_key is None:
            return params
        # An options parameter replaces PGOPTIONS, so what that says must be carried along.
        options = params.get("options") or os.environ.get("PGOPTIONS") or ""
        return {**params, "options": f"{options} -c {MASK_KEY}={self._mask_key.get_secret_value()}".lstrip()}

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
            if source.service is None and not source.is_foreign:
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
        if source.service is None and not source.is_foreign:
            source = source.with_defaults(
                **{key: value for key, value in said.items() if key == "user" or not source.is_placed}
            )
        read_by = {"reader": overrides.reader, "jobs": overrides.jobs}
        source = source.model_copy(update={key: value for key, value in read_by.items() if value is not None})
        settings = self._with(target=target, source=source, sampling=_overridden(self.sampling, overrides))
        settings._overrides = overrides
        return settings.with_only_deps_of([(text, None) for text in overrides.only_deps_of])


def _overridden(sampling: Sampling, overrides: Overrides) -> Sampling:
    """Return the section as the command line has it."""
    percent = overrides.percent
    options = {
        "--seed": bool(overrides.seeds),
        "--seed-file": overrides.seed_file is not None,
        "--percent": percent is not None,
        "--plan": overrides.plan is not None,
    }
    given = [option for option, is_given in options.items() if is_given]
    if overrides.plan is not None and overrides.only_deps_of:
        raise UsageError("--plan and --only-deps-of exclude each other: a plan is of all tables")
    if len(given) > 1 and given != ["--seed", "--seed-file"]:
        raise UsageError(f"{' and '.join(given)} exclude each other: each says which rows to take")
    if percent is not None:
        if not 0 < percent <= 100:
            raise UsageError(f"--percent: {percent:g} is not more than 0 and at most 100")
        sampling = sampling.model_copy(update={"percent": percent})
    return sampling.with_seeds(seeds_of(overrides.seeds, overrides.seed_file))


def _derived(dbname: str, suffix: str) -> str:
    """Return `dbname` with `suffix`, within what PostgreSQL keeps of a name; different for different names."""
    if len((dbname + suffix).encode()) <= NAME_BYTES:
        return dbname + suffix
    mark = "_" + sha256(dbname.encode()).hexdigest()[:8]
    room = NAME_BYTES - len(mark + suffix)
    return dbname.encode()[:room].decode(errors="ignore") + mark + suffix
