"""Empty an application's schemas and rebuild them, while some tables keep their rows; all of it, or nothing."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO, cast

import psycopg

from devdb import dev_database
from devdb.catalog import dev_server
from devdb.catalog import source as catalog
from devdb.catalog.model import Name, Source
from devdb.errors import CheckFailed, DevdbError, Refused, ScriptFailed, SettingsError
from devdb.progress import Reporter
from devdb.server import link
from devdb.server.connection import Connection
from devdb.server.printer import Printer
from devdb.server.runner import Server
from devdb.settings import Settings, nearest, one_error, parse_pattern, pattern_for
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates
from devdb.state.rebuilding import Rebuilding, rebuilding, rewriting, run_command

_COMMAND = "reset"
_HOLDER = "devdb_reset"
# As sql/state/keep_rows.sql raises it.
_MISFIT = "DVR01"
_FOREIGN_KEY, _TOO_MANY_LOCKS, _NO_RIGHT = "23503", "53200", "42501"


@dataclass(frozen=True)
class Kept:
    """A table whose rows were kept: how many, and how many the rebuild has put there besides."""

    table: str
    rows: int
    besides: int


def reset(settings: Settings, reporter: Reporter, *, yes: bool = False, dry_run: bool = False) -> list[Kept]:
    """Do as the section `reset` of the settings says. Without `yes`, say what would be done, and refuse.

    With scripts it is one transaction. With a command, the old objects wait in schemas of devdb's own until it has
    succeeded, and are put back if it does not; a reset that was killed is undone first by the next one. A dry run
    writes the SQL to standard output, and returns nothing.
    """
    templates = Templates(settings.sql_directories)
    if not settings.reset.schemas:
        raise SettingsError("reset.schemas names no schema", path=settings.path, hint="reset: {schemas: [app]}")
    rebuild = rebuilding(settings)
    with dev_database.opened(settings, _COMMAND, templates, dry_run=dry_run) as connection:
        stage = _Stage(connection, templates, reporter, dry_run=dry_run)
        if _is_interrupted(connection):
            if dry_run or not yes:
                raise Refused(
                    "an earlier reset was interrupted: what it set aside is in schemas named devdb_reset",
                    hint="--restore puts it back; --yes does so, and then resets",
                )
            stage.put_back()
        keep = _looked_at(settings, connection, templates, rebuild, reporter, yes=yes or dry_run)
        work = _Work(settings, stage, rebuild, keep)
        return work.by_command() if rebuild.command is not None else work.by_scripts()


def restore(settings: Settings, reporter: Reporter) -> bool:
    """Put back what an interrupted reset has set aside; returns whether there was anything."""
    templates = Templates(settings.sql_directories)
    with dev_database.opened(settings, _COMMAND, templates) as connection:
        if not _is_interrupted(connection):
            return False
        _Stage(connection, templates, reporter, dry_run=False).put_back()
        return True


class _Stage:
    """Runs scripts in the dev database, or writes them to standard output."""

    def __init__(self, connection: Connection, templates: Templates, reporter: Reporter, *, dry_run: bool) -> None:
        self.connection = connection
        self.templates = templates
        self.reporter = reporter
        self.is_dry = dry_run
        self._server: Server | Printer = Printer(sys.stdout)
        if not dry_run:
            self._server = Server(
                connection,
                out=cast(TextIO, _Nowhere()),
                err=cast(TextIO, _Steps(reporter)),
                on_notice=lambda said: reporter.detail(said.message_primary or "", level=1),
            )

    def say(self, text: str) -> None:
        self._server.run(Script("devdb", text + "\n"))

    def run(self, script: Script, *, rewrite: Callable[[str], str | None] | None = None) -> None:
        try:
            self._server.run(script, rewrite=rewrite)
        except ScriptFailed as exc:
            raise _explained(exc) from exc

    def render(self, name: str, /, **parameters: object) -> None:
        self.run(self.templates.render(name, **parameters))

    def put_back(self) -> None:
        """Undo, in one transaction, what set_aside.sql did in one that was committed."""
        rows = self.connection.execute("SELECT a.schema_name FROM devdb_reset.aside AS a").fetchall()
        self.say("BEGIN;")
        self.render("state/put_back.sql", empty_schemas=[str(name) for (name,) in rows])
        self.say("COMMIT;")

    def roll_back(self) -> None:
        """Give up a transaction that is open, if one is."""
        if not self.is_dry and not self.connection.closed:
            self.connection.execute("ROLLBACK")


@dataclass(frozen=True)
class _Work:
    """What is done once all has been looked at."""

    settings: Settings
    stage: _Stage
    rebuild: Rebuilding
    keep: Sequence[Name]

    def by_scripts(self) -> list[Kept]:
        stage = self.stage
        rewrite = rewriting(
            stage.connection,
            lambda role: stage.reporter.warning(f"there is no role {role}: what is said of it is left out"),
        )
        try:
            stage.say("BEGIN;")
            stage.render("state/set_aside.sql", schemas=self.settings.reset.schemas)
            for script in self.rebuild.scripts:
                stage.reporter.step(f"running {script.name}")
                stage.run(script, rewrite=rewrite)
            self._keep_rows()
        except BaseException:
            with suppress(psycopg.Error):
                stage.roll_back()
            raise
        return self._kept()

    def by_command(self) -> list[Kept]:
        stage, command = self.stage, self.rebuild.command
        assert command is not None
        stage.say("BEGIN;")
        stage.render("state/set_aside.sql", schemas=self.settings.reset.schemas)
        stage.say("COMMIT;")
        try:
            if stage.is_dry:
                stage.say(f"-- Here, outside of any transaction, runs: {' '.join(command.split())}\n\nBEGIN;")
            else:
                stage.reporter.step(f"running {command}")
                run_command(command, stage.connection, cwd=self.settings.beside.absolute())
                stage.say("BEGIN;")
            self._keep_rows()
        except BaseException:
            # A failing clean-up must not hide the failure; the next reset cleans up as well.
            with suppress(psycopg.Error, DevdbError):
                stage.roll_back()
                stage.put_back()
            raise
        return self._kept()

    def _keep_rows(self) -> None:
        self.stage.render("state/keep_rows.sql", keep=self.keep, schemas=self.settings.reset.schemas)
        self.stage.say("COMMIT;")

    def _kept(self) -> list[Kept]:
        if self.stage.is_dry:
            return []
        rows = self.stage.connection.execute(
            "SELECT k.table_name, k.kept, k.besides FROM pg_temp.devdb_kept AS k ORDER BY k.place"
        ).fetchall()
        return [Kept(*row) for row in rows]  # type: ignore[arg-type]  # as the statement says


def _is_interrupted(connection: Connection) -> bool:
    question = "SELECT 1 FROM pg_catalog.pg_namespace AS n WHERE n.nspname = %s"
    return connection.execute(question, (_HOLDER,)).fetchone() is not None


def _looked_at(
    settings: Settings, connection: Connection, templates: Templates, rebuild: Rebuilding, to: Reporter, *, yes: bool
) -> list[Name]:
    """Refuse what must not be done; returns the tables whose rows are kept."""
    said = settings.reset
    database = catalog.read_database(connection, templates)
    ours, _ = dev_server.schemas(connection, templates)
    for schema in said.schemas:
        if schema in ours or schema == link.SETUP_SCHEMA:
            raise SettingsError(f"reset.schemas: {schema} belongs to the link to the source", path=settings.path)
        if schema not in database.schemas:
            raise SettingsError(
                f"reset.schemas: the dev database has no schema {schema}",
                path=settings.path,
                hint=nearest(schema, database.schemas),
            )
    dev = catalog.read(connection, templates, database=database, schemas=None)
    keep = _keep(settings, dev)
    emptied = [table for table in dev.filled_tables if table.name.schema in said.schemas and table.name not in keep]
    lost = dev_server.dependents(connection, templates, schemas=said.schemas)
    of_link = [each for each in lost if any(f" {schema}." in f" {each}" for schema in ours)]
    others = [each for each in lost if each not in of_link]
    if others and not yes:
        raise Refused(
            f"objects of other schemas that need these would be lost: {', '.join(others)}",
            hint="take them out of the way, reset their schemas too, or let them go with --yes",
        )
    if not yes:
        whose = "" if dev_database.is_marked(connection, templates) else " (which devdb did not make)"
        raise Refused(
            f"this would drop all of {', '.join(said.schemas)} in the database {settings.target.dbname}{whose}, "
            f"{len(emptied)} tables with their rows, keep the rows of {', '.join(map(str, keep)) or 'none'}, "
            f"and rebuild with {rebuild.described}",
            hint="--yes does it",
        )
    if others:
        to.warning(f"objects of other schemas are dropped: {', '.join(others)}")
    if of_link:
        to.warning(f"parts of the link are dropped, which the next run makes anew: {', '.join(of_link)}")
    return keep


def _keep(settings: Settings, dev: Source) -> list[Name]:
    """The tables that the patterns name. Raises SettingsError for a pattern that names none."""
    names = [table.name for table in dev.filled_tables if table.name.schema in settings.reset.schemas]
    errors, keep = [], set()
    for text in settings.reset.keep:
        pattern = parse_pattern(text)
        found = {name for name in names if pattern.matches(name.schema, name.name)}
        keep |= found
        if not found:
            known = [pattern_for(name.schema, name.name) for name in names]
            errors.append(
                SettingsError(f"reset.keep: no table is named {text}", path=settings.path, hint=nearest(text, known))
            )
    if errors:
        raise one_error(errors)
    return [name for name in names if name in keep]


def _explained(exc: ScriptFailed) -> DevdbError:
    if exc.sqlstate == _MISFIT:
        return CheckFailed(
            f"the rebuilt tables do not take the kept rows:\n{exc.reason}",
            hint="all is as before; keep other tables, or change the rows before",
        )
    if exc.sqlstate == _FOREIGN_KEY and "state/keep_rows.sql" in str(exc.path):
        exc.hint = "all is as before; keep the table that the rows refer to as well"
    if exc.sqlstate == _NO_RIGHT:
        exc.hint = "the dev user must own all objects of the schemas; range types can be set aside by a superuser alone"
    if exc.sqlstate == _TOO_MANY_LOCKS:
        exc.hint = "one transaction locks every object: raise max_locks_per_transaction of the server"
    return exc


class _Nowhere(io.TextIOBase):
    """Takes what queries return, which is of no interest."""

    def write(self, text: str) -> int:
        return len(text)


class _Steps(io.TextIOBase):
    r"""Takes what scripts \warn, a line at a time, and tells the reporter of it as steps."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def write(self, text: str) -> int:
        self._reporter.step(text.rstrip("\n"))
        return len(text)
