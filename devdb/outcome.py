"""What came of a load, as the result tells it: rows by table, masks by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from devdb.catalog import source as catalog
from devdb.catalog.model import Name
from devdb.loading.load import Loaded
from devdb.preflight import Ground, Run
from devdb.report import ColumnMask, TableRows
from devdb.sampling.proportions import deviations, estimated_rows
from devdb.server.connection import Connection


def taken(ground: Ground, connection: Connection, copied: Mapping[Name, Loaded]) -> list[TableRows]:
    """What each filled table got: what the load's session at `connection` noted, and what was `copied` besides."""
    noted = {row.table_name: row for row in catalog.ask(connection, ground.templates, "catalog/taken.sql")}
    rule_of = {take.table.name: str(take.rule) for take in ground.plan["takes"]}
    return [
        TableRows(
            table=str(table.name),
            rule=rule_of.get(table.name, "none"),
            source_rows=table.row_estimate,
            by_rule=(row.by_rule if row else 0) + came.by_rule,
            by_key=(row.by_key if row else 0) + came.by_key,
            by_child=(row.by_child if row else 0) + came.by_child,
            dropped=row.dropped if row else 0,
            seconds=round((row.seconds if row else 0.0) + came.seconds, 3),
        )
        for table in ground.source.filled_tables
        for row, came in [(noted.get(table.name.sql), copied.get(table.name, Loaded()))]
    ]


def masking(ground: Ground, tables: Sequence[TableRows]) -> list[ColumnMask] | None:
    """What was decided of each column that was taken; None when the settings say nothing of masks."""
    masks = ground.masks
    if masks is None:
        return None
    came = {rows.table: rows.rows for rows in tables}
    return [
        ColumnMask(
            table=str(table.name),
            column=column.name,
            type=column.type,
            classified=decision.classified,
            class_from=decision.class_from,
            kind=None if decision.mask is None else str(decision.mask),
            mask_from=decision.mask_from,
            rows=came.get(str(table.name), 0),
        )
        for table in ground.source.filled_tables
        if table.name in ground.choice.paths
        for column in table.columns
        if not column.is_generated
        for decision in [masks.decisions.of(table.name, column.name)]
    ]


def tell_deviations(run: Run, ground: Ground, tables: Sequence[TableRows]) -> None:
    """Tell of the tables whose share of rows is not the one that was asked for."""
    percent = run.settings.sampling.percent
    if percent is None:
        return
    filled = ground.source.filled_tables
    rows = {table.name: came.rows for table, came in zip(filled, tables, strict=True)}
    there = {table.name: estimated_rows(ground.source, table) for table in filled}
    for told in deviations(ground.choice, percent, rows, there):
        run.reporter.note(told)
