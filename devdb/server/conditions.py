r"""Which parts of a script run: the nest of `\if`, `\elif`, `\else` and `\endif`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from devdb.sqltext.arguments import CommandError


class _State(Enum):
    TRUE = auto()
    FALSE = auto()  # no branch taken yet
    IGNORED = auto()  # a branch was taken, or all of it lies in a branch that is not
    ELSE_TRUE = auto()
    ELSE_FALSE = auto()


@dataclass
class _Level:
    state: _State
    line: int
    length: int = 0
    parentheses: int = 0


class Conditions:
    """The open conditions of one file.

    Text of a branch that is not taken is dropped from the statement being read: each method that closes such a branch
    returns the length of the statement, and the parentheses open in it, when the branch began; None to keep all.
    """

    def __init__(self) -> None:
        self._levels: list[_Level] = []

    @property
    def active(self) -> bool:
        """Whether statements and commands are to be run."""
        return not self._levels or self._levels[-1].state in (_State.TRUE, _State.ELSE_TRUE)

    @property
    def wants_elif(self) -> bool:
        r"""Whether the condition of an `\elif` decides anything."""
        return bool(self._levels) and self._levels[-1].state is _State.FALSE

    @property
    def open_line(self) -> int | None:
        r"""The line of the innermost `\if` that still lacks its `\endif`."""
        return self._levels[-1].line if self._levels else None

    def begin(self, *, value: bool, line: int, length: int, parentheses: int) -> None:
        state = (_State.TRUE if value else _State.FALSE) if self.active else _State.IGNORED
        self._levels.append(_Level(state, line, length, parentheses))

    def elif_(self, *, value: bool, length: int, parentheses: int) -> tuple[int, int] | None:
        level = self._level("elif")
        if level.state in (_State.ELSE_TRUE, _State.ELSE_FALSE):
            raise CommandError(r"\elif: cannot occur after \else")
        dropped = self._close_branch(level, length, parentheses)
        if level.state is _State.TRUE:
            level.state = _State.IGNORED
        elif level.state is _State.FALSE and value:
            level.state = _State.TRUE
        return dropped

    def refuse_branch(self) -> None:
        r"""The condition of the `\elif` just begun is false."""
        self._levels[-1].state = _State.FALSE

    def else_(self, *, length: int, parentheses: int) -> tuple[int, int] | None:
        level = self._level("else")
        if level.state in (_State.ELSE_TRUE, _State.ELSE_FALSE):
            raise CommandError(r"\else: cannot occur after \else")
        dropped = self._close_branch(level, length, parentheses)
        level.state = _State.ELSE_TRUE if level.state is _State.FALSE else _State.ELSE_FALSE
        return dropped

    def end(self, *, length: int, parentheses: int) -> tuple[int, int] | None:
        level = self._level("endif")
        dropped = self._close_branch(level, length, parentheses)
        self._levels.pop()
        return dropped

    def _level(self, command: str) -> _Level:
        if not self._levels:
            raise CommandError(rf"\{command}: no matching \if")
        return self._levels[-1]

    def _close_branch(self, level: _Level, length: int, parentheses: int) -> tuple[int, int] | None:
        if level.state in (_State.TRUE, _State.ELSE_TRUE):
            level.length, level.parentheses = length, parentheses
            return None
        return level.length, level.parentheses
