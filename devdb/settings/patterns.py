"""Name tables by pattern: public.orders, audit.*, public."Odd.Name"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_QUOTED = r'"(?:[^"]|"")+"'
_PLAIN = r'[^".]+'
_PART = re.compile(f"{_QUOTED}|{_PLAIN}")
_WHOLE = re.compile(rf"(?:{_QUOTED}|{_PLAIN})(?:\.(?:{_QUOTED}|{_PLAIN}))*")


class PatternError(ValueError):
    """The text is no pattern for tables; the message says what one looks like."""


@dataclass(frozen=True)
class Part:
    """One name of a pattern. `exact` when it is the name itself, otherwise `text` may hold * and ?."""

    text: str
    exact: bool

    def matches(self, name: str) -> bool:
        return self.text == name if self.exact else _wildcards(self.text).fullmatch(name) is not None


@dataclass(frozen=True)
class Pattern:
    """Which tables a rule is for.

    Names are compared as written, upper case and all, against the real names. In double quotes a name may hold dots,
    and its * and ? are themselves; a quote is doubled. Outside quotes * stands for any text within one name, ? for
    one character.
    """

    text: str
    schema: Part
    table: Part

    @property
    def exact(self) -> bool:
        """Whether this names one table, without wildcards."""
        return self.schema.exact and self.table.exact

    def matches(self, schema: str, table: str) -> bool:
        return self.schema.matches(schema) and self.table.matches(table)


@lru_cache(maxsize=4096)
def parse_pattern(text: str) -> Pattern:
    """Return the pattern that `text` writes. Raises PatternError."""
    parts = parts_of(text)
    if not parts:
        raise PatternError(f'{text} is not a table\'s name: write schema.table, a name with a dot or a quote in "…"')
    if len(parts) == 1:
        raise PatternError(f"{text} has no schema: write public.{text}")
    if len(parts) > 2:
        raise PatternError(f'{text} has {len(parts)} parts: a name that holds a dot is written in "…"')
    return Pattern(text, parts[0], parts[1])


def pattern_for(schema: str, table: str) -> str:
    """Return the text of the pattern that names exactly this table."""
    return f"{written(schema)}.{written(table)}"


def parse_one_table(text: str) -> tuple[str, str]:
    """Return schema and table, as they are really called, of a pattern without wildcards. Raises PatternError."""
    pattern = parse_pattern(text)
    if not pattern.exact:
        raise PatternError(f"{text} may be several tables: here, one is named")
    return pattern.schema.text, pattern.table.text


def parts_of(text: str) -> list[Part]:
    """Return the names between the dots of `text`; none when it is not made of names and dots."""
    return [part(match.group()) for match in _PART.finditer(text)] if _WHOLE.fullmatch(text) else []


def part(text: str) -> Part:
    """Return what one name of a pattern means, in double quotes or not."""
    if text.startswith('"'):
        return Part(text[1:-1].replace('""', '"'), exact=True)
    return Part(text, exact="*" not in text and "?" not in text)


def written(name: str, *, besides: str = "") -> str:
    """Return the name as a pattern writes it; quoted if it holds a character that means something, or of `besides`."""
    if name.strip() == name and not set(name) & {*'".*?', *besides}:
        return name
    return '"' + name.replace('"', '""') + '"'


@lru_cache(maxsize=1024)
def _wildcards(text: str) -> re.Pattern[str]:
    # Not fnmatch: its [seq] would make brackets in a name special.
    pieces = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(pieces), re.DOTALL)
