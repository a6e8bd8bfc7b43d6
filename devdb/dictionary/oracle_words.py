"""Oracle's SQL as words: what expressions and conditions of its dictionary are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "quoted", "number", "word", "sign", "end"]

_WORDS = re.compile(
    r"""
      (?P<space>\s+)
    | [nN]?(?P<text>'(?:[^']|'')*')
    | [nN]?[qQ]'(?P<delimiter>[^\s\w])(?P<alternative>.*?)(?P<closing>[^\s\w])'
    | (?P<quoted>"[^"]+")
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d][\w$#]*)
    | (?P<sign>\|\||<=|>=|<>|!=|\^=|[-+*/().,=<>])
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"[": "]", "(": ")", "{": "}", "<": ">"}


class NotUnderstood(Exception):
    """This is no SQL that there is a translation for."""


@dataclass(frozen=True)
class Word:
    """A word. `value` is a literal's text, a name as Oracle knows it (upper case unless quoted), or a sign."""

    kind: Kind
    value: str


def words(sql: str) -> list[Word]:
    """The words of an expression, and one that ends it. Raises NotUnderstood; comments and hints are not understood."""
    found: list[Word] = []
    at = 0
    while at < len(sql):
        match = _WORDS.match(sql, at)
        if match is None or sql.startswith(("--", "/*"), at):
            raise NotUnderstood(sql[at : at + 20])
        at = match.end()
        if match["space"] is None:
            found.append(_word(match))
    return [*found, Word("end", "")]


def _word(match: re.Match[str]) -> Word:
    if match["text"] is not None:
        return Word("text", match["text"][1:-1].replace("''", "'"))
    if match["delimiter"] is not None:
        if match["closing"] != _CLOSING.get(match["delimiter"], match["delimiter"]):
            raise NotUnderstood(match[0])
        return Word("text", match["alternative"])
    if match["quoted"] is not None:
        return Word("quoted", match["quoted"][1:-1])
    if match["number"] is not None:
        return Word("number", match["number"])
    if match["word"] is not None:
        return Word("word", match["word"].upper())
    return Word("sign", {"!=": "<>", "^=": "<>"}.get(match["sign"], match["sign"]))
