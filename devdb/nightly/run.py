"""One nightly run: what is to be done is found out, done, and told."""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg import Error
from psycopg.conninfo import make_conninfo

from devdb import actions
from devdb.catalog import schema_drift, schema_file
from devdb.errors import ConnectionFailed, DevdbError
from devdb.looking import looking
from devdb.nightly import dumps, log, status, telling
from devdb.nightly.log import Log
from devdb.nightly.places import Places, alone, now
from devdb.preflight import Run
from devdb.progress import Reporter
from devdb.report import Result
from devdb.server.connection import application_name, close_quietly, connect
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

_NAME = "nightly"
_INTERRUPTED = 128


@dataclass(frozen=True)
class Choice:
    """What is to be done: a command's name, the action that it is, and why."""

    command: str
    action: Callable[[Run], Result]
    why: str


class Failed(DevdbError):
    """A nightly run failed; the message is one line, and the log has the rest."""

    def __init__(self, message: str, *, exit_status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.exit_status = exit_status


def run(
    settings: Settings, *, also: Reporter | None = None, verbose: int = 0, yes: bool = False, dump: bool = True
) -> list[str]:
    """Build or update the dev database, keep its dump, write log and status, and tell the commands of the settings.

    Returns what went wrong beside the run, which succeeded. Raises Failed, with the exit status of the action;
    Refused when another run is at work, of which nothing is told but in its log.
    """
    places = Places.of(settings)
    try:
        with alone(places.lock):
            if settings.nightly.rotate:
                log.rotate(places.log, size_bytes=settings.nightly.log_size_bytes, files=settings.nightly.log_files)
            with log.opened(places.log) as file:
                known = telling.secrets(settings)
                return _Night(settings, places, Log(file, secrets=known, also=also, verbose=verbose)).run(
                    yes=yes, dump=dump
                )
    except OSError as exc:
        raise Failed(f"{exc.filename or places.log}: {exc.strerror or exc}", exit_status=1) from exc


class _Night:
    """A run with the lock held and the log open."""

    def __init__(self, settings: Settings, places: Places, to: Log) -> None:
        self._settings = settings
        self._places = places
        self._log = to
        self._start_s = time.monotonic()
        self._run: Run | None = None
        before = status.read(places.status)
        if before is not None and before.state == "running":
            to.write(f"warning: the run of {before.started} was interrupted")
        self._status = status.begun(before, target=settings.target.dbname, log=places.log)

    def run(self, *, yes: bool, dump: bool) -> list[str]:
        self._status.write(self._places.status)
        try:
            result = self._act(yes=yes, dump=dump)
            self._end(
                state="ok",
                exit_status=0,
                rows=sum(table.rows for table in result.tables),
                tables=len(result.tables),
                failures=0,
                last_success=now().isoformat(timespec="seconds"),
                last_success_rows=sum(table.rows for table in result.tables),
                last_success_seconds=self._seconds,
            )
            return self._tell()
        except DevdbError as exc:
            self._log.write(f"Error: {exc}")
            raise self._failed(exc.message, exc.exit_status) from exc
        except Error as exc:
            # Scripts and questions tell of their failures themselves: what is left is the connection's.
            self._log.write(f"Error: {exc}")
            raise self._failed(str(exc).strip(), ConnectionFailed.exit_status) from exc
        except OSError as exc:
            self._log.write(f"Error: {exc.filename or ''}: {exc.strerror or exc}")
            raise self._failed(f"{exc.filename or ''}: {exc.strerror or exc}", 1) from exc
        except (KeyboardInterrupt, SystemExit) as exc:
            number = exc.code if isinstance(exc, SystemExit) and isinstance(exc.code, int) else _INTERRUPTED + 2
            self._log.write("interrupted")
            raise self._failed("interrupted", number) from exc
        except Exception as exc:
            self._log.write("".join(traceback.format_exception(exc)))
            raise self._failed(f"unexpected: {type(exc).__name__}", 1) from exc

    @property
    def _seconds(self) -> float:
        return round(time.monotonic() - self._start_s, 3)

    def _act(self, *, yes: bool, dump: bool) -> Result:
        choice = choose(self._settings, self._log)
        self._log.write(f"{choice.command}: {choice.why}")
        self._status = replace(self._status, command=choice.command)
        self._status.write(self._places.status)
        self._run = Run(settings=self._settings, command=choice.command, reporter=self._log, yes=yes, dump=dump)
        result = choice.action(self._run)
        for change in result.changes or ():
            self._log.write(f"schema: {change}")
        files = [result.files[what] for what in ("archive", "script") if what in result.files]
        kept = dumps.keep(files, self._places.dumps, at=now(), count=self._settings.nightly.keep_dumps)
        for path in kept:
            self._log.write(f"kept: {path}")
        return result

    def _end(self, **values: object) -> None:
        self._status = replace(
            self._status,
            finished=now().isoformat(timespec="seconds"),
            seconds=self._seconds,
            warnings=len(self._run.warnings) if self._run else 0,
            **values,  # type: ignore[arg-type]  # fields of a status
        )
        self._status.write(self._places.status)
        rows = "" if self._status.rows is None else f": {self._status.rows:,} rows"
        self._log.write(f"{self._status.state} after {self._seconds:.1f} s{rows}")

    def _failed(self, message: str, exit_status: int) -> Failed:
        """Tell of the failure; returns what to raise. Telling may fail as well, and must not hide it."""
        line = self._log.cleaned(message.strip().splitlines()[0] if message.strip() else "no reason was given")
        what = self._status.command or _NAME
        try:
            self._end(state="failed", exit_status=exit_status, message=line, failures=self._status.failures + 1)
            beside = self._tell()
        except OSError as exc:
            beside = [f"{exc.filename or self._places.status}: {exc.strerror or exc}"]
        return Failed("\n".join([f"{what}: {line}", *beside]), exit_status=exit_status, hint=f"see {self._places.log}")

    def _tell(self) -> list[str]:
        """Run the command for this end; returns what went wrong with it."""
        name = "on_success" if self._status.state == "ok" else "on_failure"
        command = getattr(self._settings.nightly, name)
        if command is None:
            return []
        cwd = self._settings.beside.absolute()
        wrong = telling.tell(command, self._status, self._places.status, cwd=cwd, log=self._log)
        if wrong is None:
            return []
        self._log.write(f"warning: nightly.{name} {wrong}")
        return [f"nightly.{name} {wrong}"]


def choose(settings: Settings, reporter: Reporter) -> Choice:
    """What tonight's run is: a build without a dev database, else an update of what changed at the source.

    The source's schema is read as an update would read it, and compared with the saved schema.sql.
    """
    name = application_name(_NAME)
    connection = connect(
        make_conninfo(**settings.target_conninfo(settings.target.maintenance_db)), application_name=name
    )
    try:
        question = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s"
        is_there = connection.execute(question, (settings.target.dbname,)).fetchone() is not None
    finally:
        close_quietly(connection)
    path = settings.output_directory / "schema.sql"
    if not is_there:
        return Choice("build-dev-db", actions.build, "there is no dev database yet")
    if not path.exists():
        return Choice("update-dev-db-schema", actions.update_schema, f"there is no {path} yet")
    reporter.step("comparing the source's schema with schema.sql")
    with looking(settings, command=_NAME, report=reporter) as (looked, _):
        changes = _changes(looked, path, name)
    if changes is None:
        return Choice("update-dev-db-data", actions.update_data, "the source's schema is as it was")
    told = f"{len(changes)} change{'s' if len(changes) > 1 else ''}" if changes else "something"
    return Choice("update-dev-db-schema", actions.update_schema, f"the source's schema changed: {told}")


def _changes(settings: Settings, path: Path, name: str) -> list[str] | None:
    """What changed in the source's schema since it was saved; None when nothing did."""
    source = connect(
        make_conninfo(**settings.source_conninfo()),
        read_only=True,
        session=settings.source.limits,
        application_name=name,
    )
    try:
        only = schema_file.only_deps_of(path)
        restricted = None
        if only:
            # As the update will have it, that stays with what the file is about. Seldom: it takes a while to load.
            from devdb.dependencies.narrowing import narrowing

            templates = Templates(settings.sql_directories)
            restricted = narrowing(source, templates, only, settings.source.schemas).restricted
        with tempfile.TemporaryDirectory() as directory:
            written = schema_file.write(
                Path(directory) / "schema.sql",
                source=source,
                schemas=settings.source.schemas,
                owner=settings.schema_file.owner,
                privileges=settings.schema_file.privileges,
                skip_extensions=settings.extensions.skip,
                lock_timeout_ms=settings.source.lock_timeout_ms,
                only_deps_of=only,
                restricted=restricted,
            )
    finally:
        close_quietly(source)
    saved = schema_file.text_of(path)
    return None if written.text == saved else schema_drift.drift(saved, written.text)
