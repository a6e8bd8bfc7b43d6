"""A text of which nothing but the form is left, in any encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from devdb.masking.kinds.lists import codec
from devdb.masking.kinds.steps import stepwise

# translate() looks for each character from the left: first what is frequent, itself or not.
_FREQUENT = " enrsiatl0123456789dhoucgm.-bfk@pvwzyjxq,"
_CAPITALS = "SEMAHDBKGRTLPCFWINUOJVZYXQ"
_MULTIBYTE = ("EUC_JP", "EUC_CN", "EUC_KR", "EUC_TW", "EUC_JIS_2004", "MULE_INTERNAL")

# Beyond ASCII, first and last: capital letters, every other one where small ones stand between them.
_UPPER = (
    *((0xC0, 0xD6), (0xD8, 0xDE), (0x178, 0x178), (0x386, 0x386), (0x388, 0x38A), (0x38C, 0x38C), (0x38E, 0x38F)),
    *((0x391, 0x3A1), (0x3A3, 0x3AB), (0x400, 0x42F), (0x531, 0x556), (0x1E9E, 0x1E9E), (0xFF21, 0xFF3A)),
)
_UPPER_IN_TURNS = (
    *((0x100, 0x136), (0x139, 0x147), (0x14A, 0x176), (0x179, 0x17D), (0x1CD, 0x1DB), (0x1DE, 0x1EE), (0x1F8, 0x21E)),
    *(
        (0x222, 0x232),
        (0x460, 0x480),
        (0x48A, 0x4BE),
        (0x4C1, 0x4CD),
        (0x4D0, 0x52E),
        (0x1E00, 0x1E94),
        (0x1EA0, 0x1EFE),
    ),
)
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xFF10)
# What separates: it stays.
_SEPARATORS = (
    *((0xA0, 0xA1), (0xAB, 0xAB), (0xAD, 0xAD), (0xB7, 0xB7), (0xBB, 0xBB), (0xBF, 0xBF)),
    *((0x2000, 0x206F), (0x3000, 0x3004), (0x3008, 0x3020)),
)
Range = tuple[int, int]


def redacted(text: str, encoding: str) -> str:
    """SQL (text): letters as X and x, digits as 0, and of what is beyond ASCII all but separators as x."""
    plain = _plain("v")
    beyond = _plain(_beyond_ascii("v", encoding))
    if encoding == "UTF8":
        beyond = f"CASE WHEN pg_catalog.octet_length(v) = pg_catalog.char_length(v) THEN {plain} ELSE {beyond} END"
    return stepwise({"v": text}, result=beyond)


def _plain(text: str) -> str:
    to = "".join(map(_shape, _FREQUENT + _CAPITALS))
    return f"pg_catalog.translate({text}, '{_FREQUENT + _CAPITALS}', '{to}')"


def _shape(character: str) -> str:
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return "0" if character.isdigit() else character


def _beyond_ascii(text: str, encoding: str) -> str:
    if encoding in _MULTIBYTE:
        return _replaced(text, "[^\\u0001-\\u007f]", "x")
    if encoding == "UTF8":
        upper: Iterable[Range] = chain(_UPPER, _in_turns())
        digits: Iterable[Range] = ((zero, zero + 9) for zero in _ZEROS)
        separators: Iterable[Range] = _SEPARATORS
    else:
        # Each is a byte.
        upper = _bytes(chain(_UPPER, _in_turns()), encoding)
        digits = ()
        separators = _bytes(_SEPARATORS, encoding)
    for ranges, become in ((upper, "X"), (digits, "0")):
        if members := _members(ranges):
            text = _replaced(text, f"[{members}]", become)
    return _replaced(text, f"[^\\u0001-\\u007f{_members(separators)}]", "x")


def _replaced(text: str, what: str, by: str) -> str:
    return f"pg_catalog.regexp_replace({text}, '{what}', '{by}', 'g')"


def _members(ranges: Iterable[Range]) -> str:
    return "".join(f"\\u{first:04x}" + (f"-\\u{last:04x}" if last > first else "") for first, last in ranges)


def _in_turns() -> Iterator[Range]:
    return ((code, code) for first, last in _UPPER_IN_TURNS for code in range(first, last + 1, 2))


def _bytes(ranges: Iterable[Range], encoding: str) -> list[Range]:
    wanted = {chr(code) for first, last in ranges for code in range(first, last + 1)}
    return [(code, code) for code in range(128, 256) if bytes([code]).decode(codec(encoding), "ignore") in wanted]
