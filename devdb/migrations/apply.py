"""Apply the migrations that a database lacks: as Flyway's migrate does, and so that Flyway can go on from there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

from psycopg.errors import Diagnostic

from devdb.errors import CheckFailed, ConnectionFailed, Refused, ScriptFailed
from devdb.migrations.folder import Folder
from devdb.migrations.history import BASELINE_DESCRIPTION, SCHEMA_DESCRIPTION, TABLE, History, Row
from devdb.migrations.info import Info, Resolved, State, current_version, infos, resolve, target_version
from devdb.migrations.naming import Version
from devdb.migrations.repair import baseline
from devdb.migrations.running import Runner, runs_in_transaction
from devdb.migrations.validate import DEFAULT_IGNORED, IGNORE_PENDING, problems, refuse
from devdb.progress import Reporter
from devdb.server.connection import Connection, close_quietly
from devdb.sqltext.templates import Templates


@dataclass(frozen=True)
class Options:
    """How migrations are looked at and applied; the names are Flyway's, where they are not devdb's own.

    `schema` None is the first of the search path; `placeholders` None leaves them as they stand; `target` is a
    version, `latest`, `next` or `current`.
    """

    schema: str | None = None
    table: str = TABLE
    placeholders: Mapping[str, str] | None = field(default_factory=dict)
    target: str | None = None
    out_of_order: bool = False
    mixed: bool = False
    validate: bool = True
    ignored: Sequence[str] = DEFAULT_IGNORED
    baseline_on_migrate: bool = False
    baseline_version: Version = field(default_factory=lambda: Version("1"))
    baseline_description: str = BASELINE_DESCRIPTION


@dataclass(frozen=True)
class Applied:
    """What was applied, with the ms that it took, and the highest version before and after; None: none yet."""

    migrations: tuple[tuple[Info, int], ...]
    before: Version | None
    after: Version | None

    def as_json(self) -> dict[str, Any]:
        done = [
            {**{key: info.as_json()[key] for key in _TOLD}, "executionTime": took_ms}
            for info, took_ms in self.migrations
        ]
        return {
            "initialSchemaVersion": None if self.before is None else str(self.before),
            "targetSchemaVersion": None if self.after is None else str(self.after),
            "migrationsExecuted": len(done),
            "migrations": done,
        }


# A table, a schema, or a row of the catalog, is there already.
_THERE = ("42P07", "42P06", "23505")
_TOLD = ("category", "version", "description", "type", "script", "filepath", "checksum")


def apply(
    connection: Connection,
    connect: Callable[[], Connection],
    folder: Folder,
    options: Options,
    *,
    templates: Templates,
    reporter: Reporter,
    dry_run: TextIO | None = None,
) -> Applied:
    """Apply what is pending: versions in order, then what is repeatable and changed, each in a transaction of its own
    unless it cannot be.

    `connection` holds Flyway's lock until it ends; migrations run on one that `connect` opens. All pending files are
    looked through before the first is run. `dry_run` is written the SQL, and nothing is changed.
    Raises CheckFailed for files that are not those that were applied, Refused for a database that is not empty and
    has no table of Flyway's, ScriptFailed with the file and line of a migration that failed.
    """
    tell_of(folder, reporter)
    history = History(connection, templates, schema=options.schema, table=options.table)
    if dry_run is None:
        history.lock(reporter)
    return _Run(history, connect, folder, options, reporter, dry_run).carry_out()


def tell_of(folder: Folder, reporter: Reporter) -> None:
    """Tell of files that somebody may take for migrations, or that there is none."""
    if not folder.files:
        reporter.warning(f"there is no migration in {', '.join(map(str, folder.paths))}")
    for mistake in folder.unnamed:
        reporter.warning(f"{mistake}: passed over")
    for path in folder.callbacks:
        reporter.warning(f"{path}: Flyway runs this at certain moments, devdb does not")


class _Run:
    def __init__(
        self,
        history: History,
        connect: Callable[[], Connection],
        folder: Folder,
        options: Options,
        reporter: Reporter,
        dry_run: TextIO | None,
    ) -> None:
        self._history = history
        self._connect = connect
        self._options = options
        self._reporter = reporter
        self._dry_run = dry_run
        self._resolved = resolve(folder, history, options.placeholders)

    def carry_out(self) -> Applied:
        options = self._options
        creation, rows = self._beginning()
        target = target_version(options.target, self._resolved, rows, out_of_order=options.out_of_order)
        every = infos(self._resolved, rows, target=target, out_of_order=options.out_of_order)
        self._check(every)
        pending = [each for each in every if each.state == State.PENDING]
        if (options.target or "").lower() == "next":
            pending = pending[:1]
        planned = [(each, self._in_transaction(each)) for each in pending]
        before = current_version(every)
        if self._dry_run is not None:
            self._print(creation, planned, self._dry_run)
            return Applied((), before, before)
        if creation and not self._create(creation):
            return self.carry_out()
        done = self._apply(planned)
        after = [info.version for info, _ in done if info.version is not None]
        return Applied(tuple(done), before, max([*after, *([before] if before is not None else [])], default=None))

    def _beginning(self) -> tuple[str, list[Row]]:
        """The SQL that makes the table if there is none, and the rows that there are, or will be then."""
        history, options = self._history, self._options
        if history.exists:
            return "", history.rows()
        if history.has_schema and not history.schema_is_empty:
            if not options.baseline_on_migrate:
                raise Refused(
                    f"there is something in the schema {history.schema} of {history.session.dbname}, and no {history}",
                    hint="mark where it begins with devdb migrations baseline, or with --baseline-on-migrate",
                )
            version, description = options.baseline_version, options.baseline_description
            self._reporter.note(f"the schema {history.schema} is not empty: taken for version {version}")
            return baseline(history, version, description), [_row(1, version, description, "BASELINE")]
        creation = f"BEGIN;\n{history.creation()}COMMIT;\n"
        return creation, [] if history.has_schema else [_row(0, None, SCHEMA_DESCRIPTION, "SCHEMA")]

    def _create(self, creation: str) -> bool:
        """Make the table; False if somebody else just did, which Flyway does without its lock."""
        try:
            self._history.write(creation)
        except ScriptFailed as exc:
            self._history.refresh()
            if not self._history.exists or exc.sqlstate not in _THERE:
                raise
            return False
        return True

    def _check(self, every: Sequence[Info]) -> None:
        if self._options.validate:
            refuse(problems(every, (*self._options.ignored, IGNORE_PENDING)))
        if failed := [each.script for each in every if each.state.is_failed and each.state != State.FUTURE_FAILED]:
            hint = "remove what it left half done, then run devdb migrations repair"
            raise CheckFailed(f"{failed[0]}: failed when it was applied", hint=hint)
        if later := [each for each in every if each.state in (State.FUTURE, State.FUTURE_FAILED)]:
            self._reporter.warning(f"the database has version {later[-1].version}, of which there is no file here")
        if self._options.out_of_order:
            late = [each for each in every if each.state == State.PENDING and each.version is not None]
            current = current_version(every)
            for each in late:
                if current is not None and each.version is not None and each.version < current:
                    self._reporter.warning(f"{each.script}: applied after version {current}, out of order")

    def _in_transaction(self, info: Info) -> bool:
        assert info.resolved is not None
        version = self._history.server_version
        return runs_in_transaction(info.resolved, mixed=self._options.mixed, server_version=version)

    def _apply(self, planned: Sequence[tuple[Info, bool]]) -> list[tuple[Info, int]]:
        done: list[tuple[Info, int]] = []
        if not planned:
            return done
        connection = self._connect()
        runner = Runner(connection, on_notice=self._tell, on_statement=self._tell_sql)
        try:
            for info, in_transaction in planned:
                assert info.resolved is not None
                self._reporter.step(f"applying {info.script}" + ("" if in_transaction else " (without a transaction)"))
                done.append((info, self._apply_one(runner, info, info.resolved, in_transaction=in_transaction)))
        finally:
            runner.close()
            close_quietly(connection)
        return done

    def _apply_one(self, runner: Runner, info: Info, resolved: Resolved, *, in_transaction: bool) -> int:
        start_s = time.monotonic()

        def took_ms() -> int:
            return int((time.monotonic() - start_s) * 1000)

        try:
            runner.run(
                resolved,
                in_transaction=in_transaction,
                before=self._history.restoration(),
                after=lambda: self._addition(info, resolved, took_ms()),
            )
        except BaseException as exc:
            if in_transaction and not runner.ended_itself:
                if isinstance(exc, ScriptFailed):
                    self._reporter.note(f"{info.script}: nothing of it was kept")
                raise
            self._note_failure(info, resolved, took_ms())
            raise
        return took_ms()

    def _note_failure(self, info: Info, resolved: Resolved, took_ms: int) -> None:
        """Have the table say that it failed: part of it may be there. As Flyway, on the other connection."""
        try:
            self._history.write(self._addition(info, resolved, took_ms, success=False))
        except (ScriptFailed, ConnectionFailed) as exc:
            self._reporter.warning(f"{info.script}: failed, and the table could not be told so: {exc}")
            return
        self._reporter.warning(
            f"{info.script}: what it did before it failed may be there. Remove that, then run devdb migrations repair"
        )

    def _addition(self, info: Info, resolved: Resolved, took_ms: int, *, success: bool = True) -> str:
        return self._history.addition(
            version=info.version,
            description=info.description,
            type=resolved.type,
            script=info.script,
            checksum=resolved.checksum,
            execution_time_ms=took_ms,
            success=success,
        )

    def _tell(self, notice: Diagnostic) -> None:
        self._reporter.detail(f"{notice.severity}:  {notice.message_primary}", level=1)

    def _tell_sql(self, sql: str) -> None:
        self._reporter.detail(sql, level=2)

    def _print(self, creation: str, planned: Sequence[tuple[Info, bool]], out: TextIO) -> None:
        out.write(creation)
        for info, in_transaction in planned:
            assert info.resolved is not None
            begin, end = ("BEGIN;\n", "COMMIT;\n") if in_transaction else ("", "")
            out.write(f"\n-- {info.script}\n{self._history.restoration()}{begin}{info.resolved.sql.rstrip()}\n")
            out.write(f";\n{self._history.restoration()}{self._addition(info, info.resolved, 0)}{end}")


def _row(rank: int, version: Version | None, description: str, type: str) -> Row:
    """A row that is about to be there."""
    return Row(rank, version, description, type, description, None, "", datetime.min, 0, True)
