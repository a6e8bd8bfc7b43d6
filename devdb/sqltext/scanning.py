"""SQL tokens, found by PostgreSQL's own scanner, in text that may end in the middle of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product
from string import ascii_letters
from typing import Literal, NamedTuple, cast

from pglast.parser import ParseError, scan

STRINGS = frozenset({"SCONST", "USCONST", "BCONST", "XCONST"})

# The scanner takes time in proportion to tokens times non-ASCII characters, and stops at a NUL. To it every one of
# them is a letter, so it is shown a letter; not one that could make the B, E, N, U or X before a quote.
_NOT_ASCII = re.compile(r"[^\x01-\x7f]")
_TAG_NOT_ASCII = re.compile(r"\$[^$\s]*[^\x00-\x7f][^$\s]*\$")


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
        letters = _NOT_ASCII.sub("z", _with_plain_tags(text))
    scanned = _scan(letters)
    return scanned if standard_strings or "\\" not in text else _with_escapes(letters, scanned)


def is_comment(token: Token) -> bool:
    """A comment, and not the keyword of that name."""
    return token.name in ("SQL_COMMENT", "C_COMMENT")


def copy_direction(sql: str, *, standard_strings: bool = True) -> Literal["in", "out"] | None:
    """Which way a statement copies between the server and its client: COPY … FROM STDIN, COPY … TO STDOUT, neither."""
    scanned = scan_text(sql, standard_strings=standard_strings)
    tokens = [token for token in scanned.tokens if not is_comment(token)]
    if not tokens or tokens[0].name != "COPY":
        return None
    depth = 0
    for token, following in pairwise(tokens):
        depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
        if depth == 0 and token.name in ("FROM", "TO") and following.name in ("STDIN", "STDOUT"):
            return "in" if token.name == "FROM" else "out"
    return None


def combines_copy(sql: str) -> bool:
    """Whether any of several statements in one text copies between the server and its client."""
    if "copy" not in sql.lower():
        return False
    start = 0
    for token in scan_text(sql).tokens:
        if token.name == "ASCII_59":
            if copy_direction(sql[start : token.start]):
                return True
            start = token.end + 1
    return copy_direction(sql[start:]) is not None


def is_blank(sql: str) -> bool:
    """Whether nothing but white space, comments and semicolons is in `sql`."""
    return all(token.name == "ASCII_59" or is_comment(token) for token in scan_text(sql).tokens)


def _with_plain_tags(text: str) -> str:
    """`text` with tags of ASCII letters for dollar tags of others: two that differ must stay two."""
    taken = set()
    for tag in set(_TAG_NOT_ASCII.findall(text)):
        for letters in product(ascii_letters, repeat=len(tag) - 2):
            plain = f"${''.join(letters)}$"
            if plain not in taken and plain not in text:
                taken.add(plain)
                text = text.replace(tag, plain)
                break
    return text


def _scan(letters: str) -> Scanned:
    while True:
        try:
            return Scanned(_tokens(letters))
        except ParseError as exc:
            reason, at = exc.args
            if reason.startswith("unterminated"):
                closer = _closer(letters, at, reason)
                return Scanned(_tokens(letters[:at]), at, closer, reason.partition(" at or near ")[0])
            letters = _passable(letters, at, reason)


def _tokens(letters: str) -> list[Token]:
    return cast("list[Token]", scan(letters))


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
    done: list[Token] = []
    while (again := _first_plain(letters, scanned)) is not None:
        done += [token for token in scanned.tokens if token.start < again]
        rest = _scan("E" + letters[again:])
        shift = again - 1
        tokens = [token._replace(start=max(token.start + shift, again), end=token.end + shift) for token in rest.tokens]
        if rest.incomplete is None:
            scanned = Scanned(tokens[1:])
        else:
            incomplete = max(rest.incomplete + shift, again)
            scanned = Scanned(tokens[1:], incomplete, rest.closer, rest.reason)
            if incomplete == again:
                break
        done += tokens[:1]
    return Scanned(done + scanned.tokens, scanned.incomplete, scanned.closer, scanned.reason)


def _first_plain(letters: str, scanned: Scanned) -> int | None:
    for token in scanned.tokens:
        if token.name == "SCONST" and letters[token.start] == "'" and "\\" in letters[token.start : token.end + 1]:
            return token.start
    begins = scanned.incomplete
    return begins if begins is not None and letters[begins] == "'" else None
