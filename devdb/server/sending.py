r"""The commands that end a statement: \g, \gx, \gset and \gexec."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import pq

from devdb.server.results import Display, Table
from devdb.server.settings_commands import SPECIAL, apply_option
from devdb.sqltext.arguments import Arguments, CommandError
from devdb.sqltext.variables import is_name

if TYPE_CHECKING:
    from devdb.server.runner import ScriptFile


def send_results(file: ScriptFile, arguments: Arguments) -> Callable[[], None]:
    r"""`\g` and `\gx`, with options in parentheses and a file for the results."""
    display = dataclasses.replace(file.session.display)
    display.expanded = display.expanded or arguments.name == "gx"
    word = arguments.next_file()
    if word is not None and word.startswith("("):
        _options(display, word, arguments)
        word = arguments.next_file()
    target = word
    if target is not None and target.startswith("|"):
        raise CommandError(rf"\{arguments.name} | is refused: scripts run no programs")

    def act() -> None:
        previous = file.session.out
        if target is None:
            _show(file, display)
            return
        try:
            with Path(target).expanduser().open("w", encoding="utf-8") as out:
                file.session.out = out
                _show(file, display)
        except OSError as exc:
            raise CommandError(f"{target}: {exc.strerror}") from exc
        finally:
            file.session.out = previous

    return act


def gset(file: ScriptFile, prefix: str) -> None:
    """Put the columns of the one row that the statement returns into variables."""
    table = _table(file)
    if table is None:
        return
    if not table.rows:
        raise CommandError(r"no rows returned for \gset")
    if len(table.rows) > 1:
        raise CommandError(r"more than one row returned for \gset")
    for column, value in zip(table.columns, table.rows[0], strict=True):
        name = prefix + column
        if not is_name(name):
            raise CommandError(f'invalid variable name: "{name}"')
        if name in SPECIAL:
            file.session.warn(rf'attempt to \gset into specially treated variable "{name}" ignored')
        elif value is None:
            file.session.variables.pop(name, None)
        else:
            file.session.variables[name] = value


def gexec(file: ScriptFile, line: int) -> None:
    """Send every value that the statement returns as a statement of its own, row by row."""
    table = _table(file)
    for row in table.rows if table is not None else ():
        for value in row:
            if value is not None:
                cursor = file.sender.send_text(value, line)
                if cursor is not None:
                    file.session.show(cursor)


def _show(file: ScriptFile, display: Display) -> None:
    cursor = file.send()
    if cursor is not None:
        file.session.show(cursor, display)


def _table(file: ScriptFile) -> Table | None:
    """The rows of the statement just read; None if it was skipped.

    Of several combined ones the last counts; the results of the others are shown.
    """
    cursor = file.send()
    if cursor is None:
        return None
    result = cursor.pgresult
    while cursor.nextset():
        file.session.show_result(result)
        result = cursor.pgresult
    if result is None or result.status != pq.ExecStatus.TUPLES_OK:
        return None
    return file.session.table(result)


def _options(display: Display, word: str, arguments: Arguments) -> None:
    text = word
    while not text.endswith(")"):
        following = arguments.next()
        if following is None:
            raise CommandError(rf"\{arguments.name}: missing right parenthesis")
        text += f" {following}"
    for option in text[1:-1].split():
        name, _, value = option.partition("=")
        apply_option(display, name, value or None)
