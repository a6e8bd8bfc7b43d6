"""Make a plan: look at the source, and at the dev database if there is one. Nothing is changed anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from psycopg.conninfo import make_conninfo

from devdb.catalog import source as catalog
from devdb.catalog.model import Name, Source
from devdb.errors import ConnectionFailed, Refused
from devdb.planning import edges, indexes, plan_file, seeds, sending, speed, statistics, walk, ways
from devdb.planning.edges import Step
from devdb.planning.estimate import Estimate, estimate
from devdb.planning.plan import Cap, Index, Plan, PlannedKey, PlannedTable, UnsentPart
from devdb.planning.statistics import KeyStatistics, Statistics
from devdb.progress import Reporter
from devdb.sampling import choice as choosing
from devdb.sampling import mistakes, populate, rules
from devdb.sampling.choice import Choice, Reference
from devdb.server import link
from devdb.server.connection import Connection, close_quietly, connect
from devdb.settings import Follow, Settings, key_pattern_for
from devdb.sqltext.templates import Templates

_NAME = "devdb plan"
# A look at some rows of the source that takes longer is given up.
_TIMEOUT = "10s"


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made of."""

    plan: Plan
    source: Source
    settings: Settings
    choice: Choice


def make(settings: Settings, report: Reporter) -> Planned:
    """The plan of a run with these settings. Raises what the run would, before it changed anything."""
    if settings.source.is_foreign:
        raise Refused(
            f"a plan follows rows by their places, which {settings.source.wrapper} does not tell",
            hint="build-dev-db --no-dump takes the rows, and says how many",
        )
    with ExitStack() as stack:
        templates = Templates(settings.sql_directories)
        report.step("reading the source's catalog")
        connection = stack.enter_context(_opened(make_conninfo(**settings.source_conninfo()), settings.source.limits))
        database = catalog.read_database(connection, templates)
        source = catalog.read(connection, templates, database=database, schemas=settings.source.schemas)
        if settings.plan_path is not None:
            settings = settings.with_sampling(plan_file.load(settings.plan_path, source))
        choice = choosing.choose(source, settings)
        foreign_schemas = link.foreign_schemas(source.schemas)

        def foreign(name: Name) -> Name:
            return Name(foreign_schemas[name.schema], name.name)

        notes = [*choice.notes, *choosing.check(connection, choice)]
        takes = rules.takes(source, choice.rules, settings, foreign)
        populate.check_rules(connection, takes)
        with connection.transaction(force_rollback=True):
            # One snapshot: a row is known by its place in it.
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute(f"SET LOCAL statement_timeout = '{_TIMEOUT}'")
            known = statistics.read(connection, templates, source)
            report.step("looking for indexes")
            leading = ways.ways(source, choice)
            lacking = indexes.missing(connection, source, choice.references, leading.live, known)
            report.step("looking at seed rows")
            seed = settings.sampling.seed
            found = seeds.look(connection, source, choice.rules, known, seed=seed)
            report.step("following some of them")
            scanned = [item.reference for item in lacking]
            walked = walk.walk(connection, source, choice.references, found, scanned=scanned, seed=seed)
            expected = estimate(source, choice.references, known, found, walked)
            report.step("looking at what is sent")
            read = {take.foreign for take in takes}
            linked = _linked(stack, settings, read)
            facts = sending.Facts(connection, templates)
            parts = sending.unsent(linked, facts, source, choice, leading.live, takes, foreign)
            report.step("measuring")
            pace = speed.speed(connection, source, known, settings.output_directory / "run.json")
    if linked is None:
        notes.append("no dev database is linked: what the wrapper cannot send is told from the text alone")
    notes += _unanalyzed(source, known)
    tables = _tables(source, choice, leading, known, expected, walked, pace)
    plan = Plan(
        source=database.name,
        target=settings.target.dbname,
        made=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        is_exact=False,
        reader=settings.source.reader,
        is_linked=linked is not None,
        measured=pace.measured,
        seconds=round(pace.fixed_s + sum(table.seconds for table in tables), 3),
        tables=tables,
        keys=_keys(source, choice, known, expected, walked.edges),
        unsent=[UnsentPart(str(part.table), part.clause, part.reason, part.remote_sql) for part in parts],
        missing_indexes=[
            Index(key_text(choice.references, item.reference), str(item.table.name), item.rows, item.create)
            for item in lacking
        ],
        notes=notes,
    )
    return Planned(plan, source, settings, choice)


def key_text(references: Sequence[Reference], number: int) -> str:
    """What the settings would call the key: by its columns, or by its name where these do not tell it from others."""
    key = references[number].key
    schema, table, columns, name = mistakes.named(key)
    alike = [other for other in references if mistakes.named(other.key)[:3] == (schema, table, columns)]
    if key.is_virtual or len(alike) > 1:
        return key_pattern_for(schema, table, constraint=name)
    return key_pattern_for(schema, table, columns)


