"""A plan: what a run would take, as values, and as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from devdb.catalog.model import Name

# Of the JSON document; another number means that fields changed their meaning or are gone.
FORMAT = 1


@dataclass(frozen=True)
class PlannedTable:
    """What a run takes of one table.

    `rule` as the settings write it, `place` where (file:line, or None). `why` tells the way to the table, `way` the
    keys on it by their text in `PlannedKey.key`, from `origin`, the table whose rule it begins with; all three are None
    or empty where no row comes. `rows` are `by_rule`, `by_key` (parents) and `by_child` together. `bytes` are those of
    the table, without indexes. `is_exact`: counted, not estimated. `is_guess`: the planner's statistics alone say so.
    """

    table: str
    rule: str
    place: str | None
    origin: str | None
    why: str | None
    way: Sequence[str]
    source_rows: int
    source_bytes: int
    rows: int
    bytes: int
    by_rule: int
    by_key: int
    by_child: int
    seconds: float
    is_exact: bool
    is_guess: bool


@dataclass(frozen=True)
class Cap:
    """A `max` that bites: `parents` of those looked at have more children. `average` and `largest` are the source's
    children of one parent, `largest` None where the statistics do not tell.
    """

    max: int
    average: float
    largest: int | None
    parents: float


@dataclass(frozen=True)
class PlannedKey:
    """One key. `key` names it as the settings would. `fetched` parents and `followed` children come over it.

    `follow` as the settings write it, None for no children. `is_cut`: its parents are not fetched; the columns `nulled`
    become NULL in about `nulled_rows` rows.
    """

    key: str
    name: str
    child: str
    columns: Sequence[str]
    parent: str
    parent_columns: Sequence[str]
    is_virtual: bool
    is_cut: bool
    nulled: Sequence[str]
    nulled_rows: int
    follow: str | None
    fetched: int
    followed: int
    cap: Cap | None


@dataclass(frozen=True)
class UnsentPart:
    """See devdb.planning.sending.Unsent."""

    table: str
    clause: str
    reason: str
    remote_sql: str | None


@dataclass(frozen=True)
class Index:
    """An index that the source lacks: all `rows` of `table` are read for each fetch by `key`.

    `create` is the statement that would help, None when no index can.
    """

    key: str
    table: str
    rows: int
    create: str | None


@dataclass(frozen=True)
class Plan:
    """What a run would do. `seconds` with what it takes whatever its rows; `measured` says where they are from.

    `is_linked`: the parts in `unsent` are PostgreSQL's own word, from a linked dev database.
    """

    source: str
    target: str
    made: str
    is_exact: bool
    reader: str
    is_linked: bool
    measured: str
    seconds: float
    tables: Sequence[PlannedTable]
    keys: Sequence[PlannedKey]
    unsent: Sequence[UnsentPart]
    missing_indexes: Sequence[Index]
    notes: Sequence[str]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        return sum(table.bytes for table in self.tables)

    @cached_property
    def table(self) -> Mapping[str, PlannedTable]:
        return {table.table: table for table in self.tables}

    @property
    def values(self) -> dict[str, Any]:
        """The document that --format json prints."""
        return {"format": FORMAT, "rows": self.rows, "bytes": self.bytes, **asdict(self)}

    def as_json(self) -> str:
        return json.dumps(self.values, indent=2, ensure_ascii=False) + "\n"

    def counted(self, counts: Mapping[Name, tuple[int, int]]) -> Plan:
        """The same plan with exact rows and bytes. What is told of keys stays an estimate."""
        exact = {str(name): count for name, count in counts.items()}
        tables = []
        for table in self.tables:
            rows, size = exact.get(table.table, (0, 0))
            by_rule = min(table.by_rule, rows)
            rest, expected = rows - by_rule, table.by_key + table.by_child
            by_child = round(rest * table.by_child / expected) if expected else 0
            tables.append(
                dataclasses.replace(
                    table,
                    rows=rows,
                    bytes=size,
                    by_rule=by_rule,
                    by_key=rest - by_child,
                    by_child=by_child,
                    seconds=round(table.seconds * rows / table.rows, 3) if table.rows else 0.0,
                    is_exact=True,
                    is_guess=False,
                )
            )
        fixed_s = self.seconds - sum(table.seconds for table in self.tables)
        seconds = round(fixed_s + sum(table.seconds for table in tables), 3)
        return dataclasses.replace(self, tables=tables, seconds=seconds, is_exact=True)
