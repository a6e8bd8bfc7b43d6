"""Backslash commands: their names, and their arguments by psql's rules of quoting."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from devdb.sqltext.variables import Lookup, expansion, reference_at

ENDS_STATEMENT = frozenset({"g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch", "r", "reset"})
"""The commands after which a new statement begins."""

_SPACE = " \t\n\r\f\v"
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", "r": "\r", "f": "\f"}
_WHOLE_LINE = frozenset({"copy", "!", "h", "help", "ef", "ev", "sf", "sv"})


class CommandError(Exception):
    """A backslash command that cannot be carried out; whoever runs the script knows the line."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def nearest(name: str, known: Iterable[str], prefix: str = "") -> str | None:
    """A hint that names the known words most like `name`, if there are any."""
    close = difflib.get_close_matches(name, sorted(known))
    return "did you mean " + " or ".join(prefix + word for word in close) + "?" if close else None


class Arguments:
    """A command's name, and its arguments one after the other.

    `text` begins with the backslash and ends before the newline. `lookup` gives variables; None: nothing is expanded.
    `line` is the number of the line in its file.
    """

    def __init__(self, text: str, lookup: Lookup | None, line: int = 1) -> None:
        self._line = text
        self.line = line
        self._lookup = lookup
        end = 1
        while end < len(text) and text[end] not in _SPACE and text[end] != "\\":
            end += 1
        self.name = text[1:end]
        self.position = end
        """What comes before belongs to the command."""

    def next(self) -> str | None:
        """The next argument, None if there are no more.

        'single quotes' are taken away and their escapes resolved; "double quotes" stay part of the argument.
        """
        return self.next_with_quote()[0]

    def next_with_quote(self) -> tuple[str | None, str]:
        """The next argument, and the kind of quote that it used last."""
        if not self._at_argument():
            return None, ""
        line = self._line
        pieces = []
        quote = ""
        while self.position < len(line) and line[self.position] not in _SPACE and line[self.position] != "\\":
            character = line[self.position]
            if character == "'":
                quote = character
                pieces.append(self._single_quoted())
            elif character == '"':
                quote = character
                pieces.append(self._double_quoted())
            elif character == "`":
                raise CommandError("commands in backquotes are not run", hint="pass a value with -v name=value instead")
            else:
                pieces.append(self._plain())
        return "".join(pieces), quote

    def next_name(self) -> str | None:
        """The next argument as an SQL name: double quotes taken away, case kept, semicolons after it dropped."""
        argument, quote = self.next_with_quote()
        if argument is None:
            return None
        if not quote:
            argument = argument.rstrip(";" + _SPACE)
        if quote != '"':
            return argument
        name = []
        inside = False
        position = 0
        while position < len(argument):
            if argument[position] != '"':
                name.append(argument[position])
            elif inside and argument.startswith('""', position):
                name.append('"')
                position += 1
            else:
                inside = not inside
            position += 1
        return "".join(name)

    def next_file(self) -> str | None:
        """The next argument as a file name: semicolons after it dropped."""
        argument, quote = self.next_with_quote()
        return argument if argument is None or quote else argument.rstrip(";" + _SPACE)

    def rest_of_line(self) -> str:
        """Everything up to the end of the line, as it stands."""
        rest = self._line[self.position :].lstrip(_SPACE)
        self.position = len(self._line)
        return rest

    def finish(self) -> list[str]:
        r"""The arguments that are left, and go on after the `\\` that may end them."""
        left = []
        while (argument := self.next()) is not None:
            left.append(argument)
        if self._line.startswith("\\\\", self.position):
            self.position += 2
        return left

    def skip(self) -> None:
        """Pass over the arguments of a command that is not run."""
        if self.name in _WHOLE_LINE:
            self.position = len(self._line)
            return
        self._lookup = None
        line = self._line
        while self.position < len(line) and line[self.position] != "\\":
            character = line[self.position]
            if character in "'\"`":
                self.position = self._closing(character) or len(line)
            else:
                self.position += 1
        if line.startswith("\\\\", self.position):
            self.position += 2

    def _at_argument(self) -> bool:
        line = self._line
        while self.position < len(line) and line[self.position] in _SPACE:
            self.position += 1
        return self.position < len(line) and line[self.position] != "\\"

    def _plain(self) -> str:
        start = self.position
        if self._line[start] == ":" and self._lookup is not None:
            reference = reference_at(self._line, start)
            if reference is not None:
                self.position = reference.end
                value = expansion(reference, self._lookup)
                return self._line[start : self.position] if value is None else value
        self.position += 1
        return self._line[start]

    def _double_quoted(self) -> str:
        start = self.position
        end = self._closing('"')
        if end is None:
            raise CommandError("unterminated quoted string")
        self.position = end
        return self._line[start:end]

    def _closing(self, quote: str) -> int | None:
        """The position after the quoted piece that begins here; None if nothing ends it."""
        line = self._line
        position = self.position + 1
        while position < len(line):
            if line[position] == quote:
                return position + 1
            position += 2 if quote == "'" and line[position] == "\\" else 1
        return None

    def _single_quoted(self) -> str:
        line = self._line
        pieces = []
        position = self.position + 1
        while position < len(line):
            character = line[position]
            if line.startswith("''", position):
                pieces.append("'")
                position += 2
            elif character == "'":
                self.position = position + 1
                return "".join(pieces)
            elif character == "\\" and position + 1 < len(line):
                text, position = _escape(line, position + 1)
                pieces.append(text)
            else:
                pieces.append(character)
                position += 1
        raise CommandError("unterminated quoted string")


def _escape(line: str, position: int) -> tuple[str, int]:
    """What the escape with this character after the backslash stands for, and the position after it."""
    character = line[position]
    if character in _ESCAPES:
        return _ESCAPES[character], position + 1
    base, digits, width = (16, "0123456789abcdefABCDEF", 2) if character == "x" else (8, "01234567", 3)
    start = position + 1 if character == "x" else position
    end = start
    while end < len(line) and end - start < width and line[end] in digits:
        end += 1
    if end > start:
        return chr(int(line[start:end], base) & 0xFF), end
    return character, position + 1
