"""Where statements end and commands begin in a script, by the rules of psql."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from devdb.sqltext.lines import Lines
from devdb.sqltext.scanning import STRINGS, Scanned, Token, scan_text
from devdb.sqltext.variables import Lookup, expansion, reference_at

_MAX_LINES = 500
_ROUTINES = (["create", "function"], ["create", "procedure"])
_ROUTINES_REPLACED = (["create", "or", "replace", "function"], ["create", "or", "replace", "procedure"])


class Stop(Enum):
    """Why reading stopped."""

    SEMICOLON = auto()
    COMMAND = auto()
    END = auto()


class Query:
    """The text of a statement as far as it has been read, and which line each part of it came from."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._lines: list[tuple[int, bool]] = []
        self.length = 0
        self.words: list[str] = []
        """The first words, lower case; known once a stop is reached."""
        self.combined = False
        r"""Whether `\;` has put several statements into one."""

    def add(self, text: str, line: int, *, fixed: bool = False) -> None:
        """Append text that begins on this line; `fixed`: all of it belongs there, for it is a variable's value."""
        if text:
            self._starts.append(self.length)
            self._lines.append((line, fixed))
            self._pieces.append(text)
            self.length += len(text)

    @property
    def text(self) -> str:
        if len(self._pieces) > 1:
            return "".join(self._pieces)
        return self._pieces[0] if self._pieces else ""

    @property
    def first_line(self) -> int:
        return self._lines[0][0] if self._lines else 0

    def line_at(self, position: int) -> int:
        """The line that the character at this position (from 0) came from."""
        if not self._lines:
            return 0
        number = max(bisect_right(self._starts, position) - 1, 0)
        line, fixed = self._lines[number]
        return line if fixed else line + self._pieces[number].count("\n", 0, max(position - self._starts[number], 0))

    def cut(self, length: int) -> None:
        """Forget all but the first `length` characters."""
        while self._pieces and self._starts[-1] >= length:
            self._pieces.pop()
            self._starts.pop()
            self._lines.pop()
        if self._pieces:
            self._pieces[-1] = self._pieces[-1][: length - self._starts[-1]]
        self.length = min(length, self.length)


@dataclass
class _Frame:
    """A text being read: lines of the file, or the value of a variable, which is read in its place."""

    text: str
    line: int
    scanned: Scanned
    variable: str | None = None
    index: int = 0
    """The next token."""
    done: int = 0
    """The text up to here has been put into the query or dropped."""
    counted: int = 0
    raw: list[bytes] = field(default_factory=list)
    """The lines that the text ends with, as the file has them."""

    def line_at(self, position: int) -> int:
        """The line of a position; positions must not go back."""
        if self.variable is None:
            self.line += self.text.count("\n", self.counted, position)
            self.counted = max(position, self.counted)
        return self.line


@dataclass
class _Nesting:
    """What keeps a semicolon from ending a statement: parentheses, and the body of an SQL function."""

    parentheses: int = 0
    blocks: int = 0
    words: list[str] = field(default_factory=list)
    is_routine: bool = False


