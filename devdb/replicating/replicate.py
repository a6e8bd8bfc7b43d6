"""A replication: the link, the steps as functions, the run, the gates."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TextIO, cast

import psycopg
from psycopg.conninfo import make_conninfo

from devdb.catalog.source import ask
from devdb.errors import Refused, ScriptFailed
from devdb.progress import Reporter
from devdb.replicating import steps as finding
from devdb.replicating.gates import explained, gates
from devdb.replicating.hearing import Changed, Heard, Telling
from devdb.replicating.link import Link, from_environment
from devdb.replicating.linking import Linking
from devdb.replicating.statements import Part
from devdb.replicating.steps import Step
from devdb.server.connection import Connection, application_name, cancel_quietly, close_quietly, connect
from devdb.server.printer import Printer
from devdb.server.runner import Server
from devdb.settings import Settings
from devdb.settings.replicate import Mode
from devdb.sqltext.templates import Templates

# Where a function was when it failed, in whatever language the server speaks.
_AT = re.compile(r"(db_replicate_step(\d+))\([^)]*\)\D+(\d+)")
_PLACE = re.compile(r"^    -- (.*):(\d+)$")
# Nothing that is meant for people's sessions ends this one, and it hears what the steps tell.
_SESSION = {"client_min_messages": "notice", "statement_timeout": "0"}

# The steps' functions take it for their transactions, too: sql/replicating/step.sql.
_LOCK = "pg_catalog.hashtextextended('devdb replicate', 0)"


@dataclass(frozen=True)
class Run:
    """What was asked for. `only_install` makes link and functions, and runs none; `accept_change` as of the gates."""

    settings: Settings
    mode: Mode
    reporter: Reporter
    environment: Mapping[str, str] = field(repr=False)
    dry_run: bool = False
    yes: bool = False
    only_install: bool = False
    accept_change: bool = False


def replicate(run: Run) -> list[Changed]:
    """Run the steps. Returns what they changed, in that order; a dry run prints the SQL instead.

    Raises what is wrong with the settings, the environment or a step before any server is asked.
    """
    settings = run.settings
    link = from_environment(run.environment, settings)
    steps, unused = finding.find(settings, foreign_schema=link.schema)
    for label in unused:
        run.reporter.warning(f"replicate.subset.{label}: no step uses it")
    if run.dry_run:
        return _Replication(run, link, steps, Printer(sys.stdout)).carry_out()
    heard = Heard(run.reporter)
    with ExitStack() as stack:
        connection = connect(
            make_conninfo(**settings.target_conninfo()),
            session={**link.session, **_SESSION},
            application_name=application_name("replicate"),
        )
        stack.callback(close_quietly, connection)
        nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
        server = Telling(connection, out=nowhere, err=cast(TextIO, heard), on_notice=heard.notice)
        server.reporter = run.reporter
        try:
            _lock(connection, Templates(settings.sql_directories))
            return _Replication(run, link, steps, server, heard).carry_out()
        except BaseException:
            cancel_quietly(connection)
            raise


class _Replication:
    """One run, on a server or on standard output."""

    def __init__(
        self, run: Run, link: Link, steps: list[Step], server: Server | Printer, heard: Heard | None = None
    ) -> None:
        self._run = run
        self._link = link
        self._steps = steps
        self._server = server
        self._heard = heard
        self._templates = Templates(run.settings.sql_directories)
        self._schema = run.settings.replicate.functions_schema

    def carry_out(self) -> list[Changed]:
        run = self._run
        linking = Linking(self._link, self._server, self._templates, run.reporter)
        linking.ensure(yes=run.yes)
        self._install()
        if run.only_install:
            return []
        gated = gates(run.settings, run.mode, accept_change=run.accept_change)
        script = self._templates.render(
            "replicating/run.sql",
            schema=self._schema,
            steps=self._steps,
            is_subset=run.mode == "Subset",
            gates=gated,
        )
        try:
            self._server.run(script)
        except ScriptFailed as exc:
            done = self._heard.begun[:-1] if self._heard is not None and not gated else []
            for title in done:
                run.reporter.note(f"done, and not undone: {title}")
            raise explained(exc, run.settings) or linking.explained(self._placed(exc)) from exc
        return self._heard.changed if self._heard is not None else []

    def _install(self) -> None:
        """Have the functions be what the templates say today."""
        dropped, wanted = [], {step.function: step for step in self._steps}
        if isinstance(self._server, Server):
            installed = ask(self._server.connection, self._templates, "replicating/installed.sql", schema=self._schema)
            for old in installed:
                if not old.is_ours:
                    raise Refused(
                        f"there is a function {self._schema}.{old.name}({old.arguments}) that devdb did not make",
                        hint="drop it, or have devdb's in another schema with replicate.functions_schema",
                    )
                step = next((step for step in self._steps if step.function == old.name), None)
                if step is None or old.arguments != ("_subset_ind boolean" if step.has_modes else ""):
                    dropped.append(old)
                elif old.body == self._body(step):
                    del wanted[old.name]
        if dropped or wanted:
            names = ", ".join(sorted({*wanted, *(old.name for old in dropped)}))
            self._run.reporter.step(f"installing {names}")
            self._server.run(
                self._templates.render(
                    "replicating/functions.sql", schema=self._schema, dropped=dropped, steps=list(wanted.values())
                )
            )

    def _body(self, step: Step) -> str:
        return "\n" + (self._templates.render("replicating/step.sql", step=step).text or "")

    def _placed(self, exc: ScriptFailed) -> ScriptFailed:
        """The failure with the file and line of the step that met it."""
        if not isinstance(exc.__cause__, psycopg.Error):
            return exc
        diag = exc.__cause__.diag
        found = _AT.search(diag.context or "")
        step = None if found is None else next((s for s in self._steps if s.function == found[1]), None)
        if found is None or step is None:
            return exc
        at = _statements_at(step, self._body(step), int(found[3]))
        if not at:
            return exc
        part = next((part for part in at if part.sql == diag.internal_query), None)
        # Of a mistake in the text the server tells where in it.
        before = "" if part is None else part.sql[: int(diag.internal_position or 1) - 1]
        path, line = (part or at[0]).origins[before.count("\n")]
        return ScriptFailed(exc.reason, path=path, line=line, sqlstate=exc.sqlstate, detail=exc.detail, hint=exc.hint)


def _statements_at(step: Step, body: str, line: int) -> list[Part]:
    """What a line (from 1) of the function's body runs, in either mode: the note before it says its place."""
    before = [found for text in body.split("\n")[:line] if (found := _PLACE.match(text))]
    if not before:
        return []
    place = (before[-1][1], int(before[-1][2]))
    every = [part for group in step.groups for part in (*group.of_subset, *group.of_all)]
    return [part for part in every if part.origins[0] == place]


def _lock(connection: Connection, templates: Templates) -> None:
    """Take the lock on replications in this database, until `connection` ends. Raises Refused naming who holds it."""
    if connection.info.server_version >= 140000:
        connection.execute("SET idle_session_timeout = 0")
    (row,) = ask(connection, templates, "catalog/advisory_lock.sql", key=_LOCK)
    if not row.is_taken:
        holder = f"{row.application_name or 'a session'} (server process {row.pid})" if row.pid else "another session"
        of_whom = f" of user {row.user}" if row.user else ""
        from_where = f", from {row.address}" if row.address else ""
        since = f", since {row.since}" if row.since else ""
        raise Refused(
            f"another replication is under way in {connection.info.dbname}: {holder}{of_whom}{from_where}{since}",
            hint="wait for it to end, or end it",
        )
