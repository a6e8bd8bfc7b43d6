"""psql's variables: their names, how a text refers to them, and what a reference becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

Lookup = Callable[[str], "str | None"]
"""The value of a variable; None when it is not set."""

_ASCII_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False}


class Reference(NamedTuple):
    """`:name`, `:'name'`, `:"name"` or `:{?name}`; `end` is the position after it."""

    name: str
    form: str
    end: int


def is_name(name: str) -> bool:
    """Whether a variable may be called so: letters (any but ASCII ones count, too), digits and underscores."""
    return bool(name) and all(map(_is_name_character, name))


def reference_at(text: str, colon: int) -> Reference | None:
    """The reference that the colon at this position begins."""
    start = colon + 1
    form = text[start : start + 1]
    if form in ("'", '"'):
        end = _name_end(text, start + 1)
        if end > start + 1 and text[end : end + 1] == form:
            return Reference(text[start + 1 : end], form, end + 1)
        return None
    if text.startswith("{?", start):
        end = _name_end(text, start + 2)
        if end > start + 2 and text[end : end + 1] == "}":
            return Reference(text[start + 2 : end], "?", end + 1)
        return None
    end = _name_end(text, start)
    return Reference(text[start:end], "", end) if end > start else None


def expansion(reference: Reference, lookup: Lookup) -> str | None:
    """What a reference becomes; None when it stays as it is, for the variable is not set."""
    value = lookup(reference.name)
    if reference.form == "?":
        return "FALSE" if value is None else "TRUE"
    if value is None:
        return None
    if reference.form == "'":
        return quoted_literal(value)
    return '"' + value.replace('"', '""') + '"' if reference.form == '"' else value


def quoted_literal(value: str) -> str:
    """What libpq's PQescapeLiteral makes of a value, the space before E'…' included."""
    doubled = value.replace("'", "''")
    return " E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in value else f"'{doubled}'"


def boolean(text: str) -> bool | None:
    """A value as psql reads booleans: true, false, yes, no and their beginnings, on, off, of, 1, 0; None for others."""
    text = text.lower()
    if text in ("on", "1"):
        return True
    if text in ("off", "of", "0"):
        return False
    return next((value for word, value in _BOOLEANS.items() if text and word.startswith(text)), None)


def settings_text(variables: Mapping[str, str]) -> str:
    r"""`\set` commands that give a psql these variables. Raises ValueError for a name that psql does not allow."""
    lines = []
    for name, value in variables.items():
        if not is_name(name):
            raise ValueError(f"invalid variable name: {name!r}")
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
        lines.append(f"\\set {name} '{escaped}'\n")
    return "".join(lines)


def _name_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and _is_name_character(text[end]):
        end += 1
    return end


def _is_name_character(character: str) -> bool:
    return character in _ASCII_LETTERS or character > "\x7f"
