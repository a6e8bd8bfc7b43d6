"""The command that says which objects one cannot live without."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from devdb.cli.options import CONTEXT_SETTINGS, Options, shared_options
from devdb.errors import ConnectionFailed, UsageError

if TYPE_CHECKING:
    from devdb.dependencies.model import Closure, Direction, Graph
    from devdb.progress import Reporter
    from devdb.settings import Settings


@click.command(context_settings=CONTEXT_SETTINGS)
@click.argument("objects", nargs=-1, required=True, metavar="SCHEMA.OBJECT...")
@click.option("--type", "type_", metavar="TYPE", help="What the objects are: table, view, function, …")
@click.option(
    "--direction",
    type=click.Choice(["needs", "needed-by"]),
    default="needs",
    show_default=True,
    help="What they need, or what needs them.",
)
@click.option("--follow", multiple=True, metavar="KIND,...", help="Follow needs of these kinds only: fk, view, …")
@click.option("--depth", type=click.IntRange(0), metavar="N", help="Go no farther than N steps.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "dot", "mermaid", "html"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("--dev", is_flag=True, help="Look at the dev database instead of the source.")
@shared_options
def deps(
    objects: tuple[str, ...],
    type_: str | None,
    direction: Direction,
    follow: tuple[str, ...],
    depth: int | None,
    form: str,
    dev: bool,
    options: Options,
) -> None:
    """Say which other objects of the source SCHEMA.OBJECT needs, and those in turn. Changes nothing.

    Names are written as in SQL: app.orders, app."Orders", 'app.total(integer)', 'trg on app.orders'. Bodies of
    functions are looked into as well; SQL that they make at run time cannot be known, and is told.
    """
    # Nothing of what is loaded is ever garbage: not looked through meanwhile.
    gc.disable()
    import psycopg

    from devdb.cli.progress import reporter
    from devdb.dependencies.finding import find

    kinds = _kinds(follow)
    with reporter(quiet=options.quiet, verbose=options.verbose) as progress:
        try:
            settings = options.said_settings()
            if dev or settings.source.is_foreign:
                # Only then is a dev server needed, which may have to be started.
                settings = options.settings()
            graph = graph_of(settings, progress, dev=dev)
        except psycopg.Error as exc:
            raise ConnectionFailed(str(exc).strip()) from exc
        seeds = [find(graph, one, type=type_) for one in objects]
        closure = graph.needed(seeds, direction=direction, follow=kinds, depth=depth)
        _note_left_out(closure, graph, progress)
    # Not by click.echo, which sends each piece by itself.
    sys.stdout.writelines(_pieces(closure, form))


def _pieces(closure: Closure, form: str) -> Iterator[str]:
    from devdb.dependencies import diagrams, tree

    if form == "html":
        from devdb.dependencies.page import page

        yield page(closure)
    elif form == "json":
        yield from tree.as_json(tree.tree(closure))
    else:
        lines: Iterable[str]
        if form == "text":
            lines = tree.text(tree.tree(closure))
        else:
            lines = diagrams.dot(closure) if form == "dot" else diagrams.mermaid(closure)
        for line in lines:
            yield line + "\n"


def graph_of(settings: Settings, report: Reporter, *, dev: bool = False) -> Graph:
    """What needs what in the source, by its dictionary if it is not PostgreSQL; or in the dev database."""
    from psycopg.conninfo import make_conninfo

    from devdb.dependencies import reading
    from devdb.server.connection import application_name, close_quietly, connect
    from devdb.sqltext.templates import Templates

    templates = Templates(settings.sql_directories)
    name = application_name("deps")
    if settings.source.is_foreign and not dev:
        from devdb.dependencies.dictionary import graph
        from devdb.standin import standing_in

        maintenance = connect(
            make_conninfo(**settings.target_conninfo(settings.target.maintenance_db)), application_name=name
        )
        try:
            with standing_in(settings, templates, maintenance, command="deps", report=report) as standin:
                return graph(standin.dictionary, settings.source.schemas)
        finally:
            close_quietly(maintenance)
    if dev:
        conninfo, session, schemas = settings.target_conninfo(), None, None
    else:
        conninfo, session, schemas = settings.source_conninfo(), settings.source.limits, settings.source.schemas
    connection = connect(make_conninfo(**conninfo), read_only=True, session=session, application_name=name)
    try:
        return reading.read(connection, templates, schemas)
    finally:
        close_quietly(connection)


def _kinds(follow: Iterable[str]) -> tuple[str, ...] | None:
    """The kinds that --follow names; None if it is not given. Raises UsageError for one that there is not."""
    from devdb.dependencies.model import KINDS
    from devdb.settings.complaints import nearest

    named = [word.strip() for words in follow for word in words.split(",")]
    for kind in named:
        if kind not in KINDS:
            hint = nearest(kind, KINDS) or f"kinds are {', '.join(KINDS)}"
            raise UsageError(f"--follow: there is no kind {kind!r}", hint=hint)
    return tuple(named) or None


def _note_left_out(closure: Closure, graph: Graph, report: Reporter) -> None:
    if graph.schemas is None:
        return
    outside = sorted({thing.schema for thing in closure.things if thing.schema} - set(graph.schemas))
    if outside:
        report.note(f"what is needed lies in schemas, too, that source.schemas leaves out: {', '.join(outside)}")
