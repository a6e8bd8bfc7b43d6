"""What is looked at, and refused, before a run changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from devdb import readers
from devdb.catalog import dev_server, source_role
from devdb.catalog import source as catalog
from devdb.catalog.dev_server import DevServer
from devdb.catalog.model import Column, Database, Source, Table
from devdb.catalog.source_role import SourceRole
from devdb.creating import Creation
from devdb.errors import ConnectionFailed, Refused, SettingsError
from devdb.opening import Opening
from devdb.progress import Reporter
from devdb.readers import Reader
from devdb.sampling import choice, populate
from devdb.sampling.choice import Choice
from devdb.sampling.fetching import Fetching
from devdb.server import link
from devdb.server.connection import Connection, application_name, close_quietly, connect
from devdb.server.sparing import duration
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

if TYPE_CHECKING:
    from devdb.dependencies.narrowing import Narrowing
    from devdb.masking.plan import Plan
    from devdb.standin import StandIn


@dataclass(frozen=True)
class Run:
    """What was asked for. `command` is the command's name; `yes` goes on where devdb would refuse.
    Without `finishes` the rows are taken only to be counted, and what follows a load is left out.

    `warnings` are those told so far. `opening` are the first connections, where they are on their way already.
    """

    settings: Settings
    command: str
    reporter: Reporter
    dry_run: bool = False
    dump: bool = True
    yes: bool = False
    finishes: bool = True
    warnings: list[str] = field(default_factory=list, compare=False)
    opening: Opening | None = field(default=None, compare=False)

    def warn(self, text: str) -> None:
        """Tell of something that the person should look at, now and in the result."""
        self.warnings.append(text)
        self.reporter.warning(text)

    @property
    def in_place(self) -> bool:
        return self.settings.target.replace == "in_place"


@dataclass(frozen=True)
class Ground:
    """What a run stands on: open connections, and facts of both sides that were checked.

    `run` is the run as it was asked for, with what the file of a plan says about sampling. `creation` makes the
    database in which the work happens; None when the set-up does. `standin` is what a source
    that is not PostgreSQL is looked at through; None for others. `masks` is None when the settings say nothing of any,
    `narrowing` when all of the source is taken.
    `lock` is the connection, to the maintenance database, that holds the lock on the dev database. `previous` is a
    connection to the dev database as it is today, None when there is none. `kept_schemas` are those of its schemas that
    the source does not have and that are to be kept.
    """

    run: Run
    templates: Templates
    source_connection: Connection
    lock: Connection
    previous: Connection | None
    kept_schemas: tuple[str, ...]
    source: Source
    target: Database
    server: DevServer
    foreign_schemas: dict[str, str]
    choice: Choice
    plan: dict[str, Any]
    reader: Reader
    creation: Creation | None
    masks: Plan | None
    standin: StandIn | None
    narrowing: Narrowing | None

    @property
    def source_name(self) -> str:
        """What the source is called: its database, and not that of a stand-in."""
        return self.source.database.name if self.standin is None else self.standin.name

    @property
    def source_password(self) -> str:
        """The password that the link is made with; empty for none."""
        if self.standin is None:
            return self.source_connection.info.password
        password = self.run.settings.source_password
        return "" if password is None else password.get_secret_value()


@contextmanager
def ground(run: Run, *, may_create: bool) -> Iterator[Ground]:
    """Connect to both sides, look, refuse what must not be done, and hold the lock until the end.

    `may_create` says that there need be no dev database yet.
    """
    settings = run.settings
    with ExitStack() as stack:
        templates = Templates(settings.sql_directories)

        def opened(connection: Connection) -> Connection:
            stack.callback(close_quietly, connection)
            return connection

        run.reporter.step("reading the source's catalog")
        opening = run.opening or Opening(settings, run.command)
        stack.callback(opening.close)
        standin = None
        if settings.source.is_foreign:
            lock = opening.maintenance()
            standin = stack.enter_context(_stand_in(run, templates, lock))
            settings = standin.settings
            run = replace(run, settings=settings)
            conninfo = make_conninfo(**settings.source_conninfo())
            source_connection = opened(
                connect(conninfo, read_only=True, application_name=application_name(run.command))
            )
        else:
            source_connection, lock = opening.source(), opening.maintenance()
        source_database = catalog.read_database(source_connection, templates)
        target = catalog.read_database(lock, templates)
        _refuse_source(settings, source_database, target)
        if not run.dry_run and standin is None:
            dev_server.lock(lock, templates, settings.target.dbname)
        server = dev_server.read(lock, templates, dbname=settings.target.dbname, source=source_database)
        creation = None
        if server.can_create_databases and not (run.dry_run or run.in_place or _has_own_setup(templates)):
            creation = stack.enter_context(
                Creation(settings, run.command, templates=templates, lock=lock, server=server, source=source_database)
            )
        source = catalog.read(source_connection, templates, database=source_database, schemas=settings.source.schemas)
        if standin is not None:
            source = standin.sized(source)
        narrowing = None
        if settings.only_deps_of:
            narrowing = _narrowing(run, templates, source_connection, settings)
            source = narrowing.narrowed(source)
        if settings.plan_path is not None:
            # Not a moment before it is needed: reading YAML and plans takes its time.
            from devdb.planning import plan_file

            settings = settings.with_sampling(plan_file.load(settings.plan_path, source))
            run = replace(run, settings=settings)
        foreign_schemas = link.foreign_schemas(source.schemas)
        _refuse_keeping(settings, source, foreign_schemas)
        chosen = choice.choose(source, settings)
        notes = [*chosen.notes, *choice.check(source_connection, chosen)]
        masks = None
        if settings.is_masking:
            masks, source = _masks(source_connection, templates, chosen, settings)
            chosen = choice.choose(source, settings)
            notes += masks.decisions.notes
        by_site = readers.own_load(templates) is not None
        fetching = None
        if standin is not None:
            fetching = Fetching(settings.source.described, standin.queries(foreign_schemas))
        plan = populate.plan(source, settings, chosen, foreign_schemas, is_sampled_by_site=by_site, fetching=fetching)
        for note in notes:
            run.reporter.note(note)
        populate.check_rules(source_connection, plan["takes"])
        reader = readers.choose(settings, templates, lock, dry_run=run.dry_run)
        previous = None
        if server.is_there:
            name = application_name(run.command)
            previous = opened(connect(make_conninfo(**settings.target_conninfo()), application_name=name))
        if standin is None and (settings.source_password or source_connection.info.password):
            dev_server.refuse_noting(lock, templates, yes=run.yes, warn=run.warn)
        kept = _refuse_replacement(run, templates, server, source, previous, may_create=may_create)
        if run.in_place:
            _refuse_large(templates, server, source_connection, source, previous)
        _warn(run, source, server, source_role.read(source_connection, templates) if standin is None else None)
        yield Ground(
            run, templates, source_connection, lock, previous, kept, source, target, server, foreign_schemas, chosen,
            plan, reader, creation, masks, standin, narrowing,
        )  # fmt: skip


def _narrowing(run: Run, templates: Templates, connection: Connection, settings: Settings) -> Narrowing:
    """What the chosen objects need; tells of what cannot be known."""
    # Not a moment before it is needed: parsing what routines do takes its time.
    from devdb.dependencies.narrowing import narrowing

    found = narrowing(connection, templates, settings.only_deps_of, settings.source.schemas)
    for unknown in found.closure.unknown:
        run.reporter.note(f"{unknown.of}: {unknown.reason}: what it needs may be missing")
    return found


def _masks(connection: Connection, templates: Templates, chosen: Choice, settings: Settings) -> tuple[Plan, Source]:
    """How the tables that get rows are masked, and the source with tables that know it. Raises what cannot be."""
    # Not a moment before it is needed: kinds of masks and what they take names from take their time.
    from devdb.classifying.names import propose
    from devdb.classifying.proposal import written
    from devdb.masking import preparing

    def proposal(table: Table, column: Column) -> str | None:
        proposed = propose(table, column, None)
        if proposed is None or proposed.mask is not None:
            return None if proposed is None else f"mask {written(proposed.mask)}"
        return f"class {proposed.classified}"

    assert chosen.source is not None
    return preparing.prepare(
        connection,
        templates,
        chosen.source,
        settings,
        keys=[reference.key for reference in chosen.references],
        followed=chosen.followed_keys,
        entered=chosen.entered,
        taken=chosen.paths.keys(),
        propose=proposal,
    )


@contextmanager
def _stand_in(run: Run, templates: Templates, lock: Connection) -> Iterator[StandIn]:
    # Not a moment before it is needed, as most sources are PostgreSQL.
    from devdb.standin import standing_in

    settings = run.settings
    if not run.dry_run:
        dev_server.lock(lock, templates, settings.target.dbname)
    with standing_in(
        settings, templates, lock, command=run.command, report=run.reporter, yes=run.yes, warn=run.warn
    ) as standin:
        yield standin


def _has_own_setup(templates: Templates) -> bool:
    return templates.are_replaced("setup_dev_db.sql") or templates.are_replaced("setup")


def address(connection: psycopg.Connection[Any], database: Database) -> link.Address:
    """How `connection` was made, and how its server describes itself."""
    info = connection.info
    return link.Address(
        system_identifier=database.system_identifier,
        host=info.host or info.hostaddr,
        port=info.port,
        own_port=database.port,
        socket_directories=database.socket_directories,
        dbname=info.dbname,
        parameters=info.get_parameters(),
    )


def _refuse_source(settings: Settings, source: Database, target: Database) -> None:
    if source.system_identifier == target.system_identifier and source.name in (
        settings.target.dbname,
        settings.next_dbname,
        settings.old_dbname,
    ):
        raise Refused(
            f"the dev database {settings.target.dbname} would be the source itself",
            hint="give another name with -d or target.dbname",
        )


def _refuse_keeping(settings: Settings, source: Source, foreign_schemas: Mapping[str, str]) -> None:
    replaced = {*source.schemas, *foreign_schemas.values(), link.SETUP_SCHEMA}
    clashing = [name for name in settings.target.keep_schemas if name in replaced]
    if clashing:
        raise SettingsError(
            f"target.keep_schemas: {', '.join(clashing)} is made anew by every run",
            path=settings.path,
            hint="what is to be kept must be in a schema that the source does not have",
        )


def _refuse_replacement(
    run: Run, templates: Templates, server: DevServer, source: Source, previous: Connection | None, *, may_create: bool
) -> tuple[str, ...]:
    """Returns the schemas that are to be carried over to the new database."""
    target = run.settings.target
    if previous is None:
        if run.in_place:
            raise ConnectionFailed(
                f"there is no database {target.dbname} to be filled in place", hint="have an administrator create it"
            )
        if not may_create:
            raise Refused(f"there is no dev database {target.dbname} yet", hint="make it with build-dev-db")
    if not run.in_place and not server.can_create_databases:
        raise Refused(
            "this user may not create databases on the dev server",
            hint="have an administrator grant CREATEDB, or set target.replace: in_place",
        )
    if previous is None:
        return ()
    ours, others = dev_server.schemas(previous, templates)
    # An administrator may have put the extension there.
    others = [name for name in others if name != link.SETUP_SCHEMA]
    # In place, the schemas of the source are emptied: an empty database has nothing to lose.
    if not (server.is_ours or ours or not others) and not run.yes:
        raise Refused(
            f"devdb did not make the database {target.dbname}; it holds the schemas {', '.join(others)}",
            hint="--yes replaces it all the same",
        )
    if run.in_place:
        _refuse_dependents(run, templates, source, previous, ours)
        return ()
    lost = sorted(set(others) - set(source.schemas) - set(target.keep_schemas))
    what = f"schemas that only {target.dbname} holds"
    _let_go(run, lost, f"{what} would be lost", "keep them with target.keep_schemas", f"{what} are not kept")
    return tuple(name for name in target.keep_schemas if name in others)


def _refuse_dependents(
    run: Run, templates: Templates, source: Source, previous: Connection, ours: Sequence[str]
) -> None:
    emptied = [*source.schemas, *ours]
    lost = dev_server.dependents(previous, templates, schemas=emptied) if emptied else []
    what = "objects that need the replaced schemas"
    remedy = "take them out of the way, use replace: swap with keep_schemas"
    _let_go(run, lost, f"{what} would be lost", remedy, f"{what} are dropped")


def _let_go(run: Run, lost: Sequence[str], refusal: str, remedy: str, warning: str) -> None:
    """Refuse to lose these, or with --yes warn that they are lost."""
    if lost and not run.yes:
        raise Refused(f"{refusal}: {', '.join(lost)}", hint=f"{remedy}, or let them go with --yes")
    if lost:
        run.warn(f"{warning}: {', '.join(lost)}")


def _refuse_large(
    templates: Templates,
    server: DevServer,
    source_connection: Connection,
    source: Source,
    previous: Connection | None,
) -> None:
    """One transaction that drops, creates and imports everything locks every relation of it."""
    assert previous is not None
    locks = 2 * catalog.lock_count(source_connection, templates, source.schemas) + len(source.tables)
    locks += catalog.lock_count(previous, templates, [*source.schemas, *link.foreign_schemas(source.schemas).values()])
    if locks > server.lock_table_size:
        needed = -(-locks * _current_setting(previous, "max_locks_per_transaction") // server.lock_table_size)
        raise Refused(
            f"replacing these schemas in place takes about {locks} locks in one transaction; "
            f"the dev server has room for {server.lock_table_size}",
            hint=f"set max_locks_per_transaction to {needed} or more, choose fewer schemas, or use replace: swap",
        )


def _current_setting(connection: Connection, name: str) -> int:
    row = connection.execute("SELECT pg_catalog.current_setting(%s)::int", (name,)).fetchone()
    assert row is not None
    return int(str(row[0]))


def _warn(run: Run, source: Source, server: DevServer, role: SourceRole | None) -> None:
    limits = {**run.settings.source.limits, "snapshot_warning": str(run.settings.source.snapshot_warning_ms)}
    shown = ", ".join(f"{name} {duration(int(ms) / 1000) if int(ms) else 'none'}" for name, ms in limits.items())
    run.reporter.detail(f"at the source: {shown}", level=1)
    if role is not None and (warning := role.warning(source.database.version)):
        run.warn(warning)
    if source.database.large_objects:
        run.warn(f"the source's {source.database.large_objects} large objects are not copied")
    if not run.in_place and server.lc_collate is None and run.settings.target.template is None:
        run.warn(
            f"the dev server does not know the source's locale {source.database.lc_collate}: text sorts differently"
        )
    if not source.filled_tables:
        run.warn("the source has no tables in the chosen schemas")
