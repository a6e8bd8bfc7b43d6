"""Text that says nothing, cut to length."""

from __future__ import annotations

from devdb.masking.once import once
from devdb.sqltext.quoting import literal

# Of Cicero, de finibus bonorum et malorum, as printers have it since the sixteenth century.
_TEXT = """
lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna
aliqua ut enim ad minim veniam quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat
duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur excepteur
sint occaecat cupidatat non proident sunt in culpa qui officia deserunt mollit anim id est laborum
"""
_WORDS = _TEXT.split()
# Every so many characters a word begins.
_STRIDE = 16
_STARTS = 61


def _passage() -> str:
    """Lines of _STRIDE - 1 characters and a space, each of whole words, the less used ones first."""
    used = dict.fromkeys(_WORDS, 0)
    lines: list[str] = []
    while len(lines) < _STARTS:
        line = ""
        while (room := _STRIDE - 1 - len(line)) > 0:
            # There are words of every length from 2, as the rest may need.
            word = min((w for w in used if len(w) == room or len(w) <= room - 3), key=used.__getitem__)
            used[word] += 1
            line += word if len(word) == room else word + " "
        lines.append(line)
    return " ".join(lines) + " "


PASSAGE = _passage()


def of_length(text: str, number: str) -> str:
    """SQL (text): as many characters as `text` has, from a word that `number`, a bigint, chooses; no space ends it."""
    start = f"({number} % {_STARTS} * {_STRIDE} + 1)::integer"
    # Long text may be stored elsewhere, and be fetched as often as it is named.
    return once(f"pg_catalog.char_length({text})", lambda length: _cut(length, start), "devdb_length")


def _cut(length: str, start: str) -> str:
    # Octets are cut where they are, characters are counted first.
    short = f"pg_catalog.substr({literal(PASSAGE * 2)}::bytea, {start}, {length} - 1)"
    long = (
        f"pg_catalog.substr(pg_catalog.convert_to(pg_catalog.repeat({literal(PASSAGE)},"
        f" {length} / {len(PASSAGE)} + 2), 'SQL_ASCII'), {start}, {length} - 1)"
    )
    cut = f"CASE WHEN {length} <= {len(PASSAGE)} THEN {short} ELSE {long} END"
    return f"CASE WHEN {length} = 0 THEN '' ELSE pg_catalog.encode({cut}, 'escape') || 'a' END"
