"""What the source's planner knows of its tables and keys: rows, bytes, how many children a parent has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, cast

from devdb.catalog import source as catalog
from devdb.catalog.model import ForeignKey, Source, Table
from devdb.sampling import references
from devdb.server.connection import Connection
from devdb.sqltext.templates import Templates

# What a table that was never analyzed is taken for, when PostgreSQL itself has nothing better.
_UNKNOWN_WIDTH = 100


@dataclass(frozen=True)
class ColumnStatistics:
    """As in pg_stats, `distinct_values` absolute; shares between 0 and 1, the largest that of the commonest value."""

    null_share: float
    width: int
    distinct_values: float
    largest_share: float


@dataclass(frozen=True)
class TableStatistics:
    """`rows` is an estimate, `bytes` what heap and TOAST take, of a partitioned table those of its partitions."""

    rows: int
    bytes: int
    pages: int
    was_analyzed: bool
    columns: Mapping[str, ColumnStatistics]

    @property
    def row_bytes(self) -> float:
        """What one row takes in a table."""
        if self.rows and self.bytes:
            return self.bytes / self.rows
        return sum(column.width for column in self.columns.values()) or _UNKNOWN_WIDTH


@dataclass(frozen=True)
class KeyStatistics:
    """One key over all rows of the source.

    `references` are child rows that refer to anything, `parents` the different rows they refer to, `average` and
    `largest` the children of one such parent; `largest` is None where nobody knows.
    """

    references: float
    parents: float
    largest: float | None

    @property
    def average(self) -> float:
        return self.references / self.parents if self.parents else 0.0


class Statistics:
    """The statistics of a source's filled tables, by OID."""

    def __init__(self, tables: Mapping[int, TableStatistics]) -> None:
        self._tables = tables

    def of(self, table: Table) -> TableStatistics:
        return self._tables[table.oid]

    def key(self, key: ForeignKey, child: Table, parent: Table) -> KeyStatistics:
        """Those of `key`, whose child and parent are (partitions of) these tables."""
        children, parents = self.of(child), self.of(parent)
        columns = [children.columns[name] for name in key.child_columns if name in children.columns]
        if not references.is_plain(key):
            # Of expressions nothing is known: as if each parent had its share.
            return KeyStatistics(children.rows, max(1, min(parents.rows, children.rows)), None)
        referring = children.rows * (1 - max((column.null_share for column in columns), default=0.0))
        different = prod(max(1.0, column.distinct_values) for column in columns) if columns else referring
        referred = max(1.0, min(different, parents.rows, referring))
        largest = max((column.largest_share for column in columns), default=0.0) * children.rows
        known = len(columns) == len(key.child_columns) == 1
        return KeyStatistics(referring, referred, max(largest, referring / referred) if known else None)


def read(connection: Connection, templates: Templates, source: Source) -> Statistics:
    """The statistics of `source`, in a fixed number of questions and one for each table that was never analyzed."""
    sizes = {row.oid: row for row in catalog.ask(connection, templates, "planning/tables.sql", schemas=source.schemas)}
    rows_of: dict[int, float | None] = {oid: size.row_estimate for oid, size in sizes.items()}
    columns: dict[int, dict[str, ColumnStatistics]] = {}
    for row in catalog.ask(connection, templates, "planning/columns.sql", schemas=source.schemas):
        # Negative: a share of the rows.
        rows = rows_of.get(row.table_oid) or 0
        absolute = row.distinct_values if row.distinct_values >= 0 else -row.distinct_values * rows
        columns.setdefault(row.table_oid, {})[row.name] = ColumnStatistics(
            row.null_share, row.width, absolute, row.largest_share or 0.0
        )
    found = {}
    for table in source.filled_tables:
        leaves = [leaf for leaf in source.tables if leaf.partition_root == table.oid and leaf.kind == "r"]
        parts = leaves or [table]
        known = [rows_of[part.oid] for part in parts]
        analyzed = None not in known
        rows = round(sum(count or 0 for count in known))
        if not analyzed:
            rows = planned_rows(connection, f"SELECT FROM {table.only}")
        found[table.oid] = TableStatistics(
            rows=rows,
            bytes=sum(sizes[part.oid].bytes for part in parts),
            pages=sum(sizes[part.oid].pages for part in parts),
            was_analyzed=analyzed,
            columns=columns.get(table.oid) or _joined([(part, columns.get(part.oid, {})) for part in leaves]),
        )
    return Statistics(found)


def planned_rows(connection: Connection, query: str) -> int:
    """How many rows the planner believes `query` to return."""
    return int(str(explained(connection, query)["Plan Rows"]))


def explained(connection: Connection, query: str, options: str = "") -> Mapping[str, Any]:
    """The topmost node of the plan of `query`. `options` of EXPLAIN end with a comma."""
    row = connection.execute(f"EXPLAIN ({options} FORMAT JSON) {query}".encode()).fetchone()
    assert row is not None
    (plan,) = cast("list[dict[str, Any]]", row[0])
    node: Mapping[str, Any] = plan["Plan"]
    return node


def _joined(parts: list[tuple[Table, Mapping[str, ColumnStatistics]]]) -> Mapping[str, ColumnStatistics]:
    """The statistics of a partitioned table from those of its partitions, weighted by their rows."""
    found = {}
    for name in {name for _, columns in parts for name in columns}:
        known = [(part.row_estimate or 0, columns[name]) for part, columns in parts if name in columns]
        total = sum(rows for rows, _ in known) or 1
        found[name] = ColumnStatistics(
            null_share=sum(rows * column.null_share for rows, column in known) / total,
            width=round(sum(rows * column.width for rows, column in known) / total),
            # As if all partitions held the same values.
            distinct_values=max((column.distinct_values for _, column in known), default=0.0),
            largest_share=sum(rows * column.largest_share for rows, column in known) / total,
        )
    return found