@contextmanager
def _opened(conninfo: str, session: Mapping[str, str] | None = None) -> Iterator[Connection]:
    connection = connect(conninfo, read_only=True, session=session, application_name=_NAME)
    try:
        yield connection
    finally:
        close_quietly(connection)


def _linked(stack: ExitStack, settings: Settings, foreign: set[Name]) -> Connection | None:
    """The dev database, if it has the foreign tables; no plan needs one."""
    try:
        connection = stack.enter_context(_opened(make_conninfo(**settings.target_conninfo())))
    except ConnectionFailed:
        return None
    return connection if foreign and sending.is_linked(connection, foreign) else None


def _unanalyzed(source: Source, known: Statistics) -> list[str]:
    names = [str(table.name) for table in source.filled_tables if not known.of(table).was_analyzed]
    if not names:
        return []
    shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return [f"never analyzed at the source, so that their sizes are rough: {shown}"]


def _tables(
    source: Source,
    choice: Choice,
    leading: ways.Ways,
    known: Statistics,
    expected: Estimate,
    walked: walk.Walked,
    pace: speed.Speed,
) -> list[PlannedTable]:
    by_child: dict[int, float] = {}
    for step, rows in expected.over.items():
        if not step.is_up:
            oid = walked.edges.child_of[step.reference]
            by_child[oid] = by_child.get(oid, 0.0) + rows
    guessed = {source.by_oid[oid].name for oid in expected.guessed}
    found = []
    for table in source.filled_tables:
        rule = choice.rules[table.name]
        size = known.of(table)
        rows = round(expected.rows[table.oid])
        by_rule = min(rows, round(expected.by_rule.get(table.oid, 0.0)))
        children = min(rows - by_rule, round(by_child.get(table.oid, 0.0)))
        origin, steps = leading.to.get(table.name, (None, ()))
        taken = rows * size.row_bytes
        found.append(
            PlannedTable(
                table=str(table.name),
                rule=str(rule),
                place=_place(rule.path, rule.line),
                origin=None if origin is None else str(origin),
                why=None if origin is None else ways.told(choice, origin, steps),
                way=[key_text(choice.references, step.reference) for step in steps],
                source_rows=size.rows,
                source_bytes=size.bytes,
                rows=rows,
                bytes=round(taken),
                by_rule=by_rule,
                by_key=rows - by_rule - children,
                by_child=children,
                seconds=round(pace.seconds(table.name, rows, taken), 3),
                is_exact=False,
                is_guess=origin in guessed,
            )
        )
    return found


def _place(path: Path | None, line: int | None) -> str | None:
    return None if path is None else str(path) if line is None else f"{path}:{line}"


def _keys(source: Source, choice: Choice, known: Statistics, expected: Estimate, met: edges.Edges) -> list[PlannedKey]:
    found = []
    for number, reference in enumerate(choice.references):
        key, follow = reference.key, reference.follow
        child, parent = source.root(key.child), source.root(key.parent)
        of_key = known.key(key, child, parent)
        cap = None
        if follow is not None and follow.max:
            cap = _cap(follow, of_key, met.caps.get(number), expected, parent.oid)
        nulled = 0.0
        if reference.is_cut and child.oid in expected.rows and known.of(child).rows:
            referring = expected.rows[child.oid] * of_key.references / known.of(child).rows
            present = expected.rows[parent.oid] / known.of(parent).rows if known.of(parent).rows else 0.0
            nulled = referring * (1 - min(1.0, present))
        found.append(
            PlannedKey(
                key=key_text(choice.references, number),
                name=key.name,
                child=str(child.name),
                columns=list(key.values or key.child_columns),
                parent=str(parent.name),
                parent_columns=list(key.parent_columns),
                is_virtual=key.is_virtual,
                is_cut=reference.is_cut,
                nulled=list(reference.nulled),
                nulled_rows=round(nulled),
                follow=None if follow is None or follow.is_none else str(follow),
                fetched=round(expected.over.get(Step(number, True), 0.0)),
                followed=round(expected.over.get(Step(number, False), 0.0)),
                cap=cap,
            )
        )
    return found


def _cap(follow: Follow, of_key: KeyStatistics, met: edges.Cap | None, expected: Estimate, parent: int) -> Cap | None:
    """The cap, if it bites for a parent that was looked at or, where rows are guessed, if it should."""
    assert follow.max is not None
    if met is not None and met.parents:
        share = met.capped / met.parents
    elif expected.guessed:
        share = float(of_key.average > follow.max)
    else:
        share = 0.0
    if not share:
        return None
    largest = None if of_key.largest is None else round(of_key.largest)
    return Cap(follow.max, round(of_key.average, 2), largest, round(expected.rows[parent] * share, 1))
