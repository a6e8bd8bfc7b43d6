"""Which characters take each other's place: digits among digits, letters among letters of a script, case kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from devdb.masking.kinds.lists import codec

_ASCII = ((0x30, 10, 1), (0x41, 26, 1), (0x61, 26, 1))
# First code, how many, step. Capital and small letters that differ by a constant are two rows of the same length; those
# that take turns are one row in steps of two. Then the capital of what becomes of a letter is what becomes of its
# capital. Of one character: it has no counterpart, or its counterpart stands alone.
_UNICODE = (
    *_ASCII,
    (0x80, 1, 1),  # to be kept, as all in rows of one: punctuation and signs of Latin-1
    (0xC0, 23, 1),
    (0xD7, 1, 1),
    (0xD8, 7, 1),
    (0xDF, 1, 1),
    (0xE0, 23, 1),
    (0xF7, 1, 1),
    (0xF8, 7, 1),
    (0xFF, 1, 1),
    (0x100, 28, 2),
    (0x138, 1, 1),
    (0x139, 8, 2),
    (0x149, 1, 1),
    (0x14A, 23, 2),
    (0x178, 1, 1),
    (0x179, 3, 2),
    (0x1CD, 8, 2),
    (0x1DE, 9, 2),
    (0x1F8, 20, 2),
    (0x222, 9, 2),
    (0x246, 5, 2),
    (0x386, 1, 1),
    (0x387, 1, 1),
    (0x388, 3, 1),
    (0x38C, 1, 1),
    (0x38E, 2, 1),
    (0x390, 1, 1),
    (0x391, 17, 1),
    (0x3A3, 7, 1),
    (0x3AA, 2, 1),
    (0x3AC, 1, 1),
    (0x3AD, 3, 1),
    (0x3B0, 1, 1),
    (0x3B1, 17, 1),
    (0x3C2, 1, 1),
    (0x3C3, 7, 1),
    (0x3CA, 2, 1),
    (0x3CC, 1, 1),
    (0x3CD, 2, 1),
    (0x400, 16, 1),
    (0x410, 32, 1),
    (0x430, 32, 1),
    (0x450, 16, 1),
    (0x460, 17, 2),
    (0x48A, 27, 2),
    (0x4C1, 7, 2),
    (0x4D0, 48, 2),
    (0x531, 38, 1),
    (0x561, 38, 1),
    (0x5D0, 27, 1),
    (0x621, 26, 1),
    (0x641, 10, 1),
    (0x660, 10, 1),
    (0x671, 99, 1),
    (0x6F0, 10, 1),
    (0x904, 54, 1),
    (0x966, 10, 1),
    (0x9E6, 10, 1),
    (0xA66, 10, 1),
    (0xAE6, 10, 1),
    (0xB66, 10, 1),
    (0xBE6, 10, 1),
    (0xC66, 10, 1),
    (0xCE6, 10, 1),
    (0xD66, 10, 1),
    (0xE01, 46, 1),
    (0xE50, 10, 1),
    (0xED0, 10, 1),
    (0x1E00, 75, 2),
    (0x1EA0, 48, 2),
    (0x3041, 86, 1),
    (0x30A1, 90, 1),
    (0x3400, 6582, 1),
    (0x4E00, 20902, 1),
    (0xAC00, 11172, 1),
    (0xE000, 6400, 1),
    (0xFF10, 10, 1),
    (0xFF21, 26, 1),
    (0xFF41, 26, 1),
    (0xFF66, 56, 1),
)
# Kept: punctuation, what joins or chooses the forms of signs, surrogates and what is no character.
_KEPT = ((0x80, 0xC0), (0x2000, 0x2070), (0x3000, 0x3040), (0xD800, 0xE000), (0xFDD0, 0xFDF0), (0xFE00, 0xFE10))
_LAST_KEPT = 0xFFF0
_BLOCK = 128
_ASTRAL = 0x10000
# The bytes of UTF-8, sorted by what may stand beside them: what was UTF-8 before is afterwards.
_BYTES = (
    *_ASCII,
    (0x80, 16, 1),
    (0x90, 16, 1),
    (0xA0, 32, 1),
    (0xC2, 30, 1),
    (0xE1, 12, 1),
    (0xEE, 2, 1),
    (0xF1, 3, 1),
)
_MULTIBYTE = ("EUC_JP", "EUC_CN", "EUC_KR", "EUC_TW", "EUC_JIS_2004", "MULE_INTERNAL")


@dataclass(frozen=True)
class Alphabet:
    """Ranges of numbers for characters, sorted: from `starts[i]` on, `sizes[i]` of them `steps[i]` apart change places.

    `numbers` and `codes` translate between a character's code and its number; None where they are the same.
    """

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    numbers: tuple[int, ...] | None = None
    codes: tuple[int, ...] | None = None


def is_known(encoding: str) -> bool:
    """Whether characters of a database in that encoding can be told apart by their codes."""
    return encoding not in _MULTIBYTE


@lru_cache(maxsize=8)
def alphabet(encoding: str) -> Alphabet:
    """The characters of a database's encoding, which must be known."""
    if encoding in ("UTF8", "LATIN1"):
        # LATIN1 is the beginning of Unicode, so both databases mask alike.
        return _alphabet(_unicode())
    if encoding == "SQL_ASCII":
        return _alphabet(_BYTES)
    return _single_byte(encoding)


