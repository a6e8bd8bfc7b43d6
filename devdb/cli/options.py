"""The options that every command shares: the same letters, the same meaning."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

import devdb

if TYPE_CHECKING:
    from devdb.settings import Settings

# -h is the host, as in every PostgreSQL program.
CONTEXT_SETTINGS: dict[str, Any] = {"help_option_names": ["-?", "--help"], "max_content_width": 100}

# As in devdb.settings, which takes longer to import than --help may.
FILE_NAME, MAX_JOBS = "devdb.yaml", 1000

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Options:
    """What the shared options say, as typed. None, False and 0 are what stands for an option not given."""

    host: str | None = None
    port: int | None = None
    username: str | None = None
    dev_db: str | None = None
    prod_db: str | None = None
    config: Path | None = None
    sql_dir: Path | None = None
    output_dir: Path | None = None
    dry_run: bool = False
    no_dump: bool = False
    verbose: int = 0
    quiet: bool = False
    yes: bool = False
    percent: float | None = None
    seed: tuple[str, ...] = ()
    seed_file: Path | None = None
    allow_empty: bool = False
    plan: Path | None = None
    reader: Literal["auto", "wrapper", "direct"] | None = None
    jobs: int | None = None
    only_deps_of: tuple[str, ...] = ()

    def settings(self) -> Settings:
        """As `said_settings`; where devdb starts the dev server itself, they lead to that one.

        Raises ConnectionFailed when it was not started.
        """
        settings = self.said_settings()
        if settings.server == "existing":
            return settings
        from devdb.cli.dev_server import at_dev_server

        return at_dev_server(settings)

    def said_settings(self) -> Settings:
        """Load the settings, these options over the file. Raises SettingsError, ScriptFailed or UsageError."""
        from devdb.settings import Overrides, Settings

        overrides = Overrides(
            host=self.host,
            port=self.port,
            user=self.username,
            dev_db=self.dev_db,
            prod_db=self.prod_db,
            sql_dir=self.sql_dir,
            output_dir=self.output_dir,
            percent=self.percent,
            seeds=self.seed,
            seed_file=self.seed_file,
            allow_empty=self.allow_empty,
            plan=self.plan,
            reader=self.reader,
            jobs=self.jobs,
            only_deps_of=self.only_deps_of,
        )
        return Settings.load(self.config, overrides=overrides)

    def keyed_settings(self) -> Settings:
        """As `settings`; where values are masked, with the key, which is made when there is none."""
        settings = self.settings()
        if not settings.is_masking:
            return settings
        from devdb.settings.mask_key import mask_key

        return settings.with_mask_key(mask_key(settings, note=lambda text: click.echo(f"note: {text}", err=True)))


_OPTIONS: dict[str, Callable[[_Command], _Command]] = {
    "host": click.option("-h", "--host", metavar="HOST", help="Dev server's host or socket directory."),
    "port": click.option("-p", "--port", type=click.IntRange(1, 65535), metavar="PORT", help="Dev server's port."),
    "username": click.option("-U", "--username", metavar="NAME", help="User to connect as.  [default: postgres]"),
    "dev_db": click.option(
        "-d", "--dev-db", metavar="DB", help="Dev database: a name, URI or conninfo string.  [default: devdb]"
    ),
    "prod_db": click.option(
        "--prod-db", metavar="DB", help="Production database: a name, URI or conninfo string.  [default: proddb]"
    ),
    "config": click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Settings file.  [default: ./{FILE_NAME}, if there is one]",
    ),
    "sql_dir": click.option(
        "--sql-dir",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIRECTORY",
        help="SQL templates of your own, used instead of the built-in ones of the same name.",
    ),
    "output_dir": click.option(
        "-o",
        "--output-dir",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIRECTORY",
        help="Where schema.sql and the dump go.  [default: beside the settings file]",
    ),
    "dry_run": click.option("-n", "--dry-run", is_flag=True, help="Print the SQL instead of running it."),
    "no_dump": click.option("--no-dump", is_flag=True, help="Write no dump at the end."),
    "verbose": click.option("-v", "--verbose", count=True, help="Say more; -vv also shows the SQL."),
    "quiet": click.option("-q", "--quiet", is_flag=True, help="Say nothing but warnings and errors."),
    "yes": click.option("-y", "--yes", is_flag=True, help="Go on where devdb would refuse to replace or drop."),
    "percent": click.option(
        "--percent", type=float, metavar="P", help="Take about P percent of everything; goes over sampling.percent."
    ),
    "seed": click.option(
        "--seed",
        multiple=True,
        metavar="'TABLE: CONDITION'",
        help="Take these rows, what they need and their children, and nothing else; may be given several times.",
    ),
    "seed_file": click.option(
        "--seed-file", type=click.Path(path_type=Path), metavar="FILE", help="A seed on each line, as of --seed."
    ),
    "allow_empty": click.option("--allow-empty", is_flag=True, help="Go on where a seed matches no row."),
    "plan": click.option(
        "--plan",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Take the rows that this file says, as devdb plan --write wrote it.",
    ),
    "reader": click.option(
        "--reader",
        type=click.Choice(["auto", "wrapper", "direct"]),
        help="How rows are read from the source.  [default: auto]",
    ),
    "jobs": click.option(
        "-j", "--jobs", type=click.IntRange(1, MAX_JOBS), metavar="N", help="Connections that read at once."
    ),
    "only_deps_of": click.option(
        "--only-deps-of",
        multiple=True,
        metavar="SCHEMA.OBJECT",
        help="Take this object and all that it needs, schema and rows, and nothing else; may be given several times.",
    ),
}
# What only a run that makes a dev database is told.
_OF_RUNS = ("only_deps_of",)


def shared_options(command: _Command) -> _Command:
    """Give `command` all shared options, and call it with them as one argument, `options`."""
    return some_options(*(name for name in _OPTIONS if name not in _OF_RUNS))(command)


def run_options(command: _Command) -> _Command:
    """As `shared_options`, for a command that makes a dev database."""
    return some_options(*_OPTIONS)(command)


def some_options(*names: str, own_version: bool = False) -> Callable[[_Command], _Command]:
    """Give a command the shared options `names` (fields of Options) alone; the rest of `options` is as not given.

    `own_version`: the command has a --version of its own, and not the one that says devdb's.
    """

    def decorate(command: _Command) -> _Command:
        @functools.wraps(command)
        def with_options(*args: Any, **kwargs: Any) -> Any:
            said = {item.name: kwargs.pop(item.name) for item in fields(Options) if item.name in names}
            options = Options(**said)
            if options.verbose and options.quiet:
                raise click.UsageError("-v and -q exclude each other.")
            return command(*args, options=options, **kwargs)

        decorated: Any = with_options if own_version else version_option(with_options)
        for name in reversed(names):
            decorated = _OPTIONS[name](decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def version_option(command: _Command) -> _Command:
    """Give `command` -V, which says the version of devdb."""
    return click.version_option(devdb.__version__, "-V", "--version", message="devdb %(version)s")(command)