class Lexer:
    """Reads a script up to the next semicolon or command.

    `lookup` gives psql's variables; None: the text is taken as it stands, references, blanks and all.
    `standard_strings` and `encoding` are asked again whenever a statement may have changed them.
    """

    def __init__(
        self,
        lines: Lines,
        *,
        lookup: Lookup | None,
        standard_strings: Callable[[], bool] = lambda: True,
        encoding: Callable[[], str] = lambda: "utf-8",
    ) -> None:
        self._lines = lines
        self._lookup = lookup
        self._standard_strings = standard_strings
        self._encoding = encoding
        self._nesting = _Nesting()
        self._frames = [_Frame("", lines.next_number, Scanned([]))]
        self._scanned_as = (standard_strings(), self._text_encoding())
        self._growth = 1

    def read(self, query: Query) -> Stop:
        """Add to `query` what comes before the next stop, a semicolon included.

        Raises ScriptFailed for a quote or comment that nothing ends.
        """
        self._follow_settings()
        while True:
            frame = self._frames[-1]
            stop = self._walk(frame, query)
            if stop is not None:
                return stop
            if frame is not self._frames[-1]:
                continue
            if frame.variable is not None:
                self._end_value(frame, query)
            elif not self._more(frame, query):
                query.words = self._nesting.words
                return Stop.END

    @property
    def line(self) -> int:
        """The line that has been reached."""
        frame = self._frames[0]
        return frame.line_at(frame.done)

    @property
    def parentheses(self) -> int:
        return self._nesting.parentheses

    def set_parentheses(self, parentheses: int) -> None:
        """Have this many parentheses open, for text with others has been dropped."""
        self._nesting.parentheses = parentheses

    def forget_statement(self) -> None:
        """Begin a new statement: nothing is open."""
        self._nesting = _Nesting()

    def rest_of_line(self) -> str:
        """After Stop.COMMAND: the line from the backslash on, without its newline."""
        frame = self._frames[0]
        if len(self._frames) > 1:
            # A command inside a variable's value takes its arguments from what follows the reference as well.
            value = "".join(inner.text[inner.done :].replace("\n", " ") for inner in reversed(self._frames[1:]))
            self._frames = [frame]
            frame.text = frame.text[: frame.done] + value + frame.text[frame.done :]
        end = frame.text.find("\n", frame.done)
        return frame.text[frame.done :] if end < 0 else frame.text[frame.done : end]

    def skip(self, characters: int) -> None:
        """Go on after this many characters of what rest_of_line returned."""
        frame = self._frames[0]
        frame.done += characters
        self._scan_rest(frame)

    def end_line(self) -> None:
        """Give back the lines after the current one: they are data, or may have to be read in another way."""
        frame = self._frames[0]
        end = frame.text.find("\n", frame.done) + 1
        if 0 < end < len(frame.text):
            rest = frame.text.count("\n", end) + (not frame.text.endswith("\n"))
            self._lines.give_back(frame.raw[-rest:])
            del frame.raw[-rest:]
            frame.text = frame.text[:end]
            self._scan_rest(frame)

    def read_line(self, query: Query) -> None:
        """Add the rest of the current line to `query`, whatever it is."""
        self.end_line()
        frame = self._frames[0]
        self._flush(frame, query, len(frame.text))
        self._scan_rest(frame)

    def _walk(self, frame: _Frame, query: Query) -> Stop | None:
        """Go over the tokens of a frame to a stop, or (None) to its end or to a variable's value, a frame more."""
        text, tokens, nesting = frame.text, frame.scanned.tokens, self._nesting
        if query.length == 0 and self._lookup is not None:
            self._trim(frame)
        while frame.index < len(tokens):
            token = tokens[frame.index]
            frame.index += 1
            name = token.name
            if name == "ASCII_59":
                if nesting.parentheses == 0 and nesting.blocks == 0:
                    self._flush(frame, query, token.end + 1)
                    query.words = nesting.words
                    self.forget_statement()
                    return Stop.SEMICOLON
            elif name == "ASCII_40":
                nesting.parentheses += 1
            elif name == "ASCII_41":
                nesting.parentheses = max(nesting.parentheses - 1, 0)
            elif name == "ASCII_92":
                following = text[token.end + 1 : token.end + 2]
                if following not in (";", ":"):
                    self._flush(frame, query, token.start)
                    query.words = nesting.words
                    return Stop.COMMAND
                self._flush(frame, query, token.start if self._lookup is not None else token.end + 1)
                frame.done = token.end + 1
                if following == ";":
                    query.combined = True
                    nesting.words, nesting.is_routine = [], False
                self._flush(frame, query, token.end + 2)
                tokens = self._resume(frame)
            elif name == "ASCII_58":
                if self._lookup is not None:
                    tokens = self._refer(frame, query, token.start)
                    if frame is not self._frames[-1]:
                        return None
            elif token.kind != "NO_KEYWORD" or (name == "IDENT" and text[token.start] != '"'):
                if len(nesting.words) < 4:
                    nesting.words.append(text[token.start : token.end + 1].lower())
                    nesting.is_routine = nesting.words[:2] in _ROUTINES or nesting.words in _ROUTINES_REPLACED
                if nesting.is_routine and nesting.parentheses == 0:
                    if name == "BEGIN_P" or (name == "CASE" and nesting.blocks):
                        nesting.blocks += 1
                    elif name == "END_P":
                        nesting.blocks = max(nesting.blocks - 1, 0)
        return None

    def _trim(self, frame: _Frame) -> None:
        """Drop blanks and -- comments before a statement, as psql does."""
        tokens = frame.scanned.tokens
        while frame.index < len(tokens) and tokens[frame.index].name == "SQL_COMMENT":
            frame.index += 1
        if frame.index < len(tokens):
            frame.done = max(frame.done, tokens[frame.index].start)
        else:
            incomplete = frame.scanned.incomplete
            frame.done = len(frame.text) if incomplete is None else incomplete

    def _refer(self, frame: _Frame, query: Query, colon: int) -> list[Token]:
        """Put the variable in place of the reference that this colon may begin; the tokens after it."""
        assert self._lookup is not None
        reference = reference_at(frame.text, colon)
        if reference is None:
            return frame.scanned.tokens
        value = expansion(reference, self._lookup)
        if value is None or (not reference.form and any(reference.name == other.variable for other in self._frames)):
            return self._resume(frame, reference.end)
        self._flush(frame, query, colon)
        line = frame.line_at(colon)
        frame.done = reference.end
        self._resume(frame)
        if reference.form:
            query.add(value, line, fixed=True)
        elif value:
            scanned = scan_text(value, standard_strings=self._scanned_as[0])
            self._frames.append(_Frame(value, line, scanned, variable=reference.name))
        return frame.scanned.tokens

    def _resume(self, frame: _Frame, position: int | None = None) -> list[Token]:
        """Go on with the first token from a position on, scanning again if a token spans it."""
        position = frame.done if position is None else position
        tokens = frame.scanned.tokens
        while frame.index < len(tokens) and tokens[frame.index].start < position:
            if tokens[frame.index].end >= position:
                return self._scan_rest(frame, position)
            frame.index += 1
        incomplete = frame.scanned.incomplete
        if frame.index == len(tokens) and incomplete is not None and incomplete < position:
            return self._scan_rest(frame, position)
        return tokens

    def _scan_rest(self, frame: _Frame, position: int | None = None) -> list[Token]:
        """Scan a frame's text anew from a position on (default: from where it is done)."""
        position = frame.done if position is None else position
        done = frame.text[:position]
        scanned = scan_text(frame.text[position:], standard_strings=self._scanned_as[0])
        shift = len(done)
        tokens = [Token(token.start + shift, token.end + shift, token.name, token.kind) for token in scanned.tokens]
        incomplete = None if scanned.incomplete is None else scanned.incomplete + shift
        frame.scanned = Scanned(tokens, incomplete, scanned.closer, scanned.reason)
        frame.index = 0
        return tokens

    def _flush(self, frame: _Frame, query: Query, end: int) -> None:
        """Put the text up to here into the query."""
        if end > frame.done:
            line = frame.line_at(frame.done)
            query.add(frame.text[frame.done : end], line, fixed=frame.variable is not None)
            frame.done = end

    def _end_value(self, frame: _Frame, query: Query) -> None:
        if frame.scanned.incomplete is not None:
            message = f"{frame.scanned.reason} in the value of the variable {frame.variable}"
            raise self._lines.failure(message, frame.line)
        self._flush(frame, query, len(frame.text))
        self._frames.pop()

    def _more(self, frame: _Frame, query: Query) -> bool:
        """Read on in the file; False at its end."""
        incomplete = frame.scanned.incomplete
        keep = len(frame.text) if incomplete is None else incomplete
        self._flush(frame, query, keep)
        self._growth = self._growth * 2 if incomplete is not None and keep == 0 else 1
        first = self._lines.next_number
        raw = self._read_raw(frame.scanned.closer if incomplete is not None else None)
        if not raw:
            if incomplete is not None and frame.scanned.reason:
                raise self._lines.failure(frame.scanned.reason, frame.line_at(keep))
            if incomplete is None:
                return False
        line = frame.line_at(keep) if keep < len(frame.text) else first
        text = frame.text[keep:] + b"".join(raw).decode(self._scanned_as[1], "surrogateescape")
        kept = frame.raw[-(frame.text.count("\n", keep) + 1) :] if keep < len(frame.text) else []
        scanned = self._whole_strings(scan_text(text, standard_strings=self._scanned_as[0]))
        self._frames[0] = _Frame(text, line, scanned, raw=kept + raw)
        return True

    def _read_raw(self, closer: str | None) -> list[bytes]:
        """Lines to go on with: to one that may end what is open, and twice as many each time it did not.

        Reading too far does no harm; scanning a long string anew with every line would.
        """
        raw: list[bytes] = []
        if closer is None:
            for _ in range(_MAX_LINES):
                line = self._lines.take()
                if line is None:
                    break
                raw.append(line)
                if b";" in line or b"\\" in line:
                    break
            return raw
        wanted = closer.encode(self._scanned_as[1], "surrogateescape")
        found = False
        while not (found and len(raw) >= self._growth):
            line = self._lines.take()
            if line is None:
                break
            raw.append(line)
            found = found or wanted in line
        return raw

    def _whole_strings(self, scanned: Scanned) -> Scanned:
        """A string at the end of the text may go on in the next line: 'one' newline 'string'."""
        if scanned.incomplete is not None:
            return scanned
        last = len(scanned.tokens) - 1
        while last >= 0 and scanned.tokens[last].name == "SQL_COMMENT":
            last -= 1
        if last < 0 or scanned.tokens[last].name not in STRINGS or self._lines.at_end():
            return scanned
        return Scanned(scanned.tokens[:last], scanned.tokens[last].start)

    def _text_encoding(self) -> str:
        return self._lines.encoding or self._encoding()

    def _follow_settings(self) -> None:
        settings = (self._standard_strings(), self._text_encoding())
        if settings != self._scanned_as:
            # As in psql, what is left of the line is still read the old way.
            self.end_line()
            self._scanned_as = settings
