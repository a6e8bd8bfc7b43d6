"""The command that brings the rows of CSV files into the dev database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options
from devdb.errors import ConnectionFailed

if TYPE_CHECKING:
    from devdb.codes.load import Loaded


@click.command("load-codes", context_settings=CONTEXT_SETTINGS)
@click.option("--prune", is_flag=True, help="Delete rows that are in no file any more; refused while referred to.")
@some_options(
    "host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "dry_run", "verbose", "quiet", "yes"
)
def load_codes(prune: bool, options: Options) -> None:
    """Load the CSV files that the settings name under code_tables into their tables in the dev database.

    Rows that are new are inserted, rows that differ are changed, parents before children, all in one transaction.
    Rows that are in no file any more are told, and deleted with --prune.

    Exit status: 0 done; 1 a mistake in a file, or refused; 2 bad usage, or the server cannot be reached; 3 the server
    refused a statement. Nothing is loaded unless it is 0.
    """
    import psycopg

    from devdb.cli.progress import reporter
    from devdb.codes.load import load

    settings = options.settings()
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            loaded = load(settings, progress, prune=prune, yes=options.yes, dry_run=options.dry_run)
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
    if not options.dry_run and not options.quiet:
        _show(loaded)


def _show(loaded: Sequence[Loaded]) -> None:
    from devdb.cli.progress import show_table

    titles = ("table", "inserted", "updated", "unchanged", "not in the file", "deleted")
    counts = [(each.inserted, each.updated, each.unchanged, each.gone, each.deleted) for each in loaded]
    lines = [(each.table, *(f"{count:,}" for count in counted)) for each, counted in zip(loaded, counts, strict=True)]
    show_table(titles, lines)
    for each in loaded:
        if each.gone:
            shown = ", ".join(each.gone_keys) + (", …" if each.gone > len(each.gone_keys) else "")
            done = "deleted" if each.deleted else "no longer in the file"
            click.echo(f"{each.table}: {done}: {shown}")
