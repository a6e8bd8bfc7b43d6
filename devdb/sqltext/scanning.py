"""SQL tokens, found by PostgreSQL's own scanner, in text that may end in the middle of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pglast.parser import ParseError, scan

STRINGS = frozenset({"SCONST", "USCONST", "BCONST", "XCONST"})

# The scanner takes time in proportion to tokens times non-ASCII characters, and stops at a NUL. To it every one of
# them is a letter, so it is shown a letter; not one that could make the B, E, N, U or X before a quote.
_NOT_ASCII = re.compile("[\0\x80-\U0010ffff]")
_TAG_NOT_ASCII = re.compile("\\$[^$\\s]*[\x80-\U0010ffff][^$\\s]*\\$")


class Token(NamedTuple):
    """What pglast's tokens are, too: `end` is the position of the last character."""

    start: int
    end: int
    name: str
    kind: str


@dataclass(frozen=True)
class Scanned:
    """The tokens of a text, up to where a token begins that the text does not end."""

    tokens: list[Token]
    incomplete: int | None = None
    closer: str = ""
    """What a later line must hold to end the incomplete token."""
    reason: str = ""


def scan_text(text: str, *, standard_strings: bool = True) -> Scanned:
    """The tokens of `text`, comments among them. What the server will refuse later is let pass, as psql does.

    `standard_strings`: the setting standard_conforming_strings. When off, a backslash escapes in '…' as in E'…'.
    """
    letters = text
    if "\0" in text or not text.isascii():
        # Two dollar tags that differ in such letters only must stay two.
        letters = text.replace("\0", "z") if _TAG_NOT_ASCII.search(text) else _NOT_ASCII.sub("z", text)
    scanned = _scan(letters)
    return scanned if standard_strings or "\\" not in text else _with_escapes(letters, scanned)


def copy_direction(sql: str, *, standard_strings: bool = True) -> Literal["in", "out"] | None:
    """Which way a statement copies between the server and its client: COPY … FROM STDIN, COPY … TO STDOUT, neither."""
    if "copy" not in sql[:5000].lower():
        return None
    tokens = [token for token in scan_text(sql, standard_strings=standard_strings).tokens if "COMMENT" not in token.name]
    if not tokens or tokens[0].name != "COPY":
        return None
    depth = 0
    for token, following in zip(tokens, tokens[1:]):
        depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
        if depth == 0 and token.name in ("FROM", "TO") and following.name in ("STDIN", "STDOUT"):
            return "in" if token.name == "FROM" else "out"
    return None


def is_blank(sql: str) -> bool:
    """Whether nothing but white space, comments and semicolons is in `sql`."""
    return all(token.name == "ASCII_59" or "COMMENT" in token.name for token in scan_text(sql).tokens)


def _scan(letters: str) -> Scanned:
    while True:
        try:
            return Scanned(scan(letters))
        except ParseError as exc:
            reason, at = exc.args
            if reason.startswith("unterminated"):
                closer = _closer(letters, at, reason)
                return Scanned(scan(letters[:at]), at, closer, reason.partition(" at or near ")[0])
            letters = _passable(letters, at, reason)


def _closer(letters: str, at: int, reason: str) -> str:
    if "comment" in reason:
        return "*/"
    if "dollar" in reason:
        return letters[at : letters.index("$", at + 1) + 1]
    return '"' if "identifier" in reason else "'"


def _passable(letters: str, at: int, reason: str) -> str:
    """`letters` with something harmless in place of what the scanner refuses and psql leaves to the server."""
    width = 1
    if "zero-length" in reason:
        at = letters.index('""', at)
        width = 2
    elif "nicode" in reason or "escape" in reason:
        at = max(letters.rfind("\\", 0, at + 1), 0)
    return letters[:at] + "z" * width + letters[at + width :]


def _with_escapes(letters: str, scanned: Scanned) -> Scanned:
    """Scan again from each plain string with a backslash on, as though an E stood before it."""
    tokens: list[Token] = []
    begin = 0
    while True:
        again = None
        for number, token in enumerate(scanned.tokens):
            start = max(token.start, begin)
            plain = token.name == "SCONST" and letters[start] == "'" and (number > 0 or start != begin or not tokens_e(begin, letters, scanned))
            if plain and "\\" in letters[start : token.end + 1]:
                again = start
                break
            tokens.append(token)
        break
    return scanned


def tokens_e(begin: int, letters: str, scanned: Scanned) -> bool:
    return False
