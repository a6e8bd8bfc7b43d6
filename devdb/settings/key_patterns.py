"""Name foreign keys by pattern: public.item(order_id), public.*(customer_id), public.orders.orders_customer_id_fkey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from devdb.settings.patterns import Part, Pattern, PatternError, part, written

_MARKS = ".(),"
_TOKEN = re.compile(r'"(?:[^"]|"")+"|[.(),]|[^".(),]+|"')
_FORMS = "write schema.table(column, …), schema.table.constraint, or schema.table for every key of the table"


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
        raise PatternError(f'{text}: a name in "…" is empty or not closed')
    end = tokens.index("(") if "(" in tokens else len(tokens)
    names = _names(tokens[:end], ".", text)
    if len(names) == 1:
        raise PatternError(f"{text} has no schema: write public.{text}")
    if len(names) > (2 if end < len(tokens) else 3):
        raise PatternError(f'{text} has too many parts: {_FORMS}; a name that holds a dot is written in "…"')
    table = Pattern(".".join(written_part(name) for name in names[:2]), names[0], names[1])
    if len(names) == 3:
        return KeyPattern(text, table, constraint=names[2])
    if end == len(tokens):
        return KeyPattern(text, table)
    if tokens[-1] != ")":
        raise PatternError(f"{text}: the parenthesis is not closed, or something stands behind it")
    if end + 2 == len(tokens):
        raise PatternError(f"{text}: there is no column in the parentheses; schema.table alone means every key")
    return KeyPattern(text, table, columns=_names(tokens[end + 1 : -1], ",", text))


def key_pattern_for(schema: str, table: str, columns: Sequence[str] = (), constraint: str | None = None) -> str:
    """Return the text of the pattern for exactly the key on `columns`, or that called `constraint`."""
    text = ".".join(written(name, besides=_MARKS) for name in (schema, table, constraint) if name is not None)
    return text + ("(" + ", ".join(written(name, besides=_MARKS) for name in columns) + ")" if columns else "")


def written_part(name: Part) -> str:
    return written(name.text, besides=_MARKS) if name.exact else name.text


def _names(tokens: Sequence[str], separator: str, text: str) -> tuple[Part, ...]:
    """Return the names between separators."""
    if ")" in tokens and "(" not in text:
        raise PatternError(f"{text}: a parenthesis is closed that was not opened")
    marks = [token in _MARKS for token in tokens]
    if len(tokens) % 2 == 0 or marks != [bool(position % 2) for position in range(len(tokens))]:
        raise PatternError(f"{text} is not a foreign key's name: {_FORMS}")
    if set(tokens[1::2]) - {separator}:
        raise PatternError(f"{text} is not a foreign key's name: {_FORMS}")
    return tuple(part(token) for token in tokens[::2])
