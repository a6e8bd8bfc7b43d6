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
    # Octets are cut where they are; of text, characters would be counted first.
    short = _cut(f"{literal(PASSAGE * 2)}::bytea", start, f"pg_catalog.char_length({text})")
    # Long text may be stored elsewhere, and be fetched as often as it is named.
    long = once(f"pg_catalog.char_length({text})", lambda length: _cut(_repeated(length), start, length))
    # How many octets there are is known before it is fetched.
    octets = f"pg_catalog.octet_length({text})"
    return f"CASE WHEN {octets} = 0 THEN '' WHEN {octets} <= {len(PASSAGE)} THEN {short} ELSE {long} END"


def _repeated(length: str) -> str:
    times = f"{length} / {len(PASSAGE)} + 2"
    return f"pg_catalog.convert_to(pg_catalog.repeat({literal(PASSAGE)}, {times}), 'SQL_ASCII')"


def _cut(octets: str, start: str, length: str) -> str:
    return f"pg_catalog.convert_from(pg_catalog.substr({octets}, {start}, {length} - 1), 'SQL_ASCII') || 'a'"