def _alphabet(rows: tuple[tuple[int, int, int], ...]) -> Alphabet:
    # What no row names is kept.
    filled = {0: (1, 1)} | {start + size * step: (1, 1) for start, size, step in rows if start != _ASTRAL}
    filled |= {start: (size, step) for start, size, step in rows}
    starts = sorted(filled)
    return Alphabet(tuple(starts), tuple(filled[s][0] for s in starts), tuple(filled[s][1] for s in starts))


def _unicode() -> tuple[tuple[int, int, int], ...]:
    """The rows above, and the rest in blocks that begin at multiples of 128, as far as it is free."""
    rows = list(_UNICODE)
    taken = sorted([(start, start + size * step) for start, size, step in _UNICODE] + list(_KEPT))
    rows += [(start, 1, 1) for start, _ in _KEPT]
    free = 0xC0
    for start, end in [*taken, (_LAST_KEPT, _ASTRAL)]:
        while free < start:
            upto = min(start, (free // _BLOCK + 1) * _BLOCK)
            rows.append((free, upto - free, 1))
            free = upto
        free = max(free, end)
    # Beyond, every block of 128 is a range: the number within a range is taken modulo its size.
    return (*rows, (_LAST_KEPT, 1, 1), (_ASTRAL, _BLOCK, 1))


def _single_byte(encoding: str) -> Alphabet:
    """Letters of the same case, wherever they stand, are made neighbours by numbers from 128 on."""
    decoded = {code: bytes([code]).decode(codec(encoding), "ignore") for code in range(128, 256)}
    classes = {code: _class(character) for code, character in decoded.items()}
    ordered = sorted(decoded, key=lambda code: (classes[code], code))
    numbers = list(range(256))
    for number, code in enumerate(ordered, 128):
        numbers[code] = number
    rows, start = list(_ASCII), 128
    for name, members in groupby(ordered, key=lambda code: classes[code]):
        count = len(list(members))
        rows.append((start, 1 if name == "" else count, 1))
        start += count
    found = _alphabet(tuple(rows))
    codes = (*range(128), *ordered)
    return Alphabet(found.starts, found.sizes, found.steps, tuple(numbers), codes)


def _class(character: str) -> str:
    """Kept is "": what is no letter, or nothing at all in that encoding."""
    category = unicodedata.category(character) if character else ""
    return category if category.startswith("L") else ""
