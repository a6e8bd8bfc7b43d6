"""The words of MySQL's SQL: names, texts, numbers and signs, as its dictionary prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "text", "bytes", "bits", "number", "word", "sign", "end"]

_WORD = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<bytes>[xX]'[0-9a-fA-F]*' | 0x[0-9a-fA-F]+\b)
    | (?P<bits>[bB]'[01]*' | 0b[01]+\b)
    | (?P<text>(?:_(?P<charset>[a-z0-9]+)\s*|[nN])?'(?P<inside>(?:[^'\\]|''|\\.)*)')
    | (?P<name>`(?:[^`]|``)+` | "(?:[^"]|"")+")
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign><=>|<=|>=|<>|!=|&&|\|\||[-+*/%<>=!(),.])
    """,
    re.VERBOSE | re.DOTALL,
)
# What follows a backslash in a text; of % and _ the backslash stays, for LIKE. Others stand for themselves.
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}


class NotUnderstood(ValueError):
    """Says from where on."""


@dataclass(frozen=True)
class Word:
    """`value` is the name or text without quotes, a word in lower case, of bytes the hexadecimal digits."""

    kind: Kind
    value: str


def words(text: str) -> list[Word]:
    """The words of an expression, "end" after them. Names stand in backticks or double quotes.

    MySQL prints some expressions with every quote and backslash escaped: _utf8mb4\\'a\\'. Raises NotUnderstood.
    """
    try:
        return [*_words(text)]
    except NotUnderstood:
        if "\\'" not in text:
            raise
        return [*_words(re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL))]


def unquoted(inside: str) -> str:
    """What a text says whose quotes are taken away."""
    return re.sub(
        r"''|\\(.)",
        lambda found: "'" if found[1] is None else _ESCAPED.get(found[1], found[1]),
        inside,
        flags=re.DOTALL,
    )


def _words(text: str) -> list[Word]:
    found, at = [], 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise NotUnderstood(text[at : at + 20])
        at = match.end()
        if match["space"] is None:
            found.append(_word(match))
    return [*found, Word("end", "")]


def _word(match: re.Match[str]) -> Word:
    if match["text"] is not None:
        if match["charset"] == "binary":
            raise NotUnderstood(match[0])
        return Word("text", unquoted(match["inside"]))
    if match["name"] is not None:
        quote = match["name"][0]
        return Word("name", match["name"][1:-1].replace(quote * 2, quote))
    if match["bytes"] is not None:
        return Word("bytes", match["bytes"][2:].rstrip("'"))
    if match["bits"] is not None:
        return Word("bits", match["bits"][2:].rstrip("'"))
    if match["word"] is not None:
        return Word("word", match["word"].lower())
    return Word("number" if match["number"] is not None else "sign", match[0])
