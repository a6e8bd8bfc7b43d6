"""Names as words: split where people begin a new one, without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_BORDERS = re.compile(
    r"(?<=[a-z\u00df-\u00f6\u00f8-\u00ff])(?=[A-Z\u00c0-\u00d6\u00d8-\u00de])"  # firstName
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # IPAddress
    r"|[\W_]+"
    r"|(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)"  # address1
)
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th", "ð": "d", "å": "a"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The text in lower case and without accents."""
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    return "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))


def split(name: str) -> tuple[str, ...]:
    """The words of a name, folded; numbers that only count (address2) are none."""
    words = [fold(word) for word in _BORDERS.split(unicodedata.normalize("NFC", name)) if word]
    return tuple(word for word in words if not word.isdecimal())


def phrases(text: str) -> Iterator[tuple[str, ...]]:
    """The phrases of a text of `words` or `meaning_words`, folded; those with an umlaut in both ways of writing it."""
    for phrase in text.split(","):
        words = phrase.split()
        yield tuple(map(fold, words))
        spelt = tuple(fold(word.casefold().translate(_UMLAUTS)) for word in words)
        if spelt != tuple(map(fold, words)):
            yield spelt
