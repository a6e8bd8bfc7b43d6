"""Make pg_dump's custom archive restorable by anyone: take the owners out of it.

pg_dump ignores --no-owner when it writes an archive, and without that flag given anew pg_restore stops at the first
`ALTER … OWNER TO`. The owner is one string per entry of the archive's table of contents (WriteToc in PostgreSQL's
pg_backup_archiver.c). It is emptied in place; nothing moves, so the positions of the rows stay right.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# Archive versions of pg_dump 12 to 18. Another one may be laid out differently, and is left alone.
_KNOWN = range(14, 17)
_COMPRESSION_IS_A_BYTE = 15
_HAS_RELATION_KIND = 16
_CUSTOM = 1


@dataclass
class _Reader:
    """The numbers and strings of an archive, in the order in which they were written."""

    file: BinaryIO
    int_bytes: int = 4
    offset_bytes: int = 8

    def byte(self) -> int:
        return self.skip(1)[0]

    def skip(self, count: int) -> bytes:
        read = self.file.read(count)
        if len(read) != count:
            raise ValueError("the archive ends early")
        return read

    def number(self) -> int:
        sign = self.byte()
        if sign > 1:
            raise ValueError("no number where one was expected")
        value = int.from_bytes(self.skip(self.int_bytes), "little")
        return -value if sign else value

    def string(self) -> bytes | None:
        length = self.number()
        return None if length < 0 else self.skip(length)


def remove_owners(archive: Path) -> bool:
    """Empty the owner of every entry; False, and the file as it was, when its layout is not a known one."""
    with archive.open("r+b") as file:
        try:
            changes = _changes(_Reader(file))
        except ValueError:
            return False
        for position, replacement in changes:
            file.seek(position)
            file.write(replacement)
    return True


def _changes(reader: _Reader) -> list[tuple[int, bytes]]:
    """What to write where. Raises ValueError when the archive is not laid out as expected."""
    if reader.skip(5) != b"PGDMP" or reader.byte() != 1:
        raise ValueError("no archive")
    version = reader.byte()
    reader.byte()
    reader.int_bytes, reader.offset_bytes, layout = reader.byte(), reader.byte(), reader.byte()
    if version not in _KNOWN or layout != _CUSTOM:
        raise ValueError("an archive of another release")
    if version >= _COMPRESSION_IS_A_BYTE:
        reader.byte()
    else:
        reader.number()
    for _ in range(7):  # seconds to daylight saving time
        reader.number()
    for _ in range(3):  # database, version of the server, version of pg_dump
        reader.string()
    changes = []
    for _ in range(reader.number()):
        change = _change(reader, version)
        if change is not None:
            changes.append(change)
    return changes


def _change(reader: _Reader, version: int) -> tuple[int, bytes] | None:
    """Read one entry; how to empty its owner, None when it has none."""
    reader.number(), reader.number()  # its number, whether there are rows
    for _ in range(4):  # oid of the catalog, oid, name, kind
        reader.string()
    reader.number()  # section
    for _ in range(6):  # definition, DROP, COPY, schema, tablespace, table access method
        reader.string()
    if version >= _HAS_RELATION_KIND:
        reader.number()
    position = reader.file.tell()
    owner, with_oids = reader.string(), reader.string()
    # No table has had oids since release 12, so this word is always the same: a check on the way taken so far.
    if with_oids is None or with_oids.rstrip(b" ") != b"false":
        raise ValueError("an entry is laid out differently")
    while reader.string() is not None:  # what it depends on
        pass
    reader.skip(1 + reader.offset_bytes)  # where its rows are
    if not owner:
        return None
    # The next string, of which pg_restore only asks whether it is "true", takes over the bytes.
    empty = bytes(1 + reader.int_bytes)
    filled = with_oids + b" " * len(owner)
    return position, empty + b"\0" + len(filled).to_bytes(reader.int_bytes, "little") + filled
