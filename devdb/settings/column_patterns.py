"""Name columns by pattern: public.person.email, hr.*.*, *.*.birth_date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from devdb.settings.patterns import Part, Pattern, PatternError, parts_of, written

_Said = TypeVar("_Said")


@dataclass(frozen=True)
class ColumnPattern:
    """Which columns something is said of; names and wildcards are as in patterns for tables."""

    text: str
    table: Pattern
    column: Part

    @property
    def exact(self) -> bool:
        """Whether this names one column, without wildcards."""
        return self.table.exact and self.column.exact

    @property
    def name(self) -> tuple[str, str, str] | None:
        """The one column that it names, as it is really called; None when it may be several."""
        return (self.table.schema.text, self.table.table.text, self.column.text) if self.exact else None

    def matches(self, schema: str, table: str, column: str) -> bool:
        return self.column.matches(column) and self.table.matches(schema, table)


@lru_cache(maxsize=4096)
def parse_column_pattern(text: str) -> ColumnPattern:
    """Return the pattern that `text` writes. Raises PatternError."""
    parts = parts_of(text)
    if not parts:
        raise PatternError(f'{text} is not a column\'s name: write schema.table.column, a name with a dot in "…"')
    if len(parts) < 3:
        raise PatternError(f"{text} has {len(parts)} of three parts: write schema.table.column")
    if len(parts) > 3:
        raise PatternError(f'{text} has {len(parts)} parts: a name that holds a dot is written in "…"')
    return ColumnPattern(text, Pattern(text, parts[0], parts[1]), parts[2])


def column_pattern_for(schema: str, table: str, column: str) -> str:
    """Return the text of the pattern that names exactly this column."""
    return ".".join(map(written, (schema, table, column)))


class ColumnLookup(Generic[_Said]):
    """What is said of columns by patterns, the last that matches counting; quick for many columns."""

    def __init__(self, said: Sequence[tuple[ColumnPattern, _Said]]) -> None:
        self._by_name: dict[tuple[str, str, str], tuple[int, _Said]] = {}
        self._others: list[tuple[int, ColumnPattern, _Said]] = []
        for position, (pattern, value) in enumerate(said):
            if pattern.name is not None:
                self._by_name[pattern.name] = position, value
            else:
                self._others.insert(0, (position, pattern, value))

    def find(self, schema: str, table: str, column: str) -> _Said | None:
        """Return what is said of this column; None when nothing is."""
        at, found = self._by_name.get((schema, table, column), (-1, None))
        for position, pattern, value in self._others:
            if position > at and pattern.matches(schema, table, column):
                return value
        return found
