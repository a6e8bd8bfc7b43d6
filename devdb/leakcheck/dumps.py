"""Files that leave the host, as text: dumps of every format, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from devdb.errors import DevdbError, ScriptFailed
from devdb.leakcheck.needles import Automaton
from devdb.leakcheck.search import Found, Stream
from devdb.server import programs

_BLOCK_BYTES = 1 << 20
# A line of SQL that is longer is searched in pieces.
_LONGEST_LINE = 8 << 20
_NAME = rb'(?:[^\W\d][\w$]*|"(?:[^"]|"")*")'
_HEAD = re.compile(rb"^COPY (" + _NAME + rb"(?:\." + _NAME + rb")?) \(([^\n]*)\) FROM stdin;\n", re.MULTILINE)
_COLUMN = re.compile(_NAME)
_END = b"\n\\.\n"
# A file that gets its name when it was approved of.
_UNFINISHED = re.compile(r"^\.(.+)\.[^.]{8}$")
_UNREADABLE = {b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4", b"PK\x03\x04": "zip", b"7z\xbc\xaf": "7z"}


def search_file(path: Path, automaton: Automaton) -> Found:
    """Search a file: an archive of pg_dump's in any format, SQL, or any other text; compressed by gzip, bzip2 or xz.

    Raises DevdbError for one that cannot be read to its end.
    """
    found = Found(_UNFINISHED.sub(r"\1", path.name))
    try:
        search_script(_blocks(path), automaton, found)
    except ScriptFailed as exc:
        raise DevdbError(f"{path}: cannot be searched to its end: {exc.reason}") from None
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as exc:
        raise DevdbError(f"{path}: cannot be searched to its end: damaged, or cut off ({exc})") from None
    except OSError as exc:
        raise DevdbError(f"{path}: cannot be searched to its end: {exc.strerror or exc}") from None
    return found


def search_script(blocks: Iterator[bytes], automaton: Automaton, found: Found) -> None:
    """Search the text of a dump: data of COPY by table and column, the rest by line and object."""
    rest = b""
    data: Stream | None = None
    is_fresh = False
    text = Stream(automaton, found)
    for block in blocks:
        rest += block
        while True:
            if data is None:
                head = _HEAD.search(rest)
                if head is None:
                    break
                text.feed(rest[: head.end()])
                rest = rest[head.end() :]
                table, columns = _named(head)
                data, is_fresh = Stream(automaton, found, table=table, columns=columns), True
            end = _end_of_data(rest, is_fresh=is_fresh)
            if end is None:
                break
            data.feed(rest[: end[0]])
            data.end()
            # Lines of the file, to which those of the data belong.
            text.end()
            text = Stream(automaton, found, line=text.line + data.line)
            data, rest = None, rest[end[1] :]
        if data is None:
            # A line that is not complete may be the head of data.
            cut = rest.rfind(b"\n") + 1 if len(rest) < _LONGEST_LINE else len(rest)
            if cut:
                text.feed(rest[:cut])
                rest = rest[cut:]
        elif len(rest) > len(_END):
            data.feed(rest[: -len(_END)])
            rest, is_fresh = rest[-len(_END) :], False
    if data is not None:
        data.feed(rest)
        data.end()
        raise EOFError("it ends within a table's data")
    text.feed(rest)
    text.end()


def _end_of_data(rest: bytes, *, is_fresh: bool) -> tuple[int, int] | None:
    """Where the data ends, and where what follows begins; None when that is not in this block."""
    if is_fresh and rest.startswith(_END[1:]):
        return 0, len(_END) - 1
    at = rest.find(_END)
    return None if at < 0 else (at + 1, at + len(_END))


def _named(head: re.Match[bytes]) -> tuple[str, list[str]]:
    names = [_unquoted(name) for name in _COLUMN.findall(head[1])]
    return ".".join(names), [_unquoted(name) for name in _COLUMN.findall(head[2])]


def _unquoted(name: bytes) -> str:
    text = name.decode("utf-8", "replace")
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _blocks(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        yield from _restored(path)
        return
    with path.open("rb") as file:
        head = file.read(512)
        file.seek(0)
        if head.startswith(b"PGDMP") or head[257:262] == b"ustar":
            yield from _restored(path)
            return
        for magic, name in _UNREADABLE.items():
            if head.startswith(magic):
                raise DevdbError(f"{path}: compressed by {name}, which cannot be searched", hint="unpack it first")
        with _unpacked(file, head) as text:
            while block := text.read(_BLOCK_BYTES):
                yield block


def _restored(path: Path) -> Iterator[bytes]:
    """The archive as a script. pg_restore writes it without a server."""
    return programs.stream(programs.find("pg_restore"), ["--file=-", str(path)], block_bytes=_BLOCK_BYTES)


def _unpacked(file: IO[bytes], head: bytes) -> IO[bytes]:
    if head.startswith(b"\x1f\x8b"):
        return gzip.open(file)  # type: ignore[return-value]
    if head.startswith(b"BZh"):
        return bz2.open(file)
    if head.startswith(b"\xfd7zXZ\x00"):
        return lzma.open(file)
    return file
