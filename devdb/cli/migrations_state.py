"""The command that compares migrations of the source, the dev database and the files on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, some_options
from devdb.errors import CheckFailed, ConnectionFailed

if TYPE_CHECKING:
    from devdb.state.migrations import State

_SHOWN = 10


@click.command("migrations-state", context_settings=CONTEXT_SETTINGS)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True, help="What to print."
)
@click.option("--no-source", is_flag=True, help="Compare the dev database with the files alone.")
@some_options("host", "port", "username", "dev_db", "prod_db", "config", "sql_dir", "verbose", "quiet")
def migrations_state(form: str, no_source: bool, options: Options) -> None:
    """Compare which migrations of Django, Alembic and Flyway are applied where, and which files there are.

    Files are those that the settings name under migrations_state, or all below the settings file that look like it.
    None of them is run. Changes nothing.

    Exit status: 0 all places agree; 1 they differ.
    """
    import psycopg

    from devdb.cli.progress import reporter
    from devdb.state.migrations import compare

    settings = options.settings()
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            state = compare(settings, progress, with_source=not no_source)
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
    if form == "json":
        click.echo(state.as_json())
    elif not options.quiet:
        _show(state)
    if not state.is_equal:
        differing = sum(migration.differs for migration in state.migrations)
        raise CheckFailed(f"{differing} of {len(state.migrations)} migrations differ")


def _show(state: State) -> None:
    from devdb.cli.progress import show_table
    from devdb.state.migrations import PLACES

    places = [place for place in PLACES if any(getattr(each, place) is not None for each in state.migrations)]
    show_table(
        ("tool", "migration", *places),
        [
            (each.tool, f"{each.name} {each.title}".rstrip(), *(getattr(each, place) or "" for place in places))
            for each in state.migrations
        ],
        texts=2 + len(places),
    )
    by_place: dict[str, list[str]] = {}
    for each in state.migrations:
        if each.differs:
            by_place.setdefault(f"{each.tool}, {each.where}", []).append(each.name)
    for what, names in by_place.items():
        more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        click.echo(f"{what}: {', '.join(names[:_SHOWN])}{more}")
    if state.is_equal:
        count = len(state.migrations)
        click.echo(f"{count} migrations, the same everywhere" if count else "no migrations were found anywhere")
