"""Every deliberate failure, and the exit status it ends the command with."""

from __future__ import annotations

from pathlib import Path


class DevdbError(Exception):
    """A failure that devdb foresaw; its text is meant for the person who typed the command.

    `hint` says what to do about it, and is shown on a line of its own.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nHint: {self.hint}"


class Refused(DevdbError):
    """devdb will not do this: it would lose something, or another run is at it."""


class CheckFailed(DevdbError):
    """The work was done and the result is not right."""


class SettingsError(DevdbError):
    """The settings cannot be used. `path` and `line` (from 1) say where, when they came from a file."""

    def __init__(
        self, message: str, *, path: Path | str | None = None, line: int | None = None, hint: str | None = None
    ) -> None:
        place = "" if path is None else f"{path}: " if line is None else f"{path}:{line}: "
        super().__init__(place + message, hint=hint)
        self.path = path
        self.line = line


class UsageError(DevdbError):
    """The command was called the wrong way, or lacks a program it needs."""

    exit_status = 2


class ConnectionFailed(DevdbError):
    """A server cannot be reached, or was lost on the way. Never holds a password."""

    exit_status = 2


class ScriptFailed(DevdbError):
    """A statement of a script was refused by the server, or the script itself is not well formed.

    `path` is the file as its author knows it; `line` the line in it, from 1. For a template, `rendered_line` is the
    line of the rendered text, and `line` the template's. `sqlstate` is None when the failure is not the server's.
    """

    exit_status = 3

    def __init__(
        self,
        message: str,
        *,
        path: Path | str,
        line: int | None = None,
        rendered_line: int | None = None,
        sqlstate: str | None = None,
        detail: str | None = None,
        hint: str | None = None,
        context: str | None = None,
    ) -> None:
        place = f"{path}: " if line is None else f"{path}:{line}: "
        text = place + message + ("" if sqlstate is None else f" (SQLSTATE {sqlstate})")
        if rendered_line is not None and rendered_line != line:
            text += f"\n  rendered line {rendered_line}; --dry-run shows the text"
        if detail:
            text += f"\nDetail: {detail}"
        if context:
            text += f"\nContext: {context}"
        super().__init__(text, hint=hint)
        self.reason = message
        self.path = path
        self.line = line
        self.rendered_line = rendered_line
        self.sqlstate = sqlstate
        self.detail = detail
