"""Where the scripts of an action run: the dev server, or standard output."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO, cast

from psycopg.conninfo import make_conninfo
from psycopg.errors import Diagnostic

from devdb import explaining
from devdb.errors import DevdbError, ScriptFailed
from devdb.preflight import Ground, Run
from devdb.progress import Reporter
from devdb.server import link
from devdb.server.connection import Connection, application_name, connect
from devdb.server.printer import Printer
from devdb.server.runner import Server
from devdb.server.session import HIDDEN
from devdb.sqltext.quoting import argument
from devdb.sqltext.statements import Script

Rewrite = Callable[[str], str | None]


@dataclass(frozen=True)
class Notice:
    """What a server says beside its results. `severity` is in the server's language."""

    severity: str
    text: str
    is_warning: bool

    @classmethod
    def of(cls, said: Diagnostic) -> Notice:
        """What psycopg lends to those who hear of a notice, and only for as long."""
        return cls(said.severity or "", said.message_primary or "", said.severity_nonlocalized == "WARNING")


class Stage:
    """Runs templates and scripts for a run, tells its reporter of their steps and warnings, and explains failures.

    `rewrite` has the last word on each statement, as in `Server.run`. In place, all that runs is one transaction,
    which `commit` ends.
    """

    def __init__(self, run: Run, ground: Ground) -> None:
        self.rewrite: Rewrite = lambda statement: statement
        self._run = run
        self._ground = ground
        self._heard: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Stage:
        target = self._run.settings.target
        if self._run.dry_run:
            self._server: Server | Printer = Printer(sys.stdout)
        else:
            self._nowhere = self._stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
            self._server = Server(
                self._connect({"dbname": target.dbname if self._run.in_place else target.maintenance_db}),
                reconnect=self._connect,
                # What queries return is of no interest; \warn tells the steps.
                out=self._nowhere,
                err=cast(TextIO, _Steps(self._run.reporter)),
                on_notice=lambda said: self.notice(Notice.of(said)),
            )
            self._stack.callback(self._server.close)
        if self._run.in_place:
            if self._run.dry_run:
                # Whoever runs the text may be connected to any database.
                self.say(f"\\connect {argument(target.dbname)}")
            self.say("BEGIN;")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def connection(self) -> Connection:
        """The connection to the database in which the work happens; a dry run has none."""
        assert isinstance(self._server, Server)
        return self._server.connection

    def render(self, name: str, /, **parameters: object) -> Script:
        """The script that a template becomes, told whether it is part of one transaction."""
        return self._ground.templates.render(name, single_transaction=self._run.in_place, **parameters)

    def run_template(self, name: str, /, **parameters: object) -> None:
        """Render the template and run it."""
        self.run(self.render(name, **parameters))

    def another(self, on_notice: Callable[[Notice], None]) -> Server:
        """A further session in the database in which the work happens; who asks for it closes it.

        `on_notice` may hand what it hears to `notice`, but from the thread that the stage is used in.
        """
        connection = self._connect({"dbname": self.connection.info.dbname}, links=False)
        return Server(connection, out=self._nowhere, on_notice=lambda said: on_notice(Notice.of(said)))

    def run(self, script: Script, *, rewrite: Rewrite | None = None) -> None:
        """Run the script; `rewrite` in place of the stage's own."""
        last_word = rewrite or self.rewrite
        try:
            self._server.run(script, rewrite=lambda statement: self._told(last_word(statement), script))
        except ScriptFailed as exc:
            raise self.explained(exc, script) from exc

    def explained(self, exc: ScriptFailed, script: Script) -> DevdbError:
        """What a failure of the script means to the person who runs devdb."""
        return explaining.explained(explaining.with_words(exc, self._heard), script, self._ground.plan["takes"])

    def say(self, text: str) -> None:
        """Run a line of devdb's own."""
        self._server.run(Script("devdb", text + "\n"))

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a plain read; none in a dry run."""
        return self._server.query(sql)

    def commit(self) -> None:
        """End the one transaction of a run in place."""
        self.say("COMMIT;")

    def _connect(self, parameters: Mapping[str, str], *, links: bool = True) -> Connection:
        conninfo = make_conninfo(**{**self._run.settings.target_conninfo(), **parameters})
        # The one session that makes the link must know the password.
        session = link.session(self._ground.source_password) if links else None
        return connect(conninfo, session=session, application_name=application_name(self._run.command))

    def tell(self, statement: str, script: Script) -> None:
        """Show a statement that is about to be sent to those who asked for it (-vv)."""
        if not self._run.dry_run:
            shown = statement.strip("\n")
            for placeholder in script.secrets:
                shown = shown.replace(placeholder, f"'{HIDDEN}'")
            self._run.reporter.detail(shown, level=2)

    def _told(self, statement: str | None, script: Script) -> str | None:
        if statement is not None:
            self.tell(statement, script)
        return statement

    def notice(self, said: Notice) -> None:
        """Tell of what the server says beside its results."""
        self._heard[:] = [*self._heard[-9:], said.text]
        if said.is_warning:
            self._run.warn(said.text)
        else:
            self._run.reporter.detail(f"{said.severity}: {said.text}", level=1)


class _Steps(io.TextIOBase):
    r"""Takes what scripts \warn, and tells the reporter of it as steps."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._line = ""

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._reporter.step(line)
        return len(text)
