"""The command that proves that no raw value of a masked column is in what was made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, shared_options
from devdb.errors import CheckFailed, ConnectionFailed, Refused

if TYPE_CHECKING:
    from devdb.catalog.model import Column, Source, Table
    from devdb.leakcheck.check import Report
    from devdb.progress import Reporter
    from devdb.server.connection import Connection
    from devdb.settings import Settings
    from devdb.settings.mask import Mask
    from devdb.sqltext.templates import Templates

_NAME = "devdb leakcheck"
# What a run leaves in its output directory.
_FILES = ("schema.sql", "devdb.dump", "devdb.sql.gz", "run.json")


@click.command(context_settings=CONTEXT_SETTINGS)
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--values", type=click.IntRange(1, 1_000_000), metavar="N", help="Raw values of each masked column.")
@click.option("--min-length", type=click.IntRange(1, 1000), metavar="N", help="Search for none that is shorter.")
@shared_options
def leakcheck(files: Sequence[Path], values: int | None, min_length: int | None, options: Options) -> None:
    """Search the dev database and its dump for raw values of masked columns. Changes nothing.

    Values are drawn from the source, of the rows that the dev database holds. Searched are all of its tables, its
    definitions, the files in the output directory, and FILES: dumps of any format, or any text, also compressed.

    Exit status: 0 none was found; 1 some were, or something could not be searched. No value is ever shown.
    """
    import psycopg

    from devdb.cli.progress import reporter, show_table

    settings = options.settings()
    changed = {"values": values, "min_length": min_length}
    searched = settings.leakcheck.model_copy(update={key: said for key, said in changed.items() if said is not None})
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            made = _check(
                settings,
                [*_made(settings), *files],
                values=searched.values,
                min_length=searched.min_length,
                to=progress,
            )
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
        for note in made.notes:
            progress.note(note)
        for about in (made.skipped, made.told):
            for what, why in sorted(about.items()):
                progress.detail(f"{what}: {why}", level=1)
    if made.leaks:
        show_table(
            ("found in", "raw values of", "values", "times"),
            [(leak.where, leak.of, f"{leak.values:,}", f"{leak.count:,}") for leak in made.leaks],
            texts=2,
        )
    if made.leaks or not options.quiet:
        click.echo(made.summary)
    if made.leaks:
        raise CheckFailed(
            "raw values of masked columns were found",
            hint="mask the columns that hold them, too, or leave their rows out; nothing of it is safe to hand on",
        )


def _made(settings: Settings) -> list[Path]:
    """The files of the last run that are there."""
    return [path for name in _FILES if (path := settings.output_directory / name).exists()]


def _check(settings: Settings, files: Sequence[Path], *, values: int, min_length: int, to: Reporter) -> Report:
    from contextlib import ExitStack

    from psycopg.conninfo import make_conninfo

    from devdb.catalog import source as catalog
    from devdb.leakcheck.check import check
    from devdb.looking import looking
    from devdb.masking.kinds.lists import known_values
    from devdb.server.connection import application_name, close_quietly, connect
    from devdb.sqltext.templates import Templates

    if not settings.is_masking:
        raise Refused(
            "the settings mask nothing, so that there is nothing to search for",
            hint="say what is to be masked in the sections masking and classification",
        )
    with ExitStack() as stack:
        settings, view = stack.enter_context(looking(settings, command=_NAME, report=to))
        templates = Templates(settings.sql_directories)

        def opened(conninfo: dict[str, str], session: dict[str, str] | None = None) -> Connection:
            connection = connect(
                make_conninfo(**conninfo),
                read_only=True,
                session=session,
                application_name=application_name(_NAME),
            )
            stack.callback(close_quietly, connection)
            return connection

        to.step("reading the source's catalog")
        source = opened(settings.source_conninfo(), settings.source.limits)
        dev = opened(settings.target_conninfo())
        database = catalog.read_database(source, templates)
        described = view(catalog.read(source, templates, database=database, schemas=settings.source.schemas))
        columns = masked_columns(source, templates, described, settings)
        if not columns:
            raise Refused("the settings mask no column", hint="devdb classify proposes masks")
        return check(
            source,
            dev,
            files,
            columns,
            catalog=described,
            templates=templates,
            report=to,
            values=values,
            min_length=min_length,
            known=lambda mask: known_values(mask, settings.masking.locale),
        )


def masked_columns(
    connection: Connection, templates: Templates, source: Source, settings: Settings
) -> list[tuple[Table, Column, Mask]]:
    """What is masked, keys considered. Raises SettingsError with every mistake."""
    from devdb.masking import preparing
    from devdb.sampling import choice
    from devdb.settings import one_error

    keys = [reference.key for reference in choice.choose(source, settings).references]
    shared = preparing.decided(connection, templates, source, settings, keys)
    if shared.errors:
        raise one_error(shared.errors)
    return [(one.table, one.column, one.mask) for one in shared.decisions.columns.values() if one.mask is not None]
