"""Scripts cut into statements, commands and data, nothing lost between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from devdb.sqltext.arguments import ENDS_STATEMENT, Arguments, CommandError
from devdb.sqltext.copy_command import parse_copy
from devdb.sqltext.lexer import Lexer, Query, Stop
from devdb.sqltext.lines import Lines, open_lines
from devdb.sqltext.scanning import copy_direction, is_blank, is_comment, scan_text
from devdb.sqltext.script import Script
from devdb.sqltext.variables import boolean

__all__ = ["Kind", "Script", "Statement", "pieces", "split"]


class Kind(Enum):
    """What a piece of a script is."""

    SQL = "sql"
    COMMAND = "command"
    DATA = "data"
    BLANK = "blank"


@dataclass(frozen=True)
class Statement:
    r"""A piece of a script as written: a statement with the blanks and comments before it, a backslash command, a block
    of COPY data (the `\.` that ends them included), or blanks and comments alone."""

    text: str
    line: int
    """The line where the piece begins, from 1."""
    kind: Kind = Kind.SQL
    ended: bool = True
    """False for a statement that goes on after the piece: a command interrupts or ends it, or the script ends."""

    @property
    def sql(self) -> str:
        """The statement without what comes before its first word: blanks and comments."""
        for token in scan_text(self.text).tokens:
            if not is_comment(token):
                return self.text[token.start :]
        return ""


def split(script: Script) -> Iterator[Statement]:
    """The pieces of a script; their texts put together are its text. Variables are left as they stand.

    Raises ScriptFailed for a quote, a comment or COPY data that nothing ends.
    """
    with open_lines(script) as lines:
        yield from pieces(lines)


def pieces(lines: Lines) -> Iterator[Statement]:
    """As split, of lines that are being read."""
    standard_strings = True
    lexer = Lexer(lines, lookup=None, standard_strings=lambda: standard_strings)
    while True:
        query = Query()
        stop = lexer.read(query)
        text, line = query.text, query.first_line
        if text:
            blank = stop is not Stop.SEMICOLON and is_blank(text)
            yield Statement(text, line, Kind.BLANK if blank else Kind.SQL, stop is Stop.SEMICOLON)
        if stop is Stop.END:
            return
        if stop is Stop.COMMAND:
            yield from _command(lexer, lines)
        elif query.words[:1] == ["copy"] and copy_direction(text, standard_strings=standard_strings) == "in":
            yield from _data(lexer, lines)
        else:
            standard_strings = _standard_strings(text, standard_strings)


def _command(lexer: Lexer, lines: Lines) -> Iterator[Statement]:
    line = lexer.line
    rest = lexer.rest_of_line()
    arguments = Arguments(rest, None)
    arguments.skip()
    lexer.skip(arguments.position)
    if arguments.name in ENDS_STATEMENT:
        lexer.forget_statement()
    yield Statement(rest[: arguments.position], line, Kind.COMMAND)
    if arguments.name == "copy":
        try:
            copy = parse_copy(rest[len("\\copy") :])
        except CommandError as exc:
            raise lines.failure(exc.message, line, hint=exc.hint) from exc
        if copy.from_script:
            yield from _data(lexer, lines)


def _data(lexer: Lexer, lines: Lines) -> Iterator[Statement]:
    lexer.end_line()
    line = lexer.line
    query = Query()
    lexer.read_line(query)
    if query.length:
        yield Statement(query.text, line, Kind.BLANK if is_blank(query.text) else Kind.SQL)
    line = lines.next_number
    for block in lines.copy_data(with_end=True):
        text = block.decode(lines.encoding or "utf-8", "surrogateescape")
        yield Statement(text, line, Kind.DATA)
        line += text.count("\n")


def _standard_strings(sql: str, current: bool) -> bool:
    """The setting standard_conforming_strings after this statement."""
    if "standard_conforming_strings" not in sql.lower():
        return current
    words = [sql[token.start : token.end + 1].lower() for token in scan_text(sql).tokens if not is_comment(token)]
    if len(words) > 3 and words[0] == "set" and words[-4] == "standard_conforming_strings":
        value = boolean(words[-2].strip("'"))
        return current if value is None else value
    return current
