"""How long rows take: from what the last run measured, else from a short read at the source."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from devdb.catalog.model import Name, Source
from devdb.planning.statistics import Statistics
from devdb.server.connection import Connection, raise_if_lost

# A rate from fewer rows says more about the clock.
_ENOUGH_ROWS = 1_000
_READ_BYTES = 8_000_000


@dataclass(frozen=True)
class Speed:
    """`measured` says in words where it is from. `fixed_s` is what a run takes whatever its rows.

    `by_table` has rows a second of single tables; `rows_per_s` holds for the others or, when None, `bytes_per_s`.
    """

    measured: str
    fixed_s: float
    by_table: Mapping[str, float]
    rows_per_s: float | None
    bytes_per_s: float | None

    def seconds(self, table: Name, rows: float, size: float) -> float:
        """What so many rows of the table, of so many bytes, are expected to take."""
        rate = self.by_table.get(str(table), self.rows_per_s)
        if rate:
            return rows / rate
        return size / self.bytes_per_s if self.bytes_per_s else 0.0


def speed(connection: Connection, source: Source, statistics: Statistics, last_run: Path) -> Speed:
    """What is known of the speed; `last_run` is where run.json would be."""
    found = _of_run(last_run, source.database.name)
    return found or _of_read(connection, source, statistics)


def _of_run(path: Path, source: str) -> Speed | None:
    try:
        run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tables = [table for table in run["tables"] if table["rows"] and table["seconds"] > 0]
        rows, seconds = sum(table["rows"] for table in tables), sum(table["seconds"] for table in tables)
        if run["source"] != source or rows < _ENOUGH_ROWS:
            return None
        by_table = {
            str(table["table"]): table["rows"] / table["seconds"] for table in tables if table["rows"] >= _ENOUGH_ROWS
        }
        return Speed(
            measured=f"the run of {run['started']} ({path})",
            fixed_s=max(0.0, float(run["seconds"]) - seconds),
            by_table=by_table,
            rows_per_s=rows / seconds,
            bytes_per_s=None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        # There is none, or it is not ours.
        return None


def _of_read(connection: Connection, source: Source, statistics: Statistics) -> Speed:
    """Read the largest table for a moment."""
    tables = sorted(source.filled_tables, key=lambda table: statistics.of(table).bytes)
    nothing = Speed("nothing to measure", 0.0, {}, None, None)
    if not tables:
        return nothing
    table = tables[-1]
    rows = 0
    started = time.monotonic()
    try:
        with connection.transaction(), connection.cursor() as cursor:
            most = max(_ENOUGH_ROWS, round(_READ_BYTES / statistics.of(table).row_bytes))
            with cursor.copy(f"COPY (SELECT * FROM {table.only} LIMIT {most}) TO STDOUT".encode()) as copy:
                for block in copy:
                    rows += bytes(block).count(b"\n")
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
    seconds = time.monotonic() - started
    if not rows or not seconds:
        return nothing
    return Speed(
        measured=f"reading {rows:,} rows of {table.name} in {seconds:.2f} s (loading and indexes not counted)",
        fixed_s=0.0,
        by_table={},
        rows_per_s=None,
        bytes_per_s=rows * statistics.of(table).row_bytes / seconds,
    )
