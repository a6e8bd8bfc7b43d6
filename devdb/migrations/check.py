"""What migrations make of an empty database, beside what the source says of the same objects."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.catalog import schema_archive
from devdb.catalog.schema_choice import Piece
from devdb.catalog.schema_replay import roles_named
from devdb.dependencies import reading
from devdb.dependencies.model import Graph, Thing
from devdb.dependencies.pieces import chosen
from devdb.errors import UsageError
from devdb.looking import looking
from devdb.migrations import folder as folders
from devdb.migrations.apply import Options, apply
from devdb.migrations.folder import Folder
from devdb.migrations.placeholders import blanked
from devdb.migrations.postgres_parts import schemas_of
from devdb.progress import Reporter
from devdb.server import installation
from devdb.server.cluster import Cluster
from devdb.server.connection import Connection, application_name, close_quietly, connect
from devdb.server.installation import Installation
from devdb.server.temporary import temporary
from devdb.settings import Settings
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

_NAME = "devdb migrations check"
_DATABASE = "migrations"
# What is a thing of its own, and yet said of the table that it is on.
_OF_TABLES = ("trigger", "policy", "rule")


@dataclass(frozen=True)
class Found:
    """What differs between the source and what `files` made, as a unified diff, "" for nothing; of how many things."""

    diff: str
    differing: int
    things: int
    files: int = 0


def check(settings: Settings, paths: Sequence[Path], options: Options, report: Reporter) -> Found:
    """Apply the folders' migrations to an empty private cluster, and compare with the source.

    The cluster is of the source's release where that is installed. Raises ScriptFailed for a migration that fails.
    """
    folder = folders.read(*paths).check()
    templates = Templates(settings.sql_directories)
    with looking(settings, command=_NAME, report=report) as (settings, _):
        source = connect(
            make_conninfo(**settings.source_conninfo()),
            read_only=True,
            session=settings.source.limits,
            application_name=application_name(_NAME),
        )
        try:
            report.step("starting an empty private cluster")
            with temporary(programs=_server(source, report)) as cluster:
                made = applied(cluster, _DATABASE, folder, options, templates=templates, report=report)
                try:
                    report.step("comparing with the source")
                    found = difference(source, made, templates, settings, options)
                    return replace(found, files=len(folder.of("V", "R", "B")))
                finally:
                    close_quietly(made)
        finally:
            close_quietly(source)


def applied(
    cluster: Cluster, dbname: str, folder: Folder, options: Options, *, templates: Templates, report: Reporter
) -> Connection:
    """A connection to a new database `dbname` of the cluster, which the folder's migrations were applied to.

    Roles that they name are made.
    """
    maintenance = connect(cluster.conninfo(), application_name=application_name(_NAME))
    try:
        known = {name for (name,) in maintenance.execute("SELECT rolname FROM pg_catalog.pg_roles").fetchall()}
        for role in sorted(_roles(folder) - known):
            maintenance.execute(f"CREATE ROLE {ident(role)}".encode())
        maintenance.execute(f"CREATE DATABASE {ident(dbname)} TEMPLATE template0 ENCODING 'UTF8'".encode())
    finally:
        close_quietly(maintenance)

    def another() -> Connection:
        return connect(cluster.conninfo(dbname), application_name=application_name(_NAME))

    made = another()
    try:
        apply(made, another, folder, options, templates=templates, reporter=report)
    except BaseException:
        close_quietly(made)
        raise
    return made


def difference(
    source: psycopg.Connection[Any],
    made: psycopg.Connection[Any],
    templates: Templates,
    settings: Settings,
    options: Options,
) -> Found:
    """The objects of `made`, but for Flyway's table, as the source has them and as they are there."""
    theirs, ours = reading.read(source, templates), reading.read(made, templates)
    things = [thing for thing in ours.things if not _is_history(thing, options) and thing.type != "role"]
    known = {_comparable(thing): thing for thing in theirs.things}
    same = [known[one] for one in map(_comparable, things) if one in known]
    # What the source has on these tables, and nothing here says anything of.
    said = [need.needs for thing in same for need in theirs.needs_of.get(thing, ()) if need.kind in _OF_TABLES]
    same = list(dict.fromkeys([*same, *(thing for thing in said if thing.type in _OF_TABLES)]))
    before = _said(source, theirs, same, settings)
    after = _said(made, ours, things, settings)
    lines = difflib.unified_diff(_lines(before), _lines(after), "source", "migrations", lineterm="")
    both = before.keys() | after.keys()
    return Found(
        diff="\n".join(lines),
        differing=sum(before.get(thing) != after.get(thing) for thing in both),
        things=len(both),
    )


def _said(
    connection: psycopg.Connection[Any], graph: Graph, things: Sequence[Thing], settings: Settings
) -> dict[Thing, list[Piece]]:
    """What pg_dump says of each of these objects; in the order of their names, which the same objects share."""
    archive = schema_archive.read(
        connection, schemas=schemas_of(things), skip_extensions=settings.extensions.skip, lock_timeout_ms=10_000
    )
    found: dict[Thing, list[Piece]] = {}
    for piece, thing in chosen((*archive.pre_data.pieces, *archive.post_data.pieces), graph, things):
        if thing is not None:
            found.setdefault(_comparable(thing), []).append(piece)
    # What pg_dump looks at first is chance where nothing decides.
    for pieces in found.values():
        pieces.sort(key=lambda piece: (piece.schema, piece.name, piece.kind, piece.text))
    return dict(sorted(found.items(), key=lambda item: (item[0].schema, item[0].name, item[0])))


def _lines(said: Mapping[Thing, Sequence[Piece]]) -> list[str]:
    lines = []
    for pieces in said.values():
        for piece in pieces:
            place = "" if piece.schema == "-" else f"{piece.schema}."
            lines += [f"-- {piece.kind} {place}{piece.name}", *piece.text.split("\n"), ""]
    return lines


def _comparable(thing: Thing) -> Thing:
    """As the migrations make it: a foreign table of the source is an ordinary one."""
    return replace(thing, type="table") if thing.type == "foreign table" else thing


def _is_history(thing: Thing, options: Options) -> bool:
    schema = options.schema or "public"
    return thing.type == "table" and (thing.schema, thing.name) == (schema, options.table)


def _roles(folder: Folder) -> set[str]:
    """The roles that policies and grants of the files name, as far as these can be parsed."""
    from pglast.parser import ParseError

    found: set[str] = set()
    for file in folder.of("V", "R", "B"):
        try:
            found |= roles_named(blanked(file.text))
        except ParseError:
            continue
    return found


def _server(source: psycopg.Connection[Any], report: Reporter) -> Installation:
    major = source.info.server_version // 10000
    try:
        return installation.find_server(major=major)
    except UsageError:
        best = installation.find_server()
        report.note(f"no PostgreSQL {major} is installed here: the migrations are tried on {best.major}")
        return best
