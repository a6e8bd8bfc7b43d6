"""What a hit means: a leak, a value that a kept column holds as well, or chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Column, Name, Source, Table
from devdb.errors import Refused
from devdb.leakcheck import chance
from devdb.leakcheck.needles import Automaton, Masked, Needles
from devdb.leakcheck.search import Found, Where
from devdb.settings.mask import Mask

# Which of these texts a kept column holds at the source, in any letters; None: it cannot be said.
Holds = Callable[[Table, Column, Sequence[str]], "frozenset[str] | None"]


@dataclass(frozen=True, order=True)
class Leak:
    """Raw values of the masked column `of` were found: so many different ones (`values`), so often in all (`count`).

    `place` is the database or the file. `table` and `column` say where, or for what is no table's data `at`.
    """

    place: str
    table: str | None
    column: str | None
    at: str | None
    of: str
    count: int
    values: int

    @property
    def where(self) -> str:
        return f"{self.place}: {self.at}" if self.table is None else f"{self.place}: {self.table}.{self.column}"


def refuse(leaks: Sequence[Leak]) -> None:
    """Raise Refused when there are any: with tables and columns, never with a value."""
    if not leaks:
        return
    lines = [f"{leak.where} holds {_counted(leak.values, leak.count)} of {leak.of}" for leak in leaks[:50]]
    more = [f"and {len(leaks) - 50} others"] if len(leaks) > 50 else []
    columns = sorted({leak.of for leak in leaks})
    raise Refused(
        f"raw values of {', '.join(columns)} were found:\n  " + "\n  ".join([*lines, *more]),
        hint="mask what holds them, or take it out of the sample",
    )


@dataclass(frozen=True)
class Verdict:
    leaks: tuple[Leak, ...]
    notes: tuple[str, ...]


class Judging:
    """Knows what the source's columns are, and which of them are masked.

    `roots` name the table of which a partition is part; `holds` asks the source.
    """

    def __init__(
        self,
        needles: Needles,
        automaton: Automaton,
        source: Source,
        masked: Mapping[tuple[Name, str], Mask],
        *,
        roots: Mapping[str, Name],
        holds: Holds,
    ) -> None:
        self._needles = needles
        self._automaton = automaton
        self._masked = masked
        self._tables = {str(table.name): table for table in source.tables}
        self._by_name = {table.name: table for table in source.tables}
        self._source = source
        self._roots = roots
        self._holds = holds
        self._held: dict[tuple[Name, str], dict[int, bool | None]] = {}
        self._public: set[int] = set()

    def judge(self, found: Iterable[Found]) -> Verdict:
        """All places together: the source is asked once for each of its columns."""
        places = list(found)
        self._ask(places)
        leaks: list[Leak] = []
        notes: dict[str, None] = {}
        for place in places:
            for where, hits in place.hits.items():
                by_column: dict[int, list[int]] = {}
                for value in hits:
                    for number in self._needles.values[value].columns:
                        by_column.setdefault(number, []).append(value)
                for number, values in by_column.items():
                    excuse, excused = self._excuse(place, where, number, values)
                    left = [value for value in values if value not in excused]
                    if excused and excuse is not None:
                        count = sum(hits[value].count for value in excused)
                        named = self._named(place, where)
                        counted = _counted(len(excused), count)
                        # Of a database and its files it is told once.
                        told = named.where if named.table is None else f"{named.table}.{named.column}"
                        notes[f"{told} holds {counted} of {self._needles.columns[number]}: {excuse}"] = None
                    if left:
                        count = sum(hits[value].count for value in left)
                        leaks.append(self._named(place, where, number, count, len(left)))
        return Verdict(tuple(sorted(leaks, key=_order)), tuple(sorted(notes)))

    def _excuse(
        self, place: Found, where: Where, number: int, values: Sequence[int]
    ) -> tuple[str | None, frozenset[int]]:
        """Why some of the values are no leak there, and which."""
        if where.table is None:
            return None, frozenset()
        masked = self._needles.columns[number]
        all_values = self._needles.of_column(number)
        rows = place.rows.get(where.table, 0)
        if len(values) <= chance.allowed(all_values, self._masks_in(where, masked), rows):
            return "as many as masks may put out by chance", frozenset(values)
        kept = self._kept(where)
        is_view = self._table(where.table) is None
        common = frozenset(value for value in values if (kept or is_view) and self._is_common(value, masked))
        if kept is None:
            return "other things are called by these words, too", common
        held = frozenset(
            value for value in values if self._is_whole(place, where, value) and self._held_there(kept, value)
        )
        if chance.IDENTIFYING & {mask.kind for mask in masked.masks} and len(held) > chance.few(all_values):
            # Kept or not: such a column is a copy of the masked one.
            return None, frozenset()
        if common - held:
            return "the column is kept, and other things are called by these words, too", common | held
        return "the column is kept, and holds the very values at the source", held

    def _is_common(self, value: int, masked: Masked) -> bool:
        """Whether it may well mean something else in a column that is kept.

        A single word may; and what some column that is kept holds at the source, all by itself.
        """
        if chance.IDENTIFYING & {mask.kind for mask in masked.masks}:
            return False
        return self._needles.values[value].text.replace("-", "").isalpha() or value in self._public

    def _masks_in(self, where: Where, masked: Masked) -> tuple[Mask, ...]:
        """The masks that may have put out what stands there."""
        table = self._table(where.table)
        column = None if table is None else table.column.get(where.column or "")
        if table is None or column is None or column.is_generated:
            # A view, or a column computed from others: of masked ones, it may be.
            return masked.masks
        mask = self._masked.get((table.name, column.name))
        return () if mask is None else tuple(mask.walk())

    def _kept(self, where: Where) -> tuple[Table, Column] | None:
        """The column of the source that stands there, when it is not masked."""
        table = self._table(where.table)
        column = None if table is None else table.column.get(where.column or "")
        if table is None or column is None or (table.name, column.name) in self._masked:
            return None
        return table, column

    def _table(self, name: str | None) -> Table | None:
        if name is None:
            return None
        if name in self._roots:
            return self._by_name.get(self._roots[name])
        table = self._tables.get(name)
        return None if table is None else self._source.root(table)

    def _is_whole(self, place: Found, where: Where, value: int) -> bool:
        times = place.hits[where][value]
        return times.whole == times.count

    def _held_there(self, kept: tuple[Table, Column], value: int) -> bool:
        table, column = kept
        return self._held.get((table.name, column.name), {}).get(value) is True

    def _ask(self, places: Sequence[Found]) -> None:
        wanted: dict[tuple[Name, str], set[int]] = {}
        for place in places:
            for where, hits in place.hits.items():
                kept = self._kept(where)
                if kept is not None:
                    whole = {value for value in hits if self._is_whole(place, where, value)}
                    wanted.setdefault((kept[0].name, kept[1].name), set()).update(whole)
        for (name, column), values in wanted.items():
            if not values:
                continue
            table = self._by_name[name]
            texts = {value: self._needles.values[value].text for value in sorted(values)}
            held = self._holds(table, table.column[column], list(texts.values()))
            self._held[name, column] = {value: None if held is None else text in held for value, text in texts.items()}
            self._public |= {value for value, is_held in self._held[name, column].items() if is_held}

    def _named(self, place: Found, where: Where, number: int | None = None, count: int = 0, values: int = 0) -> Leak:
        of = "" if number is None else str(self._needles.columns[number])
        line = place.lines.get(where)
        at = where.at if line is None else f"line {line}" if where.at is None else f"{where.at} (line {line})"
        if where.at is not None and self._shows_a_value(where.at):
            at = "an object that is called by such a value" + ("" if line is None else f" (line {line})")
        table, column = where.table, where.column
        if table is not None and self._shows_a_value(f"{table} {column}"):
            table, column = "a table", "or column that is called by such a value"
        return Leak(place.place, table, column, at, of, count, values)

    def _shows_a_value(self, text: str) -> bool:
        return bool(self._automaton.find(text.encode("utf-8", "surrogatepass").lower()))


def _order(leak: Leak) -> tuple[str, ...]:
    return (leak.place, leak.table or "", leak.column or "", leak.at or "", leak.of)


def _counted(values: int, count: int) -> str:
    noun = "value" if values == 1 else "values"
    return f"{values:,} {noun}" if count == values else f"{values:,} {noun} ({count:,} times)"
