"""A CSV file as rows that know their line; NULL is told from the empty text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import CheckFailed

_LINE_END = re.compile(r"\r\n|\r|\n")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SHOWN = 20

Values = tuple[str | None, ...]


@dataclass(frozen=True)
class Row:
    """One row of a file. `line` is the one that it begins on, from 1; in a value there may be ends of lines."""

    line: int
    values: Values


@dataclass(frozen=True)
class CsvFile:
    """A file that was read. `path` is what messages call it, `columns` are the names in its first row."""

    path: Path
    columns: tuple[str, ...]
    columns_line: int
    rows: tuple[Row, ...]


class Mistake(Exception):
    """Something in a file is wrong, on `line`."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def read(path: Path, *, delimiter: str = ",", encoding: str = "utf-8", null: str = "") -> CsvFile:
    """Return what the file holds. Raises CheckFailed with file and line of each mistake."""
    mistakes: list[Mistake] = []
    found: list[Row] = []
    columns: tuple[str, ...] = ()
    first: Row | None = None
    try:
        for row in _rows(_text(path, encoding), delimiter, null):
            if first is None:
                first, columns = row, _columns(row)
            elif len(row.values) == len(columns):
                found.append(row)
            else:
                values = f"{len(row.values)} value{'s' if len(row.values) > 1 else ''}"
                mistakes.append(Mistake(row.line, f"{values}, where the first line names {len(columns)} columns"))
        if first is None:
            raise Mistake(1, "the file is empty; its first line names the columns")
    except Mistake as mistake:
        mistakes.append(mistake)
    if mistakes or first is None:
        raise failure(path, mistakes)
    return CsvFile(path, columns, first.line, tuple(found))


def failure(path: Path, mistakes: list[Mistake]) -> CheckFailed:
    """What to raise for these mistakes in a file."""
    lines = [f"{path}:{mistake.line}: {mistake.reason}" for mistake in mistakes[:_SHOWN]]
    if len(mistakes) > _SHOWN:
        lines.append(f"{path}: and {len(mistakes) - _SHOWN} more")
    return CheckFailed("\n".join(lines))


def _text(path: Path, encoding: str) -> str:
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise CheckFailed(f"{path}: cannot be read: {exc.strerror}") from exc
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        before = raw[: exc.start].decode(encoding, "ignore")
        hint = "it begins as UTF-16 does" if raw.startswith(_UTF_16) else "say which it is in with encoding"
        raise Mistake(_ends(before) + 1, f"this is not in {encoding} ({hint})") from exc
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise Mistake(_ends(text[: text.index("\0")]) + 1, "a NUL character, which PostgreSQL cannot store")
    return text


def _columns(first: Row) -> tuple[str, ...]:
    names: list[str] = []
    for position, name in enumerate(first.values, 1):
        if not name:
            raise Mistake(first.line, f"column {position} has no name")
        if name in names:
            raise Mistake(first.line, f"the column {name} is named twice")
        names.append(name)
    return tuple(names)


def _rows(text: str, delimiter: str, null: str) -> Iterator[Row]:
    """The rows; blank lines are none."""
    # A value in quotes, or one without any, and what comes behind it.
    field = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"{re.escape(delimiter)}\r\n]*))({re.escape(delimiter)}|\r\n|\r|\n|\Z)')
    position, line = 0, 1
    start = line
    values: list[str | None] = []
    while position < len(text) or values:
        found = field.match(text, position)
        if found is None:
            raise _malformed(text, position, line)
        quoted, plain, end = found.groups()
        if quoted is None:
            values.append(None if plain == null else plain)
        else:
            values.append(quoted.replace('""', '"'))
            line += _ends(quoted)
        position = found.end()
        if end == delimiter:
            continue
        # A line with nothing on it at all; not one with an empty text in quotes.
        if len(values) > 1 or quoted is not None or plain:
            yield Row(start, tuple(values))
        line += 1
        start, values = line, []


def _malformed(text: str, position: int, line: int) -> Mistake:
    if text[position] != '"':
        return Mistake(line, 'a quote within a value: put the whole value in quotes, and double the quote: "5"" pipe"')
    closed = re.compile(r'"(?:[^"]|"")*"').match(text, position)
    if closed is None:
        return Mistake(line, "the quote that is opened here is never closed")
    return Mistake(line + _ends(closed.group()), "text behind the quote that closes a value; a quote in it is doubled")


def _ends(text: str) -> int:
    return len(_LINE_END.findall(text))
