"""The command that says beforehand what a run would take, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, shared_options
from devdb.errors import ConnectionFailed, DevdbError

if TYPE_CHECKING:
    from devdb.catalog.model import Name
    from devdb.planning.plan import Plan
    from devdb.progress import Reporter
    from devdb.settings import Settings

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings=CONTEXT_SETTINGS)
@click.option("--exact", is_flag=True, help="Count instead of estimating: build beside the dev database, and undo it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help="What to print.",
)
@click.option("--html", "html_file", type=_FILE, metavar="FILE", help="Write the page with the graph as well.")
@click.option(
    "--write", "plan_file", type=_FILE, metavar="FILE", help="Write the plan to be edited, for --plan of a build."
)
@shared_options
def plan(exact: bool, form: str, html_file: Path | None, plan_file: Path | None, options: Options) -> None:
    """Say what build-dev-db with the same options would take of each table, and why. Changes nothing.

    Estimates come from the planner's statistics at the source and from following some of the seed rows there. Also
    told: caps that bite, keys that are cut, what the wrapper cannot send to the source, indexes that the source
    lacks, and how long a run would last.
    """
    import psycopg

    from devdb.cli.progress import reporter
    from devdb.planning import plan_file as files
    from devdb.planning import planner
    from devdb.planning.page import page

    settings = options.keyed_settings() if exact else options.settings()
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            made = planner.make(settings, progress)
            result = made.plan.counted(exact_counts(settings, progress)) if exact else made.plan
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
    if plan_file is not None:
        _write(plan_file, files.text(result, made.source, made.settings, made.choice))
    if html_file is not None:
        _write(html_file, page(result))
    if form == "json":
        click.echo(result.as_json(), nl=False)
    elif form == "html":
        click.echo(page(result), nl=False)
    elif not options.quiet:
        _show(result)


def exact_counts(settings: Settings, report: Reporter) -> Mapping[Name, tuple[int, int]]:
    """Rows and bytes of each table, as a build would take them: it is done, and undone."""
    from devdb import actions
    from devdb.preflight import Run

    return actions.count(Run(settings=settings, command="plan", reporter=report))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise DevdbError(f"{path}: cannot be written: {exc.strerror}") from exc


def _show(result: Plan) -> None:
    from devdb.cli.progress import show_table
    from devdb.planning.plan_file import readable

    about = "" if result.is_exact else "~"
    titles = ("table", "rows in source", "by rule", "for keys", "children", "rows", "size", "seconds")
    show_table(
        titles,
        [
            (
                table.table,
                f"~{table.source_rows:,}",
                f"{about}{table.by_rule:,}",
                f"{about}{table.by_key:,}",
                f"{about}{table.by_child:,}",
                f"{about}{table.rows:,}{'?' if table.is_guess else ''}",
                readable(table.bytes),
                f"{table.seconds:.2f}",
            )
            for table in sorted(result.tables, key=lambda table: table.table)
        ],
    )
    seconds = f"about {result.seconds:.1f} s (measured by {result.measured})"
    click.echo(
        f"{result.source}: {about}{result.rows:,} rows, {readable(result.bytes)} in "
        f"{sum(1 for table in result.tables if table.rows)} of {len(result.tables)} tables, {seconds}"
    )
    _section("Why", [f"{table.table}: {table.why}" for table in result.tables if table.why and table.way])
    _section("Caps that bite", list(_caps(result)))
    _section("Keys that are cut", list(_cuts(result)))
    _section(
        "What the wrapper cannot send",
        [
            f"{part.table}: {part.clause}: {part.reason}"
            + (f"\n    sent: {part.remote_sql}" if part.remote_sql else "")
            for part in result.unsent
        ],
    )
    _section(
        "Indexes that the source lacks",
        [
            f"{index.key}: reads {index.rows:,} rows of {index.table}\n    {index.create or 'no index helps an array'}"
            for index in result.missing_indexes
        ],
    )
    _section("Notes", result.notes)


def _caps(result: Plan) -> list[str]:
    found = []
    for key in result.keys:
        if key.cap is not None:
            largest = "" if key.cap.largest is None else f", up to about {key.cap.largest:,}"
            found.append(
                f"{key.key}: {key.cap.max:,} children, for about {key.cap.parents:,.0f} parents that have more "
                f"({key.cap.average:,} on average{largest})"
            )
    return found


def _cuts(result: Plan) -> list[str]:
    return [
        f"{key.key}: about {key.nulled_rows:,} rows get NULL in {', '.join(key.nulled)}"
        for key in result.keys
        if key.is_cut and key.nulled
    ]


def _section(title: str, lines: object) -> None:
    assert isinstance(lines, list | tuple)
    if lines:
        click.echo(f"\n{title}:")
        for line in lines:
            click.echo(f"  {line}")
