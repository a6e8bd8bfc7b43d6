"""The number by which Flyway knows that a file changed."""

from __future__ import annotations

import zlib

BOM = b"\xef\xbb\xbf"


def checksum(data: bytes) -> int:
    """CRC-32 of UTF-8 text, line by line, without the ends of lines and without a byte order mark, signed.

    Lines are Java's: ended by LF, CR or both. Nothing stands for an end, so all lines are one to the sum.
    """
    value = zlib.crc32(data.removeprefix(BOM).translate(None, b"\r\n"))
    return value - 2**32 if value >= 2**31 else value


def java_hash(text: str) -> int:
    """What Java's String.hashCode() makes of a text: Flyway tells its locks apart by that of a table's name."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for at in range(0, len(units), 2):
        value = (value * 31 + int.from_bytes(units[at : at + 2], "big")) & 0xFFFFFFFF
    return value - 2**32 if value >= 2**31 else value
