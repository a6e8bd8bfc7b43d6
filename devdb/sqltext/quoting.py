"""Names and values as SQL text: quoted, or refused."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from hashlib import sha256

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

NAME_BYTES = 63
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
# What quote_ident() of the server quotes as well: all keywords but the unreserved ones.
_KEYWORDS = frozenset(RESERVED_KEYWORDS | COL_NAME_KEYWORDS | TYPE_FUNC_NAME_KEYWORDS)


def ident(name: str) -> str:
    """An SQL identifier for `name`, exactly that name: quoted unless it is plain lower case and no keyword.

    Raises ValueError for a name that no database object can have: empty, or holding NUL.
    """
    if not isinstance(name, str):
        raise TypeError(f"a name must be text, not {type(name).__name__}")
    if not name:
        raise ValueError("a name must not be empty")
    _refuse_unsendable(name, "a name")
    if _PLAIN_NAME.fullmatch(name) and name not in _KEYWORDS:
        return name
    if name.count("$") > 1:
        # Within a dollar-quoted body the name "$devdb$" would end the body.
        escaped = name.replace("\\", "\\\\").replace("$", "\\0024").replace('"', '""')
        return f'U&"{escaped}"'
    return '"' + name.replace('"', '""') + '"'


def fitting(name: str, suffix: str = "") -> str:
    """`name` with `suffix`, or as much of `name` as fits into a name of PostgreSQL's, made distinct by a hash."""
    if len((name + suffix).encode()) <= NAME_BYTES:
        return name + suffix
    ending = "_" + sha256(name.encode()).hexdigest()[:8] + suffix
    return name.encode()[: NAME_BYTES - len(ending.encode())].decode(errors="ignore") + ending


def literal(value: object) -> str:
    """An SQL expression for `value`: str, int, float, bool, None or Decimal.

    Text with backslashes becomes E'…', which means the same whatever standard_conforming_strings says.
    Raises ValueError for text holding NUL, which PostgreSQL cannot store, and TypeError for any other type.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return _number(int(value).__str__())
    if isinstance(value, float):
        return _number(repr(float(value))) if math.isfinite(value) else f"'{value}'::double precision"
    if isinstance(value, Decimal):
        return _number(str(value)) if value.is_finite() else f"'{str(value).lstrip('-s')}'::numeric"
    raise TypeError(f"no SQL literal is known for a {type(value).__name__}")


def argument(text: str) -> str:
    r"""`text` as one argument of a backslash command (\warn, \connect), whatever it holds; lines are joined."""
    _refuse_unsendable(text, "an argument")
    joined = " ".join(text.splitlines()).replace("\\", "\\\\").replace("'", "''")
    return f"'{joined}'"


def _text(value: str) -> str:
    _refuse_unsendable(value, "a value")
    escaped = value.replace("'", "''")
    if value.count("$") > 1:
        # Within a dollar-quoted body the value '$devdb$' would end the body.
        return "E'" + escaped.replace("\\", "\\\\").replace("$", "\\044") + "'"
    if "\\" in value:
        return "E'" + escaped.replace("\\", "\\\\") + "'"
    return f"'{escaped}'"


def _number(digits: str) -> str:
    # The space keeps "-{{ x | literal }}" from becoming a comment.
    return f" {digits}" if digits.startswith("-") else digits


def _refuse_unsendable(text: str, what: str) -> None:
    if "\0" in text:
        raise ValueError(f"{what} must not hold the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} must be valid Unicode text") from None
