"""The command that proposes a class and a mask for every column on which nobody has decided."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, FILE_NAME, Options, shared_options
from devdb.errors import CheckFailed, ConnectionFailed

if TYPE_CHECKING:
    from devdb.classifying.classify import Found


@click.command(context_settings=CONTEXT_SETTINGS)
@click.argument("tables", nargs=-1, metavar="[TABLES]...")
@click.option("--all", "decided_too", is_flag=True, help="Show the columns that are decided, too.")
@click.option(
    "--sample",
    "rows",
    type=click.IntRange(1, 100_000),
    default=1000,
    show_default=True,
    metavar="N",
    help="Look at about N rows of each table.",
)
@click.option("--no-values", is_flag=True, help="Propose by names, types and comments; look at no value.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--write", is_flag=True, help="Add the proposals to the settings file.")
@click.option("--check", is_flag=True, help="Exit with status 1 if a column is undecided; propose nothing.")
@shared_options
def classify(
    tables: tuple[str, ...],
    decided_too: bool,
    rows: int,
    no_values: bool,
    as_json: bool,
    write: bool,
    check: bool,
    options: Options,
) -> None:
    """Propose a class and a mask for every column on which nobody has decided. Changes nothing but, with --write, the
    settings file.

    TABLES are names or patterns (public.person, hr.*); without any, all tables that a run may take. Proposals come
    from names in several languages, types and comments, and from values of some rows, which are never shown.
    """
    if check and write:
        raise click.UsageError("--check and --write exclude each other.")
    import psycopg

    from devdb.classifying.classify import classify as look
    from devdb.cli.progress import reporter
    from devdb.looking import looking

    settings = options.settings()
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            with looking(settings, command="classify", report=progress) as (looked, view):
                found = look(
                    looked,
                    progress,
                    tables=tables,
                    rows=None if no_values or check else rows,
                    decided_too=decided_too,
                    proposals=not check,
                    view=view,
                )
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
    undecided = [one for one in found if not one.is_decided]
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], indent=2, ensure_ascii=False))
    elif check:
        _show(found, proposals=False)
    elif found and not options.quiet:
        _show(found, proposals=True)
    if check:
        if undecided:
            raise CheckFailed(
                _count(undecided), hint="devdb classify proposes, devdb classify --write begins with that"
            )
        if not as_json:
            click.echo("Every column is decided.")
    elif write:
        from devdb.classifying.settings_file import add

        path = settings.path or options.config
        written = add(path, undecided)
        said = f"wrote {written} of {len(undecided)} columns to {path or FILE_NAME}" if written else "nothing to write"
        click.echo(said, err=True)
    elif not as_json and not options.quiet:
        click.echo(_count(undecided) if undecided else "Every column is decided.", err=bool(undecided))


def _count(undecided: Sequence[Found]) -> str:
    tables = len({one.decision.table.name for one in undecided})
    columns = "1 column is" if len(undecided) == 1 else f"{len(undecided):,} columns are"
    return f"{columns} undecided, in {tables:,} table{'' if tables == 1 else 's'}"


def _plain(one: Found) -> dict[str, object]:
    from devdb.classifying.proposal import as_plain

    decision, proposal = one.decision, one.proposal
    return {
        "table": str(decision.table.name),
        "column": decision.column.name,
        "type": decision.column.type,
        "is_decided": one.is_decided,
        "class": decision.classified,
        "class_from": decision.class_from,
        "mask": None if decision.mask is None else decision.mask.plain,
        "mask_from": decision.mask_from,
        "proposal": None
        if proposal is None
        else {
            "class": one.classified if not one.is_decided else proposal.classified,
            "mask": as_plain(proposal.mask),
            "reason": proposal.reason,
            "matched": proposal.matched,
            "sampled": proposal.sampled,
        },
    }


def _show(found: Sequence[Found], *, proposals: bool) -> None:
    from devdb.classifying.proposal import written

    titles = ("column", "type", "class", "mask", "why") if proposals else ("column", "type", "class")
    lines: list[tuple[str, ...]] = []
    for one in found:
        decision, proposal = one.decision, one.proposal
        if not proposals:
            lines.append((one.pattern, decision.column.type, decision.classified or "-"))
        elif one.is_decided:
            mask = "-" if decision.mask is None else str(decision.mask)
            why = decision.mask_from or decision.class_from or ""
            lines.append((one.pattern, decision.column.type, decision.classified or "-", mask, f"decided: {why}"))
        else:
            assert proposal is not None
            mask = written(proposal.mask)
            lines.append((one.pattern, decision.column.type, one.classified or "-", mask, proposal.reason))
    if not lines:
        return
    if sys.stdout.isatty():
        _draw(titles, lines)
        return
    widths = [max(map(len, column)) for column in zip(titles, *lines, strict=True)]
    for line in (titles, *lines):
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())


def _draw(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for line in lines:
        table.add_row(*map(Text, line))
    Console(highlight=False).print(table)
