"""The raw values that are searched for, and the automaton that finds them all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from devdb.catalog.model import Name
from devdb.leakcheck.spellings import octets, spellings
from devdb.leakcheck.telling import LENGTH, Piece, bits, is_number
from devdb.settings.mask import Mask

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick


@dataclass(frozen=True)
class Masked:
    """A masked column of the source, whose raw values are searched for."""

    table: Name
    column: str
    mask: Mask

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    @cached_property
    def masks(self) -> tuple[Mask, ...]:
        return tuple(self.mask.walk())


@dataclass(frozen=True, repr=False)
class Value:
    """A raw value. `columns` are positions in `Needles.columns`: those that have it. repr() does not show it."""

    text: str
    columns: tuple[int, ...]
    is_octets: bool = False

    @cached_property
    def is_number(self) -> bool:
        return is_number(self.text)

    @property
    def is_cut(self) -> bool:
        """Whether it is the beginning of a longer value."""
        return len(self.text) == LENGTH

    def bits(self, *, skipped: int = 0) -> float:
        """See `telling.bits`."""
        return bits(self.text, skipped=skipped)


class Spelling(NamedTuple):
    """One way to write a value. Where it is bounded, a letter or a digit beside it makes it another value."""

    value: int
    starts_bounded: bool
    ends_bounded: bool
    is_number: bool


@dataclass(frozen=True)
class Needles:
    """What is searched for. `skipped` says of masked columns why nothing of them is; `told` says of the others what was
    left out, or not known."""

    columns: tuple[Masked, ...]
    values: tuple[Value, ...] = field(repr=False)
    skipped: Mapping[str, str]
    told: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        found: Sequence[tuple[Masked, Sequence[Piece]]],
        *,
        skipped: Mapping[str, str] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> Needles:
        """The needles of columns and their telling values; one that several columns have is searched for once."""
        owners: dict[tuple[str, bool], tuple[str, list[int]]] = {}
        for number, (_, telling) in enumerate(found):
            for piece in telling:
                text = piece.text[:LENGTH]
                _, columns = owners.setdefault((text.casefold(), piece.is_octets), (text, []))
                if number not in columns:
                    columns.append(number)
        return cls(
            columns=tuple(column for column, _ in found),
            values=tuple(Value(text, tuple(columns), is_octets) for (_, is_octets), (text, columns) in owners.items()),
            skipped=dict(skipped or {}),
            told=dict(told or {}),
        )

    def __bool__(self) -> bool:
        return bool(self.values)

    def of_column(self, number: int) -> list[Value]:
        return self._by_column.get(number, [])

    @cached_property
    def _by_column(self) -> dict[int, list[Value]]:
        found: dict[int, list[Value]] = {}
        for value in self.values:
            for number in value.columns:
                found.setdefault(number, []).append(value)
        return found

    def automaton(self, *, in_octets: bool) -> Automaton:
        """What finds them; `in_octets` also where text became octets, which takes twice the memory."""
        return Automaton(self, in_octets=in_octets)


class Automaton:
    """Finds every spelling of every needle in one pass. Holds raw values."""

    def __init__(self, needles: Needles, *, in_octets: bool) -> None:
        # Heavy, and needed by one command.
        from ahocorasick_rs import BytesAhoCorasick, Implementation

        by_pattern: dict[bytes, list[Spelling]] = {}
        for number, value in enumerate(needles.values):
            if value.is_octets:
                by_pattern.setdefault(value.text.lower().encode(), []).append(Spelling(number, False, False, False))
                continue
            for pattern in spellings(value.text):
                spelling = Spelling(
                    number,
                    starts_bounded=_is_word(pattern[:1]),
                    ends_bounded=_is_word(pattern[-1:]) and not value.is_cut,
                    is_number=value.is_number or pattern.isdigit(),
                )
                by_pattern.setdefault(pattern, []).append(spelling)
            if in_octets:
                by_pattern.setdefault(octets(value.text), []).append(Spelling(number, False, False, False))
        self.spellings = list(by_pattern.values())
        self.longest = max(map(len, by_pattern), default=0)
        # The kind that takes least memory for patterns by the ten thousand.
        self._found: BytesAhoCorasick = BytesAhoCorasick(list(by_pattern), implementation=Implementation.ContiguousNFA)

    def find(self, lowered: bytes) -> list[tuple[int, int, int]]:
        """Every match: position in `spellings`, start, end. In the order of their ends."""
        return self._found.find_matches_as_indexes(lowered, overlapping=True)


def _is_word(octet: bytes) -> bool:
    return octet.isalnum() or octet >= b"\x80"
