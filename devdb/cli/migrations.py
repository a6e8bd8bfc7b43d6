"""The commands for migration files as Flyway has them."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options, version_option
from devdb.errors import ConnectionFailed, UsageError

if TYPE_CHECKING:
    from devdb.migrations import apply as applying
    from devdb.migrations.folder import Folder
    from devdb.migrations.history import History
    from devdb.migrations.info import Info, Resolved
    from devdb.migrations.naming import Version
    from devdb.progress import Reporter
    from devdb.server.connection import Connection
    from devdb.settings import Settings
    from devdb.sqltext.templates import Templates

_Command = TypeVar("_Command", bound=Callable[..., Any])

# Commands with a module of their own, which is imported when one is called for.
_ELSEWHERE = {
    "check": "devdb.cli.migrations_create:check",
    "create": "devdb.cli.migrations_create:create",
}
_TABLE = "flyway_schema_history"
_BASELINE = "<< Flyway Baseline >>"
_SHARED = ("host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "verbose", "quiet")


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE:
            module, _, name = _ELSEWHERE[cmd_name].partition(":")
            command: click.Command = getattr(import_module(module), name)
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Group, context_settings=CONTEXT_SETTINGS)
@version_option
def migrations() -> None:
    """Write, apply and check migration files, by Flyway's rules and in Flyway's table.

    Flyway can take over at any time, and devdb from Flyway.
    """


@dataclass(frozen=True)
class _Said:
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


def _of_files(command: _Command) -> _Command:
    """Give a command the options that say which files and which table."""

    @functools.wraps(command)
    def with_said(**kwargs: Any) -> Any:
        placeholders = kwargs.pop("placeholder")
        said = _Said(
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
                "[default: migrations.flyway, or ./migrations]",
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


def _looking(command: _Command) -> _Command:
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


def _marking(command: _Command) -> _Command:
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


@migrations.command("apply", context_settings=CONTEXT_SETTINGS)
@_of_files
@_looking
@click.option("--mixed", is_flag=True, help="Let a file have statements that can run in a transaction and others.")
@click.option("--no-validate", is_flag=True, help="Do not compare first what was applied with the files.")
@click.option("--baseline-on-migrate", is_flag=True, help="Mark a database that is not empty, and go on from there.")
@_marking
@some_options(*_SHARED, "dry_run")
def apply_(said: _Said, options: Options, **flags: Any) -> None:
    """Apply the files that the dev database lacks: versions in order, then what is repeatable and changed.

    Each runs in a transaction of its own, unless a statement in it cannot; what fails leaves nothing, or a row that
    says so. Never on the source.

    Exit status: 0 done; 1 refused, or a check failed; 2 bad usage, or a server cannot be reached; 3 a file failed.
    """
    with _at_work(options, said, "migrations apply", changes=True) as work:
        from devdb.migrations import apply as applying
        from devdb.migrations.validate import DEFAULT_IGNORED, ignored

        asked = applying.Options(
            schema=said.schema,
            table=said.table,
            placeholders=said.placeholders,
            target=flags["target"],
            out_of_order=flags["out_of_order"],
            mixed=flags["mixed"],
            validate=not flags["no_validate"],
            ignored=ignored(flags["ignore"] or DEFAULT_IGNORED),
            baseline_on_migrate=flags["baseline_on_migrate"],
            baseline_version=_version(flags["baseline_version"]),
            baseline_description=flags["baseline_description"],
        )
        applied = applying.apply(
            work.connection,
            work.connect,
            work.folder(),
            asked,
            templates=work.templates,
            reporter=work.reporter,
            dry_run=sys.stdout if options.dry_run else None,
        )
    if not options.dry_run:
        _show_applied(work, said, options, applied)


@migrations.command(context_settings=CONTEXT_SETTINGS)
@_of_files
@_looking
@some_options(*_SHARED)
def info(said: _Said, options: Options, ignore: Sequence[str], **flags: Any) -> None:
    """Show every migration, in the files and in the database, and its state. Changes nothing."""
    with _at_work(options, said, "migrations info") as work:
        _history, _resolved, every = work.every(**flags)
        from devdb.migrations.info import current_version
        from devdb.migrations.validate import ignored, is_ignored

        patterns = ignored(ignore)
        every = [each for each in every if not is_ignored(each, patterns)]
        current = current_version(every)
    if said.is_json:
        version = None if current is None else str(current)
        _print_json(work, {"schemaVersion": version, "migrations": [each.as_json() for each in every]})
    elif not options.quiet:
        _show(every)
        click.echo(f"{work.dbname}: " + ("no version yet" if current is None else f"version {current}"))


@migrations.command(context_settings=CONTEXT_SETTINGS)
@_of_files
@_looking
@some_options(*_SHARED)
def validate(said: _Said, options: Options, ignore: Sequence[str], **flags: Any) -> None:
    """Say whether the files are those that were applied: names, types, checksums, none missing. Changes nothing.

    What is pending is an error, as it is to Flyway; --ignore '*:pending' lets it be. Exit status 1 if something is
    wrong.
    """
    with _at_work(options, said, "migrations validate") as work:
        from devdb.migrations.validate import DEFAULT_IGNORED, ignored, problems, refuse

        patterns = ignored(ignore or DEFAULT_IGNORED)
        _history, _resolved, every = work.every(**flags)
        found = problems(every, patterns)
    if said.is_json:
        wrong = [problem.as_json() for problem in found]
        _print_json(work, {"validationSuccessful": not found, "validateCount": len(every), "invalidMigrations": wrong})
    refuse(found)
    if not options.quiet and not said.is_json:
        click.echo(f"{work.dbname}: {len(every)} migrations, all as in the files")


@migrations.command(context_settings=CONTEXT_SETTINGS)
@_of_files
@click.option(
    "--ignore", multiple=True, metavar="TYPE:STATUS", help="As of validate: '*:missing' marks none as deleted."
)
@some_options(*_SHARED, "dry_run")
def repair(said: _Said, options: Options, ignore: Sequence[str]) -> None:
    """Make Flyway's table right again; nothing else is changed.

    Rows of migrations that failed are removed, checksums, descriptions and types become those of the files, and
    migrations that have no file any more are marked as deleted.
    """
    with _at_work(options, said, "migrations repair", changes=True) as work:
        from devdb.migrations.repair import repair as find
        from devdb.migrations.validate import DEFAULT_IGNORED, ignored

        patterns = ignored(ignore or DEFAULT_IGNORED)
        history = work.history(lock=not options.dry_run)
        done = find(history, work.resolve(history), patterns)
        if done and not options.dry_run:
            history.write(done.sql)
    if options.dry_run:
        sys.stdout.write(done.sql)
        return
    told = {"removed": done.removed, "deleted": done.deleted, "aligned": done.aligned}
    if said.is_json:
        _print_json(work, {f"migrations{what.title()}": [row.script for row in rows] for what, rows in told.items()})
    elif not options.quiet:
        words = {"removed": "failed, and removed", "deleted": "marked as deleted", "aligned": "made as its file"}
        for what, rows in told.items():
            for row in rows:
                click.echo(f"{row.script}: {words[what]}")
        click.echo(f"{work.dbname}: {'repaired' if done else 'nothing to repair'}")


@migrations.command(context_settings=CONTEXT_SETTINGS)
@_of_files
@_marking
@some_options(*_SHARED, "dry_run")
def baseline(said: _Said, options: Options, baseline_version: str, baseline_description: str) -> None:
    """Mark a database that was there before as being of a version: files up to it will not be applied.

    Refused where migrations have been applied.
    """
    with _at_work(options, said, "migrations baseline", changes=True) as work:
        from devdb.migrations.repair import baseline as find

        version = _version(baseline_version)
        history = work.history(lock=not options.dry_run)
        sql = find(history, version, baseline_description)
        if sql and not options.dry_run:
            history.write(sql)
    if options.dry_run:
        sys.stdout.write(sql)
    elif said.is_json:
        _print_json(work, {"successfullyBaselined": True, "baselineVersion": str(version)})
    elif not options.quiet:
        click.echo(f"{work.dbname}: taken for version {version}" + ("" if sql else ", as before"))


class _Work:
    """A command at work: settings, templates, and an open connection to the dev database."""

    def __init__(self, settings: Settings, said: _Said, command: str, templates: Templates, reporter: Reporter) -> None:
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

        said = self._settings.migrations.flyway
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
def _at_work(options: Options, said: _Said, command: str, *, changes: bool = False) -> Iterator[_Work]:
    settings = options.settings()

    import psycopg

    from devdb import dev_database
    from devdb.cli.progress import reporter
    from devdb.sqltext.templates import Templates

    templates = Templates(settings.sql_directories)
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        work = _Work(settings, said, command, templates, progress)
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


def _version(text: str) -> Version:
    from devdb.migrations.naming import Version

    try:
        return Version(text)
    except ValueError as exc:
        raise UsageError(f"--baseline-version: {exc}") from None


def _show(every: Sequence[Info]) -> None:
    from devdb.cli.progress import show_table

    titles = ("category", "version", "description", "type", "installed on", "state")
    lines = []
    for each in every:
        installed = "" if each.row is None else each.row.installed_on.isoformat(" ", "seconds")
        version = "" if each.version is None else str(each.version)
        lines.append((each.category, version, each.description, each.type, installed, each.state.value))
    show_table(titles, lines, texts=len(titles))


def _show_applied(work: _Work, said: _Said, options: Options, applied: applying.Applied) -> None:
    if said.is_json:
        _print_json(work, applied.as_json())
        return
    if options.quiet:
        return
    from devdb.cli.progress import show_table

    lines = [(each.script, f"{took_ms / 1000:.2f}") for each, took_ms in applied.migrations]
    show_table(("applied", "seconds"), lines)
    now = "no version yet" if applied.after is None else f"version {applied.after}"
    count = len(applied.migrations)
    click.echo(f"{work.dbname}: {now}, {count} applied" if count else f"{work.dbname}: {now}, nothing to apply")


def _print_json(work: _Work, values: Mapping[str, Any]) -> None:
    click.echo(json.dumps({"database": work.dbname, **values}, indent=2, ensure_ascii=False))
