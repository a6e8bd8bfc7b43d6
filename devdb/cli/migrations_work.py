"""What the commands for migrations have in common: their options, and the dev database that they work in."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from devdb.cli.options import Options
from devdb.errors import ConnectionFailed, UsageError

if TYPE_CHECKING:
    from devdb.migrations.folder import Folder
    from devdb.migrations.history import History
    from devdb.migrations.info import Info, Resolved
    from devdb.migrations.naming import Version
    from devdb.progress import Reporter
    from devdb.server.connection import Connection
    from devdb.settings import Settings
    from devdb.sqltext.templates import Templates

_Command = TypeVar("_Command", bound=Callable[..., Any])

# As in devdb.migrations.history, which takes longer to import than --help may.
_TABLE = "flyway_schema_history"
_BASELINE = "<< Flyway Baseline >>"


@dataclass(frozen=True)
class Said:
    """The options of every one of these commands."""

    folders: tuple[Path, ...]
    table: str
    schema: str | None
    placeholders: Mapping[str, str] | None
    validate_naming: bool
    is_json: bool


def _pairs(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"write name=value, not {text!r}")
        pairs[name] = value
    return pairs


def of_files(command: _Command) -> _Command:
    """Give a command the options that say which files and which table."""

    @functools.wraps(command)
    def with_said(**kwargs: Any) -> Any:
        placeholders = kwargs.pop("placeholder")
        said = Said(
            folders=tuple(map(Path, kwargs.pop("folder"))),
            table=kwargs.pop("table"),
            schema=kwargs.pop("schema"),
            placeholders=None if kwargs.pop("no_placeholders") else placeholders,
            validate_naming=kwargs.pop("validate_naming"),
            is_json=kwargs.pop("format_") == "json",
        )
        return command(said=said, **kwargs)

    decorated: Any = with_said
    for option in reversed(
        (
            click.option(
                "--folder",
                multiple=True,
                metavar="DIRECTORY",
                help="Where the files are, in directories below it as well; may be given several times.  "
                "[default: migrations_state.flyway, or ./migrations]",
            ),
            click.option("-t", "--table", default=_TABLE, metavar="NAME", show_default=True, help="Flyway's table."),
            click.option(
                "--schema", metavar="NAME", help="Its schema, made if need be.  [default: of the search path]"
            ),
            click.option(
                "--placeholder",
                multiple=True,
                metavar="NAME=VALUE",
                callback=_pairs,
                help="What takes the place of ${NAME}; may be given several times.",
            ),
            click.option("--no-placeholders", is_flag=True, help="Leave ${…} as it stands."),
            click.option("--validate-naming", is_flag=True, help="A file name that says nothing is an error."),
            click.option(
                "--format", "format_", type=click.Choice(["table", "json"]), default="table", help="What to print."
            ),
        )
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def looking(command: _Command) -> _Command:
    """Give a command the options that say how migrations are judged."""
    decorated: Any = command
    for option in (
        click.option(
            "--ignore",
            multiple=True,
            metavar="TYPE:STATUS",
            help="States that are no matter, as '*:missing'; may be given several times.  [default: *:future]",
        ),
        click.option("--out-of-order", is_flag=True, help="Apply versions below the highest that was applied, too."),
        click.option("--target", metavar="VERSION", help="Go no further; or current, next, latest.  [default: latest]"),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def marking(command: _Command) -> _Command:
    decorated: Any = command
    for option in (
        click.option("--baseline-description", default=_BASELINE, metavar="TEXT", help="What its row says."),
        click.option(
            "--baseline-version",
            default="1",
            metavar="VERSION",
            show_default=True,
            help="What the database is taken for; files up to it are not applied.",
        ),
    ):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


class Work:
    """A command at work: settings, templates, and an open connection to the dev database."""

    def __init__(self, settings: Settings, said: Said, command: str, templates: Templates, reporter: Reporter) -> None:
        self._settings = settings
        self._said = said
        self._command = command
        self.templates = templates
        self.reporter = reporter
        self.connection: Connection
        self.dbname = settings.target.dbname

    def connect(self) -> Connection:
        """Another connection to the same database."""
        from psycopg.conninfo import make_conninfo

        from devdb.server.connection import application_name, connect

        conninfo = make_conninfo(**self._settings.target_conninfo())
        return connect(conninfo, application_name=application_name(self._command))

    def folder(self) -> Folder:
        from devdb.migrations.folder import read

        said = self._settings.migrations_state.flyway
        folders = self._said.folders or tuple(self._settings.beside / each for each in said or ("migrations",))
        return read(*folders).check(names=self._said.validate_naming)

    def history(self, *, lock: bool = False) -> History:
        from devdb.migrations.history import History

        history = History(self.connection, self.templates, schema=self._said.schema, table=self._said.table)
        if lock:
            history.lock(self.reporter)
        return history

    def resolve(self, history: History) -> list[Resolved]:
        from devdb.migrations.apply import tell_of
        from devdb.migrations.info import resolve

        folder = self.folder()
        tell_of(folder, self.reporter)
        return resolve(folder, history, self._said.placeholders)

    def every(self, *, target: str | None, out_of_order: bool) -> tuple[History, list[Resolved], list[Info]]:
        from devdb.migrations.info import infos, target_version

        history = self.history()
        resolved, rows = self.resolve(history), history.rows()
        version = target_version(target, resolved, rows, out_of_order=out_of_order)
        return history, resolved, infos(resolved, rows, target=version, out_of_order=out_of_order)


@contextmanager
def at_work(options: Options, said: Said, command: str, *, changes: bool = False) -> Iterator[Work]:
    settings = options.settings()

    import psycopg

    from devdb import dev_database
    from devdb.cli.progress import reporter
    from devdb.sqltext.templates import Templates

    templates = Templates(settings.sql_directories)
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        work = Work(settings, said, command, templates, progress)
        # Files that are not there, or names that say nothing, are told of before a server is asked.
        if command != "migrations baseline":
            work.folder()
        try:
            takes_no_lock = not changes or options.dry_run
            with dev_database.opened(settings, command, templates, dry_run=takes_no_lock) as connection:
                work.connection = connection
                work.dbname = connection.info.dbname
                yield work
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc


def version_of(text: str) -> Version:
    from devdb.migrations.naming import Version

    try:
        return Version(text)
    except ValueError as exc:
        raise UsageError(f"--baseline-version: {exc}") from None


def print_json(work: Work, values: Mapping[str, Any]) -> None:
    click.echo(json.dumps({"database": work.dbname, **values}, indent=2, ensure_ascii=False))
