"""The commands that write migration files, and try them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options
from devdb.errors import CheckFailed, ConnectionFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devdb.migrations.create import Written
    from devdb.migrations.naming import Version
    from devdb.migrations.wanted import Wanted
    from devdb.settings import Settings

_SHARED = ("host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "verbose", "quiet")
_TABLE = "flyway_schema_history"


@click.command("create", context_settings=CONTEXT_SETTINGS)
@click.argument("more", nargs=-1, metavar="[SCHEMA.OBJECT]...")
@click.option(
    "--seed",
    "seeds",
    multiple=True,
    metavar="SCHEMA.OBJECT",
    help="An object to create with all that it needs, written as in SQL; may be given several times.",
)
@click.option("--type", "type_", metavar="TYPE", help="Its type, where several objects are called so: table, view, …")
@click.option("--name", metavar="NAME", help="What the files are called.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Several sets, one after the other: a line is SEED,NAME or SEED,NAME,TYPE.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIRECTORY",
    help="Where the files go, beside those of earlier migrations.  [default: migrations_state.flyway, or ./migrations]",
)
@click.option(
    "--version",
    metavar="VERSION",
    help="That of the first file.  [default: the one after the highest there, or 1.0.0]",
)
@click.option("--out-of-order", is_flag=True, help="Let --version be below the highest there.")
@click.option(
    "--layout",
    type=click.Choice(["kinds", "flat"]),
    default="kinds",
    show_default=True,
    help="One file of each kind, as far as the order allows; or one file of all.",
)
@click.option(
    "--target",
    type=click.Choice(["postgres", "oracle"]),
    default="postgres",
    show_default=True,
    help="Whose SQL it is; Oracle's only of a source that is one.",
)
@some_options(*_SHARED, own_version=True)
def create(options: Options, more: Sequence[str], batch: Path | None, folder: Path | None, **said: Any) -> None:
    """Write migration files that create objects of the source and all that these need.

    What the files in the folder create already is not created again. The files are numbered so that each needs only
    what came before it: _TYP (schemas, extensions, types, domains, sequences), _TAB (tables and views), _FP (functions
    and procedures), _PKG (packages), _TRG (triggers), and _VW where views have to come later than tables. Files that
    are there are never changed; after a failure, none is new.

    Exit status: 0 done, or nothing to do; 1 refused; 2 bad usage, or a server cannot be reached; 3 a script failed.
    """
    from devdb.migrations.create import create as write

    wanted = _wanted((*said["seeds"], *more), said["type_"], said["name"], batch)
    version = None if said["version"] is None else _version(said["version"])
    settings = options.settings()
    with _telling(options) as progress:
        written = write(
            settings,
            wanted,
            folder or _folders(settings)[0],
            progress,
            version=version,
            out_of_order=said["out_of_order"],
            layout=said["layout"],
            target=said["target"],
        )
    if not options.quiet:
        for one in written:
            _show(one)


@click.command("check", context_settings=CONTEXT_SETTINGS)
@click.option(
    "--folder",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where the files are; may be given several times.  [default: migrations_state.flyway, or ./migrations]",
)
@click.option("-t", "--table", default=_TABLE, metavar="NAME", show_default=True, help="Flyway's table.")
@click.option("--schema", metavar="NAME", help="Its schema.  [default: of the search path]")
@click.option("--placeholder", multiple=True, metavar="NAME=VALUE", help="What takes the place of ${NAME}.")
@click.option("--no-placeholders", is_flag=True, help="Leave ${…} as it stands.")
@some_options(*_SHARED)
def check(options: Options, folders: Sequence[Path], **said: Any) -> None:
    """Apply all files to an empty private cluster, and compare what they make with the same objects of the source.

    Prints what differs as a unified diff, by pg_dump's words. Needs PostgreSQL's server programs here. Neither the
    source nor the dev database is changed.

    Exit status: 0 equal; 1 they differ, or files have mistakes; 2 bad usage; 3 a file failed.
    """
    from devdb.migrations import check as checking
    from devdb.migrations.apply import Options as Applying

    placeholders = None if said["no_placeholders"] else dict(map(_pair, said["placeholder"]))
    settings = options.settings()
    asked = Applying(schema=said["schema"], table=said["table"], placeholders=placeholders)
    with _telling(options) as progress:
        found = checking.check(settings, folders or _folders(settings), asked, progress)
    if found.diff:
        click.echo(found.diff)
        raise CheckFailed(f"{found.differing} of {found.things} objects are not as the source has them")
    if not options.quiet:
        click.echo(f"{found.files} files make {found.things} objects, all as the source has them")


@contextmanager
def _telling(options: Options) -> Iterator[Any]:
    import psycopg

    from devdb.cli.progress import reporter

    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            yield progress
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc


def _wanted(seeds: Sequence[str], type_: str | None, name: str | None, batch: Path | None) -> list[Wanted]:
    from devdb.migrations.wanted import Wanted
    from devdb.migrations.wanted import batch as read

    if batch is not None:
        if seeds or name is not None or type_ is not None:
            raise UsageError("--batch says seeds, names and types itself: leave --seed, --name and --type out")
        return read(batch)
    if not seeds or name is None:
        raise UsageError("say what to create with --seed and --name, or with --batch")
    return [Wanted(tuple((seed, type_) for seed in seeds), name)]


def _folders(settings: Settings) -> list[Path]:
    return [settings.beside / each for each in settings.migrations_state.flyway or ("migrations",)]


def _version(text: str) -> Version:
    from devdb.migrations.naming import Version

    try:
        return Version(text)
    except ValueError as exc:
        raise UsageError(f"--version: {exc}") from None


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UsageError(f"--placeholder: write name=value, not {text!r}")
    return name, value


def _show(written: Written) -> None:
    for path in written.files:
        click.echo(str(path))
    if not written.files:
        seeds = ", ".join(text for text, _ in written.wanted.seeds)
        click.echo(f"{written.wanted.name}: nothing to create, all that {seeds} needs is there")
