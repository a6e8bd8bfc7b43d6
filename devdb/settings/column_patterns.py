"""Name columns by pattern: public.person.email, hr.*.*, *.*.birth_date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from devdb.settings.patterns import Part, Pattern, PatternError, parts_of, written


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
