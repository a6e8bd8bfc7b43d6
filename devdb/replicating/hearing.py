"""What the server tells while steps run, and what it is told."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.errors import Diagnostic

from devdb.progress import Reporter
from devdb.server.runner import Server
from devdb.server.session import Rewrite
from devdb.sqltext.script import Script

# What sql/replicating/step.sql tells.
_CHANGED = re.compile(r"(db_replicate_step\d+): (.*): (\d+) rows? (\w+)")


@dataclass(frozen=True)
class Changed:
    """Rows of one table that one statement of a step met; `verb` is inserted, updated, deleted or merged."""

    step: str
    table: str
    rows: int
    verb: str
    seconds: float


class Heard(io.TextIOBase):
    r"""Hears what the server tells: of the steps by \warn, of the rows by notices."""

    def __init__(self, reporter: Reporter) -> None:
        self.changed: list[Changed] = []
        self.begun: list[str] = []
        self._reporter = reporter
        self._line = ""
        self._since_s = time.monotonic()

    def write(self, text: str) -> int:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self.begun.append(line)
            self._reporter.step(line)
            self._since_s = time.monotonic()
        return len(text)

    def notice(self, said: Diagnostic) -> None:
        text = said.message_primary or ""
        found = _CHANGED.fullmatch(text)
        if found is not None:
            now_s = time.monotonic()
            self.changed.append(Changed(found[1], found[2], int(found[3]), found[4], now_s - self._since_s))
            self._since_s = now_s
            self._reporter.detail(text, level=1)
        elif said.severity_nonlocalized == "WARNING":
            self._reporter.warning(text)
        else:
            self._reporter.detail(f"{said.severity}: {text}", level=1)


class Telling(Server):
    """A server whose statements are told to those who asked to hear more (-vv)."""

    reporter: Reporter

    def run(
        self,
        script: Script,
        *,
        variables: Mapping[str, str] | None = None,
        single_transaction: bool = False,
        rewrite: Rewrite | None = None,  # noqa: ARG002 - nothing here rewrites
    ) -> None:
        super().run(script, variables=variables, single_transaction=single_transaction, rewrite=self._told)

    def _told(self, statement: str) -> str:
        self.reporter.detail(statement.strip("\n"), level=2)
        return statement
