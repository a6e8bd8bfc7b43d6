"""Search of one stream of text: blocks go in, and what was found is counted by the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from devdb.leakcheck.needles import Automaton, Spelling

# What must be seen of the text around a match to say where it begins and ends: an escaped character.
_AROUND = 16
_ESCAPES = b"bfnrtv"
# A longer line of a script may be cut.
_LINE = 1 << 16
_ESCAPED_BEFORE = re.compile(rb"(?:%([0-9a-f]{2})|\\u([0-9a-f]{4}))\Z")
_ESCAPED_AFTER = re.compile(rb"(?:%([0-9a-f]{2})|\\+u([0-9a-f]{4}))")
_NAMED = b"\n-- Name: "
_OBJECT = re.compile(rb"\n-- Name: ([^\n]*?); Type: ([^;\n]*)(?:; Schema: ([^;\n]*))?[^\n]*\n")


@dataclass(frozen=True)
class Where:
    """Where a value was found: a column of a table's data, or an object (`at`) in what is no data; None: anywhere."""

    table: str | None
    column: str | None
    at: str | None = None


@dataclass
class Times:
    """How often a value was found, and how often it was all that a column of a row held."""

    count: int = 0
    whole: int = 0


@dataclass
class Found:
    """What was found in one place, a database or a file: by where it stands and by the value's number.

    `rows` are lines by the table they are of. `lines` are the first ones, from 1, at which something was found that is
    no data.
    """

    place: str
    hits: dict[Where, dict[int, Times]] = field(default_factory=dict)
    lines: dict[Where, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    bytes: int = 0

    def add(self, where: Where, value: int, *, is_whole: bool = False) -> None:
        times = self.hits.setdefault(where, {}).setdefault(value, Times())
        times.count += 1
        times.whole += is_whole


class Stream:
    """One run of text of one kind: a table's data (`columns` separated by tabs, a line a row), or any other text.

    `line` is the number of its first line. Of a text, the names that pg_dump writes before each object are told.
    """

    def __init__(
        self,
        automaton: Automaton,
        found: Found,
        *,
        table: str | None = None,
        columns: Sequence[str] | None = None,
        at: str | None = None,
        line: int = 1,
    ) -> None:
        self.line = line
        self._automaton = automaton
        self._found = found
        self._table = table
        self._columns = columns
        self._at = at
        self._object: str | None = None
        self._tabs = 0
        self._kept = b""
        # Matches that end here or before have been counted.
        self._done = 0

    def feed(self, block: bytes) -> None:
        """Search the next block."""
        self._found.bytes += len(block)
        self._search(self._kept + block, is_last=False)

    def end(self) -> None:
        """There is no more."""
        self._search(self._kept, is_last=True)
        self._kept = b""
        if self._table is not None:
            self._found.rows[self._table] = self._found.rows.get(self._table, 0) + self.line - 1

    def _search(self, data: bytes, *, is_last: bool) -> None:
        lowered = data.lower()
        until = len(data) if is_last else max(self._done, len(data) - _AROUND)
        for number, start, end in self._automaton.find(lowered):
            if self._done < end <= until:
                for spelling in self._automaton.spellings[number]:
                    if _is_bounded(lowered, start, end, spelling):
                        self._count(data, start, end, spelling.value)
        keep_from = len(data) if is_last else max(0, until - self._automaton.longest - _AROUND)
        if self._columns is None and not is_last:
            # With the newline before it, or an object's name would be cut in two.
            keep_from = max(0, data.rfind(b"\n", max(0, keep_from - _LINE), keep_from))
        self._pass(data, keep_from)
        self._kept = data[keep_from:]
        self._done = until - keep_from

    def _count(self, data: bytes, start: int, end: int, value: int) -> None:
        if self._columns is None:
            where = Where(None, None, self._at or self._last_object(data, start) or self._object)
            if where not in self._found.hits and self._at is None:
                self._found.lines[where] = self.line + data.count(b"\n", 0, start)
            self._found.add(where, value)
            return
        line_start = data.rfind(b"\n", 0, start) + 1
        tabs = data.count(b"\t", line_start, start) + (0 if line_start else self._tabs)
        # Data that does not fit its own head is none that a server wrote.
        column = self._columns[tabs] if tabs < len(self._columns) else f"column {tabs + 1}"
        is_whole = (not start or data[start - 1 : start] in b"\t\n") and data[end : end + 1] in b"\t\n"
        self._found.add(Where(self._table, column), value, is_whole=is_whole)

    def _last_object(self, data: bytes, until: int) -> str | None:
        at = until
        while (at := data.rfind(_NAMED, 0, at)) >= 0:
            match = _OBJECT.match(data, at)
            if match is not None and match.end() <= until:
                name, kind, schema = (part and part.decode("utf-8", "replace") for part in match.groups())
                return f"{(kind or '').lower()} {name}" + (f" in {schema}" if schema and schema != "-" else "")
        return None

    def _pass(self, data: bytes, until: int) -> None:
        """Remember where in the text the rest begins."""
        lines = data.count(b"\n", 0, until)
        if self._columns is None:
            self._object = self._last_object(data, until) or self._object
        elif lines:
            self._tabs = data.count(b"\t", data.rfind(b"\n", 0, until), until)
        else:
            self._tabs += data.count(b"\t", 0, until)
        self.line += lines


def _is_bounded(data: bytes, start: int, end: int, spelling: Spelling) -> bool:
    """Whether the match is a value of its own: neither a letter nor a digit goes on at its ends."""
    if spelling.starts_bounded and start and _goes_on_before(data, start, is_number=spelling.is_number):
        return False
    return not (spelling.ends_bounded and _goes_on_after(data, end, is_number=spelling.is_number))


def _goes_on_before(data: bytes, start: int, *, is_number: bool) -> bool:
    before = data[start - 1 : start]
    if before >= b"\x80":
        return data[max(0, start - 4) : start].decode("utf-8", "ignore")[-1:].isalnum()
    if is_number and before == b".":
        # The digits of a fraction.
        return data[max(0, start - 2) : start - 1].isdigit()
    if not before.isalnum():
        return False
    # The letter of an escaped newline is none.
    if before in _ESCAPES and data[max(0, start - 2) : start - 1] == b"\\":
        return False
    escaped = _ESCAPED_BEFORE.search(data[max(0, start - 6) : start])
    return escaped is None or _is_escaped_word(escaped)


def _goes_on_after(data: bytes, end: int, *, is_number: bool) -> bool:
    after = data[end : end + 1]
    if after >= b"\x80":
        return data[end : end + 4].decode("utf-8", "ignore")[:1].isalnum()
    if is_number and after == b".":
        return data[end + 1 : end + 2].isdigit()
    if after in b"\\%" and after:
        escaped = _ESCAPED_AFTER.match(data, end, end + _AROUND)
        return escaped is not None and _is_escaped_word(escaped)
    return after.isalnum()


def _is_escaped_word(escaped: re.Match[bytes]) -> bool:
    octet, code = escaped.groups()
    character = int(octet or code, 16)
    # One octet of several is taken for a letter's.
    return chr(character).isalnum() if code or character < 0x80 else True
