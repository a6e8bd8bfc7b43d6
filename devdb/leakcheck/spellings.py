"""How a value may be spelled in what PostgreSQL puts out: escaped, quoted, encoded, in upper or lower case."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

_COPY = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"},
)
# Telephone and card numbers, accounts, UUIDs, addresses of network cards: elsewhere they stand without separators.
_SEPARATED = re.compile(
    r"[-+/() \d]*\d[-+/() \d]*|[A-Za-z]{2}\d{2}(?: [A-Za-z\d]{1,4})+|[\da-fA-F]{2,}(?:[-:][\da-fA-F]{2,})+"
)
# What nothing escapes, apart from addresses of pages.
_PLAIN_TEXT = re.compile(r"[ !#-%(-.0-;=?-\[\]-~]*")
_SEPARATORS = re.compile(r"[^A-Za-z\d]")
_SHORTEST_JOINED = 10


def _copied(text: str) -> str:
    return text.translate(_COPY)


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _json_ascii(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json_slashes(text: str) -> str:
    return _json_ascii(text).replace("/", "\\/")


def _array(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _record(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '""')


def _literal(text: str) -> str:
    return text.replace("'", "''")


# What can lie within what: a leaf of JSON in an array, an array in a composite value. Deeper is not looked.
_INNER: tuple[Callable[[str], str], ...] = (_json, _json_ascii, _json_slashes, _array, _record)
_OUTER: tuple[Callable[[str], str], ...] = (_json, _array, _record)


def spellings(text: str) -> frozenset[bytes]:
    """Every spelling that is searched for, in UTF-8, ASCII letters in lower case as those of the haystack will be.

    Most values have nothing to escape: of them there is one.
    """
    return frozenset(spelled.encode("utf-8", "surrogatepass").lower() for spelled in _spelled(text))


def octets(text: str) -> bytes:
    """The text as a bytea shows it."""
    return text.encode("utf-8", "surrogatepass").hex().encode()


def _spelled(text: str) -> Iterator[str]:
    cases = {text} if text.isascii() else {text, text.lower(), text.upper()}
    for case in cases:
        within = {case, quote(case, safe=""), quote_plus(case)}
        if not _PLAIN_TEXT.fullmatch(case):
            within |= {spell(case) for spell in _INNER}
            within |= {spell(inner) for inner in within for spell in _OUTER}
            within |= {_literal(inner) for inner in within}
            within |= {html.escape(case), html.escape(case, quote=False)}
            within |= {_copied(inner) for inner in within}
        if _SEPARATED.fullmatch(case):
            joined = _SEPARATORS.sub("", case)
            within |= {joined} if len(joined) >= _SHORTEST_JOINED else set()
        yield from within
