"""Which columns of the source nobody has decided about, and what devdb proposes for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from psycopg.conninfo import make_conninfo

from devdb.catalog import source as catalog
from devdb.catalog.model import Column, ForeignKey, Name, Source, Table
from devdb.catalog.source import ask
from devdb.classifying import judging, names, sample
from devdb.classifying.meanings import mask_of, meaning, proposed
from devdb.classifying.proposal import CONFIDENTIAL, INTERNAL, SECRET, Proposal
from devdb.errors import UsageError
from devdb.masking import constraints
from devdb.masking.decisions import Decision, decide, read_labels
from devdb.masking.shared import share
from devdb.progress import Reporter
from devdb.sampling import choice as choosing
from devdb.sampling.rules import BOOKKEEPING
from devdb.server.connection import Connection, close_quietly, connect
from devdb.settings import Settings, nearest, parse_pattern
from devdb.settings.classification import Classification
from devdb.settings.column_patterns import column_pattern_for
from devdb.settings.patterns import PatternError
from devdb.sqltext.templates import Templates

_NAME = "devdb classify"
Place = tuple[Name, str]


@dataclass(frozen=True)
class Found:
    """A column, what was decided about it, and what is proposed (None: nothing was asked for).

    `classified` is the proposed class in the words of the settings, or the decided one. `follows`: a key says that it
    is masked as the column that it refers to.
    """

    decision: Decision
    is_decided: bool
    proposal: Proposal | None
    classified: str | None
    follows: bool = False

    @property
    def pattern(self) -> str:
        """The column as the settings name it."""
        name = self.decision.table.name
        return column_pattern_for(name.schema, name.name, self.decision.column.name)


@dataclass(frozen=True)
class Facts:
    """What is known of columns besides the catalog: comments, and which may be read."""

    comments: Mapping[Place, str] = field(default_factory=dict)
    unreadable: frozenset[Place] = frozenset()
    unmaskable: Mapping[Place, str] = field(default_factory=dict)


def classify(
    settings: Settings,
    report: Reporter,
    *,
    tables: Sequence[str] = (),
    rows: int | None = 1000,
    decided_too: bool = False,
    proposals: bool = True,
    view: Callable[[Source], Source] = lambda source: source,
) -> list[Found]:
    """Every column of the tables that a run may take (of those that patterns in `tables` name), undecided first.

    `rows` of each table are looked at, None: none. `view` has the last word on the source's catalog. Nothing is changed
    anywhere. Raises what a run would raise about the settings, and UsageError for a pattern that matches no table.
    """
    templates = Templates(settings.sql_directories)
    with _opened(settings) as connection:
        report.step("reading the source's catalog")
        database = catalog.read_database(connection, templates)
        source = view(catalog.read(connection, templates, database=database, schemas=settings.source.schemas))
        choice = choosing.choose(source, settings)
        labels = read_labels(connection, templates) if settings.classification.security_labels else []
        keys = [reference.key for reference in choice.references]
        shared = share(source, keys, decide(source, settings, labels))
        chosen = _chosen([table for table in source.filled_tables if choice.rules[table.name].kind != "empty"], tables)
        parents = _parents(source, keys, {table.name for table in source.filled_tables})
        wanted = [
            decision
            for table in chosen
            for column in table.columns
            if not column.is_generated
            for decision in (shared.decisions.of(table.name, column.name),)
        ]
        made: dict[Place, Proposal] = {}
        if proposals:
            todo = {_place(one) for one in wanted if not _is_decided(one, settings.classification)}
            todo |= {_place(one) for one in wanted} if decided_too else set()
            facts = _facts(connection, templates, source)
            made = _proposals(connection, source, settings, report, todo, parents, facts, rows)
    found = []
    for decision in wanted:
        is_decided = _is_decided(decision, settings.classification)
        if is_decided and not decided_too:
            continue
        proposal = made.get(_place(decision))
        if proposal is not None and not is_decided:
            proposal = _as_strict(proposal, decision, settings.classification)
        said = None if proposal is None else _class_name(proposal.classified, settings.classification)
        follows = _place(decision) in parents
        found.append(Found(decision, is_decided, proposal, decision.classified or said, follows))
    return found


@contextmanager
def _opened(settings: Settings) -> Iterator[Connection]:
    address = {**settings.source_conninfo(), "client_encoding": "UTF8"}
    connection = connect(make_conninfo("", **address), read_only=True, application_name=_NAME)
    try:
        for name, value in settings.source.limits.items():
            connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
        with connection.transaction(force_rollback=True):
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection
    finally:
        close_quietly(connection)


def _proposals(
    connection: Connection,
    source: Source,
    settings: Settings,
    report: Reporter,
    todo: Collection[Place],
    parents: Mapping[Place, Place],
    facts: Facts,
    rows: int | None,
) -> dict[Place, Proposal]:
    by_name = {table.name: table for table in source.filled_tables}
    # What a key refers to is looked at in place of what refers to it.
    looked_at = {_top(place, parents) for place in todo}
    by_table: dict[Name, set[str]] = {}
    for name, column in looked_at:
        by_table.setdefault(name, set()).add(column)
    found: dict[Place, Proposal] = {}
    if rows is not None and by_table:
        report.step("looking at values")
        sample.prepare(connection)
    for name, columns in sorted(by_table.items()):
        found |= _of_table(connection, source, by_name[name], columns, facts, settings.masking.locale, rows)
    return {place: _referring(place, parents, found) for place in todo}


def _of_table(
    connection: Connection,
    source: Source,
    table: Table,
    columns: Collection[str],
    facts: Facts,
    locale: str,
    rows: int | None,
) -> dict[Place, Proposal]:
    found: dict[Place, Proposal] = {}
    guesses = {name: names.guess(table, table.column[name], facts.comments.get((table.name, name))) for name in columns}
    readable = [
        column
        for column in table.columns
        if column.name in columns
        and rows is not None
        and (table.name, column.name) not in facts.unreadable
        and sample.is_looked_at(column)
        and not _is_settled(table, column, guesses[column.name])
    ]
    taken = sample.Sample({})
    if readable:
        assert rows is not None
        taken = sample.read(connection, source, table, readable, rows=rows)
    region = locale.rpartition("_")[2] or None
    for name in columns:
        column, guess = table.column[name], guesses[name]
        place = (table.name, name)
        values = taken.values.get(name)
        if table.name.name.casefold() in BOOKKEEPING:
            found[place] = Proposal(INTERNAL, None, "a migration tool's own table")
        elif values is not None:
            found[place] = judging.judge(guess, values, table, column, region=region)
        else:
            made = proposed(guess, table, column)
            why = None
            if rows is not None and place in facts.unreadable:
                why = "its values may not be read"
            elif taken.failed and column in readable:
                why = taken.failed
            found[place] = made if why is None else replace(made, reason=f"{made.reason}; {why}")
        made = found[place]
        if not made.is_kept and (made.mask is None or place in facts.unmaskable):
            because = facts.unmaskable.get(place, "no kind of mask can serve what must be unique, or not NULL")
            found[place] = replace(made, mask=None, reason=f"{made.reason}; {because}: decide yourself")
    return found


def _is_settled(table: Table, column: Column, guess: names.Guess) -> bool:
    """Whether no value would change the proposal."""
    is_key = guess.is_label and guess.is_certain and table.primary_key == (column.name,)
    return is_key or table.name.name.casefold() in BOOKKEEPING


def _referring(place: Place, parents: Mapping[Place, Place], found: Mapping[Place, Proposal]) -> Proposal:
    top = _top(place, parents)
    proposal = found[top]
    if top == place:
        return proposal
    to = f"{top[0]}.{top[1]}"
    if proposal.is_kept:
        return Proposal(INTERNAL, None, f"refers to {to}")
    return Proposal(proposal.classified, None, f"refers to {to}, and is masked as that is")


def _top(place: Place, parents: Mapping[Place, Place]) -> Place:
    seen = {place}
    while place in parents and parents[place] not in seen:
        place = parents[place]
        seen.add(place)
    return place


def _parents(source: Source, keys: Sequence[ForeignKey], known: Collection[Name]) -> dict[Place, Place]:
    """What each column of a key refers to, for columns of `known` tables."""
    found: dict[Place, Place] = {}
    for key in keys:
        if key.values is not None or key.each:
            continue
        child, parent = source.root(key.child), source.root(key.parent)
        for mine, other in zip(key.child_columns, key.parent_columns, strict=True):
            here, there = (child.name, mine), (parent.name, other)
            if parent.name in known and here != there:
                found.setdefault(here, there)
    return found


def _facts(connection: Connection, templates: Templates, source: Source) -> Facts:
    by_oid = {table.oid: table.name for table in source.filled_tables}
    comments: dict[Place, str] = {}
    unreadable = set()
    for row in ask(connection, templates, "classifying/columns.sql", schemas=source.schemas):
        if row.table_oid in by_oid:
            place = (by_oid[row.table_oid], row.name)
            if row.comment is not None:
                comments[place] = row.comment
            if not row.may_read:
                unreadable.add(place)
    unmaskable: dict[Place, str] = {}
    for oid, limits in constraints.read(connection, templates, source.filled_tables).items():
        for one in limits:
            if one.kind == "exclusion":
                unmaskable |= {
                    (by_oid[oid], name): f"it takes part in the exclusion constraint {one.name}" for name in one.columns
                }
    for table in source.filled_tables:
        unmaskable |= {(table.name, name): "it decides the partition of a row" for name in table.partition_columns}
    return Facts(comments, frozenset(unreadable), unmaskable)


def _chosen(tables: Sequence[Table], patterns: Sequence[str]) -> list[Table]:
    if not patterns:
        return list(tables)
    found: dict[Name, Table] = {}
    for text in patterns:
        try:
            pattern = parse_pattern(text)
        except PatternError as exc:
            raise UsageError(str(exc)) from exc
        matching = [table for table in tables if pattern.matches(table.name.schema, table.name.name)]
        if not matching:
            hint = nearest(text, [str(table.name) for table in tables])
            raise UsageError(f"{text}: a run takes no such table", hint=hint)
        found |= {table.name: table for table in matching}
    return [table for table in tables if table.name in found]


def _is_decided(decision: Decision, classification: Classification) -> bool:
    """Whether somebody said what becomes of the values; a policy that lets everything pass says nothing."""
    if decision.mask_from is not None:
        return True
    return decision.classified is not None and classification.is_kept(decision.classified)


def _as_strict(proposal: Proposal, decision: Decision, classification: Classification) -> Proposal:
    """The proposal, with a mask where the class that somebody gave asks for one."""
    if decision.classified is None or not proposal.is_kept or classification.is_kept(decision.classified):
        return proposal
    mask = mask_of(meaning("personal"), decision.table, decision.column)
    reason = f"{proposal.reason}; but its class is {decision.classified} ({decision.class_from})"
    return Proposal(CONFIDENTIAL, mask, reason, proposal.matched, proposal.sampled)


def _class_name(classified: str, classification: Classification) -> str:
    """A class of proposals in the words of the settings, which may have others."""
    if classified in classification.classes and classification.is_kept(classified) == (classified == INTERNAL):
        return classified
    if classified == INTERNAL:
        return classification.kept
    return classification.classes[-1] if classified == SECRET else classification.lowest_masked or classification.kept


def _place(decision: Decision) -> Place:
    return decision.table.name, decision.column.name
