"""One type for all columns that foreign keys join: PostgreSQL compares like with like, other sources are lenient."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from devdb.dictionary.dialect import Becomes
from devdb.dictionary.local import LocalTable, Notes
from devdb.dictionary.model import RemoteForeignKey
from devdb.dictionary.sql_types import SqlType, becoming, parsed, widest

Table = tuple[str, str]
Spot = tuple[Table, str]


def unified(tables: Sequence[LocalTable], notes: Notes) -> tuple[LocalTable, ...]:
    """The tables with the types that their foreign keys need.

    Columns whose types have nothing in common are left as they are, and so are those of texts that compare anyway.
    """
    by_identity = {table.identity: table for table in tables}
    groups = _Groups()
    doubtful: set[Spot] = set()
    for table in tables:
        for key in table.remote.foreign_keys:
            pairs = list(joined(table, key, by_identity))
            doubtful |= set() if key.is_validated else {child for child, _ in pairs}
            if all(_type(by_identity, child).family == _type(by_identity, parent).family for child, parent in pairs):
                for child, parent in pairs:
                    groups.join(child, parent)
    changes: dict[Spot, Becomes] = {}
    for spots in groups.all():
        # What refers to a column that the source counts up holds no other numbers, whatever it might hold.
        counted = doubtful.isdisjoint(spots) and any(_is_counted(by_identity[table], name) for table, name in spots)
        base = widest({_type(by_identity, spot) for spot in spots}, counted=counted)
        for spot in spots:
            before = _type(by_identity, spot)
            # A text without a limit among those with one holds what they hold.
            if base is not None and before.base != base and not (base == "varchar" and before.base == "text"):
                changes[spot] = _widened(by_identity[spot[0]].fetched[spot[1]].becomes, before, base)
    return tuple(_changed(table, changes, notes) for table in tables)


def joined(table: LocalTable, key: RemoteForeignKey, tables: Mapping[Table, LocalTable]) -> Iterator[tuple[Spot, Spot]]:
    """The pairs of columns that a foreign key compares; none when a table or a column of it is not taken."""
    parent = tables.get(key.parent)
    pairs = list(zip(key.columns, key.parent_columns, strict=False))
    if parent is None or len(key.columns) != len(key.parent_columns):
        return
    if all(mine in table.fetched and theirs in parent.fetched for mine, theirs in pairs):
        for mine, theirs in pairs:
            yield (table.identity, mine), (parent.identity, theirs)


def _is_counted(table: LocalTable, name: str) -> bool:
    column = table.fetched[name]
    return bool(column.remote.identity) and parsed(column.becomes.type).is_integer


def _type(tables: Mapping[Table, LocalTable], spot: Spot) -> SqlType:
    return parsed(tables[spot[0]].fetched[spot[1]].becomes.type)


def _widened(becomes: Becomes, before: SqlType, base: str) -> Becomes:
    """The same column as another type of its family.

    A wrapper reads any number as any wider number. What it reads as a type of its own is cast afterwards, and so is
    what the type itself changes: a char loses its blanks in a cast, an uuid is no text of octets.
    """
    spelled = becoming(before, base)
    if before.base == "bool" and parsed(becomes.foreign_type or becomes.type).is_number:
        # The number itself is what comes.
        return replace(becomes, type=spelled, read=f"{{}}::{spelled}")
    is_read_as = becomes.read is not None or becomes.foreign_type is not None
    if not is_read_as and before.base not in ("bpchar", "uuid"):
        return replace(becomes, type=spelled)
    value = becomes.read or "{}"
    if before.base == "uuid":
        read = f"pg_catalog.uuid_send({value})"
    elif before.base == "bool":
        read = f"({value})::integer::{spelled}"
    else:
        read = f"({value})::{spelled}"
    return replace(becomes, type=spelled, foreign_type=becomes.foreign_type or becomes.type, read=read)


def _changed(table: LocalTable, changes: Mapping[Spot, Becomes], notes: Notes) -> LocalTable:
    columns = []
    for column in table.columns:
        becomes = changes.get((table.identity, column.remote.name))
        if becomes is not None:
            notes.add(
                "Columns of another type, so that keys join columns of one",
                f"{table.name}.{column.name} ({becomes.type} for {column.becomes.type})",
            )
        columns.append(column if becomes is None else replace(column, becomes=becomes))
    return replace(table, columns=tuple(columns))


class _Groups:
    """Sets that grow together: union-find."""

    def __init__(self) -> None:
        self._above: dict[Spot, Spot] = {}

    def join(self, one: Spot, other: Spot) -> None:
        self._above[self._top(one)] = self._top(other)

    def all(self) -> Collection[list[Spot]]:
        found: dict[Spot, list[Spot]] = {}
        for spot in self._above:
            found.setdefault(self._top(spot), []).append(spot)
        return found.values()

    def _top(self, spot: Spot) -> Spot:
        above = self._above.setdefault(spot, spot)
        while above != spot:
            self._above[spot] = self._above[above]
            spot, above = above, self._above[above]
        return spot
