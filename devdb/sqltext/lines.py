"""The lines of a script, read one by one, and where its author finds them."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import cast

from devdb.errors import ScriptFailed
from devdb.sqltext.script import Script

_BLOCK_BYTES = 1 << 18
_ENDS_OF_DATA = (b"\\.\n", b"\\.\r\n")
_BOM = b"\xef\xbb\xbf"


class Lines:
    """Raw lines from an open file; those read too early can be given back."""

    def __init__(self, name: str, stream: io.BufferedReader, script: Script | None = None) -> None:
        self.name = name
        self.next_number = 1
        self.encoding: str | None = None
        """Of the lines; None: they are in whatever encoding the client talks to the server."""
        self._script = script
        self._stream = stream
        self._given_back: list[bytes] = []  # the next one last
        self._at_start = True

    @classmethod
    def of_text(cls, script: Script) -> Lines:
        """The lines of a script whose text is known."""
        text = io.BytesIO((script.text or "").encode("utf-8", "surrogateescape"))
        lines = cls(script.name, io.BufferedReader(text), script)
        lines.encoding = "utf-8"
        return lines

    def take(self) -> bytes | None:
        """The next line with its newline; None after the last one. The byte order mark is dropped."""
        line = self._given_back.pop() if self._given_back else self._stream.readline()
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
            if line.startswith(b"PGDMP"):
                raise self.failure("this is a dump in custom format: pg_restore reads it", 1)
        if not line:
            return None
        self.next_number += 1
        return line

    def give_back(self, lines: list[bytes]) -> None:
        """Have `take` return these lines (in the order of the file) once more."""
        self._given_back.extend(reversed(lines))
        self.next_number -= len(lines)

    def at_end(self) -> bool:
        """Whether there are no more lines."""
        line = self.take()
        if line is None:
            return True
        self.give_back([line])
        return False

    def copy_data(self, *, with_end: bool = False) -> Iterator[bytes]:
        r"""Blocks of COPY data: the lines up to one that is `\.` and nothing else, which is read too.

        Raises ScriptFailed when the file ends before: the data may have been cut off. (psql takes it for complete.)
        """
        first = self.next_number
        while True:
            if data := self._lines_at_hand():
                yield data
                continue
            line = self.take()
            if line is None:
                raise self.failure(r"the file ends within COPY data; the line \. is missing", first)
            if line in (*_ENDS_OF_DATA, b"\\."):
                if with_end:
                    yield line
                return
            yield line

    def _lines_at_hand(self) -> bytes:
        """The lines of data that have been read from the file already; none if the next one is no data or cut off."""
        if self._given_back or self._at_start:
            return b""
        at_hand = self._stream.peek()
        end = 0 if at_hand.startswith(_ENDS_OF_DATA) else at_hand.rfind(b"\n") + 1
        for line in _ENDS_OF_DATA:
            found = at_hand.find(b"\n" + line, 0, end)
            end = end if found < 0 else found + 1
        data = self._stream.read(end) if end > 0 else b""
        self.next_number += data.count(b"\n")
        return data

    def failure(
        self,
        message: str,
        line: int,
        *,
        sqlstate: str | None = None,
        detail: str | None = None,
        hint: str | None = None,
        context: str | None = None,
    ) -> ScriptFailed:
        """A failure at a line of these."""
        path, rendered_line = self.name, None
        origins = self._script.origins if self._script is not None else ()
        if origins:
            rendered_line = line
            path, line = origins[min(line, len(origins)) - 1]
        return ScriptFailed(
            message,
            path=path,
            line=line,
            rendered_line=rendered_line,
            sqlstate=sqlstate,
            detail=detail,
            hint=hint,
            context=context,
        )


@contextlib.contextmanager
def open_lines(script: Script) -> Iterator[Lines]:
    """The lines of a script, from its text, its file, or standard input."""
    if script.text is not None or script.path is None:
        yield Lines.of_text(script)
    elif str(script.path) == "-":
        yield Lines(script.name, cast(io.BufferedReader, sys.stdin.buffer), script)
    else:
        try:
            stream = cast(io.BufferedReader, script.path.open("rb", buffering=_BLOCK_BYTES))
        except OSError as exc:
            raise ScriptFailed(exc.strerror or str(exc), path=script.name) from exc
        with stream:
            yield Lines(script.name, stream, script)
