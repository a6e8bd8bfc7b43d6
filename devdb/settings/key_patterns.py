"""Name foreign keys by pattern: public.item(order_id), public.*(customer_id), public.orders.orders_customer_id_fkey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from devdb.settings.patterns import Part, Pattern, PatternError, part, written

_MARKS = ".(),"
_TOKEN = re.compile(r'"(?:[^"]|"")+"|[.(),]|[^".(),]+|"')
_FORMS = "schema.table(column, …), schema.table.constraint, or schema.table for every key of the table"


@dataclass(frozen=True)
class KeyPattern:
    """Which foreign keys something is for, by the table that holds them.

    `columns` are the referring ones, in the key's order; `constraint` is the key's name. At most one of them is set;
    without both every key of the table is meant. Names and wildcards are as in table patterns, but that parentheses
    and commas go in double quotes as well, and that blanks around a name do not count.
    """

    text: str
    table: Pattern
    columns: tuple[Part, ...] | None = None
    constraint: Part | None = None

    @property
    def exact(self) -> bool:
        """Whether there is no wildcard in it."""
        parts = [*(self.columns or ()), *((self.constraint,) if self.constraint else ())]
        return self.table.exact and all(name.exact for name in parts)

    def matches(self, schema: str, table: str, columns: Sequence[str], constraint: str) -> bool:
        """Whether the key `constraint` on these columns of this table is meant."""
        if not self.table.matches(schema, table):
            return False
        if self.constraint is not None:
            return self.constraint.matches(constraint)
        if self.columns is None:
            return True
        return len(self.columns) == len(columns) and all(
            name.matches(column) for name, column in zip(self.columns, columns, strict=True)
        )


@lru_cache(maxsize=4096)
def parse_key_pattern(text: str) -> KeyPattern:
    """Return the pattern that `text` writes. Raises PatternError."""
    tokens = [token.strip() for token in _TOKEN.findall(text) if token.strip()]
    if '"' in tokens:
        raise PatternError('a name in "…" is empty or not closed')
    head, columns = _divided(tokens)
    names = _names(head, ".")
    if len(names) == 1:
        raise PatternError(f"{text} has no schema: write public.{text}")
    if len(names) > (3 if columns is None else 2):
        raise PatternError(f'this has too many parts: write {_FORMS}; a name that holds a dot stands in "…"')
    table = Pattern(".".join(map(_written, names[:2])), *names[:2])
    constraint = names[2] if len(names) == 3 else None
    return KeyPattern(text, table, None if columns is None else _names(columns, ","), constraint)


def key_pattern_for(schema: str, table: str, columns: Sequence[str] = (), constraint: str | None = None) -> str:
    """Return the text of the pattern for exactly the key on `columns`, or that called `constraint`."""
    text = ".".join(written(name, besides=_MARKS) for name in (schema, table, constraint) if name is not None)
    return text + ("(" + ", ".join(written(name, besides=_MARKS) for name in columns) + ")" if columns else "")


def _divided(tokens: list[str]) -> tuple[list[str], list[str] | None]:
    """Return what stands before the parentheses and what in them; None without any."""
    if "(" not in tokens:
        if ")" in tokens:
            raise PatternError("a parenthesis is closed that was not opened")
        return tokens, None
    start = tokens.index("(")
    if ")" not in tokens[start:]:
        raise PatternError("a parenthesis is not closed")
    if tokens[-1] != ")":
        raise PatternError("something stands behind the parenthesis")
    if start + 2 == len(tokens):
        raise PatternError("there is no column in the parentheses; schema.table alone means every key of the table")
    return tokens[:start], tokens[start + 1 : -1]


def _names(tokens: list[str], separator: str) -> tuple[Part, ...]:
    """Return the names between separators."""
    separators = tokens[1::2]
    if len(tokens) % 2 == 0 or set(separators) - {separator} or any(token in _MARKS for token in tokens[::2]):
        raise PatternError(f'this is not a foreign key\'s name: write {_FORMS}; . , ( ) in a name stand in "…"')
    return tuple(part(token) for token in tokens[::2])


def _written(name: Part) -> str:
    return written(name.text, besides=_MARKS) if name.exact else name.text
