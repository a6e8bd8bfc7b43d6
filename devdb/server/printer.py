"""The dry run: scripts written out instead of run, so that psql can run them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from devdb.server.session import HIDDEN, Rewrite
from devdb.sqltext.arguments import ENDS_STATEMENT, Arguments
from devdb.sqltext.lines import Lines, open_lines
from devdb.sqltext.statements import Kind, Script, Statement, pieces
from devdb.sqltext.variables import settings_text

_RELATIVE = ("ir", "include_relative")


class Printer:
    """Writes the statements a Server would send; psql can run the result."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._begun = False

    def run(
        self,
        script: Script,
        *,
        variables: Mapping[str, str] | None = None,
        single_transaction: bool = False,
        rewrite: Rewrite | None = None,
    ) -> None:
        """Write what Server.run would send, with ******** for secrets.

        Files included by a relative path are included by the absolute one, for the text has no place of its own.
        Raises ScriptFailed for a script that is not well formed.
        """
        if not self._begun:
            self._out.write("\\set ON_ERROR_STOP on\n")
            self._begun = True
        self._out.write(f"\n-- {script.name}\n{settings_text(variables or {})}")
        if single_transaction:
            self._out.write("BEGIN;\n")
        with open_lines(script) as lines:
            self._write(script, lines, rewrite)
        if single_transaction:
            self._out.write("COMMIT;\n")

    def query(self, sql: str | Script) -> list[tuple[object, ...]]:  # noqa: ARG002 - Server has it
        """Nothing is known about a server that is not asked."""
        return []

    def close(self) -> None:
        """There is nothing to close."""

    def _write(self, script: Script, lines: Lines, rewrite: Rewrite | None) -> None:
        last = "\n"
        skipping = False
        open_statement = False
        for piece in pieces(lines):
            if piece.kind is Kind.DATA and skipping:
                continue
            text = piece.text
            if piece.kind is Kind.SQL:
                open_statement = not piece.ended
            elif piece.kind is Kind.COMMAND and Arguments(text, None).name in ENDS_STATEMENT:
                open_statement = False
            if piece.kind is Kind.SQL and rewrite is not None:
                text = _rewritten(piece, rewrite)
                skipping = not text
            elif piece.kind is Kind.COMMAND:
                text = _absolute(piece.text, script.directory)
            if text:
                self._out.write(_concealed(text, script))
                last = text[-1]
        if last != "\n":
            self._out.write("\n")
        if open_statement:
            self._out.write(";\n")


def _rewritten(piece: Statement, rewrite: Rewrite) -> str:
    """The piece with its statement rewritten; of a statement that is skipped, nothing."""
    sql = piece.sql
    written = rewrite(sql)
    if written is None:
        return ""
    return piece.text if written == sql else piece.text[: len(piece.text) - len(sql)] + written


def _absolute(command: str, directory: Path | None) -> str:
    arguments = Arguments(command, None)
    if arguments.name not in _RELATIVE or directory is None:
        return command
    name = arguments.next_file()
    if name is None:
        return command
    quoted = str((directory / name).absolute()).replace("\\", "\\\\").replace("'", "\\'")
    return f"\\i '{quoted}'"


def _concealed(text: str, script: Script) -> str:
    for placeholder in script.secrets:
        text = text.replace(placeholder, f"'{HIDDEN}'")
    return text
