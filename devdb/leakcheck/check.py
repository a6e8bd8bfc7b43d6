"""The whole check: draw needles from the source, search the dev database and the files, say what was found."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from devdb.catalog.model import Column, Source, Table
from devdb.leakcheck import database, drawing
from devdb.leakcheck.database import unsaid
from devdb.leakcheck.dumps import search_file
from devdb.leakcheck.telling import Known
from devdb.leakcheck.verdict import Judging, Leak
from devdb.progress import Reporter
from devdb.server.connection import Connection, raise_if_lost
from devdb.settings.mask import Mask
from devdb.sqltext.templates import Templates

# Whether a kept column holds a value: a source that cannot say so soon has no index that helps.
_PATIENCE = "30s"
_CANCELLED = "57014"


@dataclass(frozen=True)
class Report:
    """What came of it. `columns` were searched for by so many `values`; `rows` and `bytes` were searched in `places`.

    `skipped` says of masked columns, and of tables and files, why they were not; `told` what was left out of others.
    """

    leaks: tuple[Leak, ...]
    notes: tuple[str, ...]
    columns: int
    values: int
    places: tuple[str, ...]
    rows: int
    bytes: int
    seconds: float
    skipped: Mapping[str, str]
    told: Mapping[str, str]

    @property
    def summary(self) -> str:
        """One line."""
        found = f"{len(self.leaks)} leaks" if self.leaks else "no leak"
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return (
            f"leakcheck: {found}: {self.values:,} values of {self.columns} columns, searched for in {self.rows:,} rows,"
            f" {self.bytes / 1e6:,.1f} MB of {', '.join(self.places)}, {self.seconds:.1f} s{skipped}"
        )


def check(
    source: Connection,
    connection: Connection,
    files: Sequence[Path],
    columns: Sequence[tuple[Table, Column, Mask]],
    *,
    catalog: Source,
    templates: Templates,
    report: Reporter,
    values: int = 1000,
    min_length: int = 8,
    known: Known = drawing.nothing_known,
) -> Report:
    """Search the dev database at `connection`, and the files, for raw values of the masked `columns`.

    `catalog` is what the source contains. `known` tells the values that a mask draws from: raw ones that it may put out
    anyway are not searched for. Both connections may be in a transaction, which is left as it was; the source is only
    asked. Nothing that is raised, told or returned holds a value. Raises DevdbError for what cannot be read.
    """
    start_s = time.monotonic()
    report.step("drawing raw values from the source")
    needles = drawing.draw(
        source, connection, templates, catalog, columns, values=values, min_length=min_length, known=known
    )
    there = database.relations(connection, templates)
    skipped = dict(needles.skipped)
    skipped |= {str(relation.name): "may not be read" for relation in there if not relation.may_read}
    if not needles:
        return Report((), (), 0, 0, (), 0, 0, time.monotonic() - start_s, skipped, needles.told)
    automaton = needles.automaton(in_octets=any(relation.has_octets for relation in there))
    found = [database.search_database(connection, templates, automaton, there, report)]
    for path in files:
        report.step(f"searching {path.name}")
        found.append(search_file(path, automaton))
    judging = Judging(
        needles,
        automaton,
        catalog,
        {(table.name, column.name): mask for table, column, mask in columns},
        roots=database.roots(there),
        holds=lambda table, column, texts: _held(source, templates, table, column, texts),
    )
    verdict = judging.judge(found)
    return Report(
        leaks=verdict.leaks,
        notes=verdict.notes,
        columns=len(needles.columns),
        values=len(needles.values),
        places=tuple(place.place for place in found),
        rows=sum(sum(place.rows.values()) for place in found),
        bytes=sum(place.bytes for place in found),
        seconds=time.monotonic() - start_s,
        skipped=skipped,
        told=needles.told,
    )


def _held(
    source: Connection, templates: Templates, table: Table, column: Column, texts: Sequence[str]
) -> frozenset[str] | None:
    """Which of the texts the column holds at the source; None when it takes too long to say."""
    script = templates.render(
        "leakcheck/holds.sql",
        table=table,
        column=column.name,
        type=column.base_type if column.base_type in ("text", "character varying") else None,
    )
    assert script.text is not None
    try:
        with source.transaction(force_rollback=True):
            source.execute(f"SET LOCAL statement_timeout = '{_PATIENCE}'")
            with psycopg.RawCursor(source) as cursor:
                rows = cursor.execute(script.text.encode(), [list(texts)]).fetchall()
    except psycopg.Error as exc:
        raise_if_lost(source, exc)
        if exc.sqlstate == _CANCELLED:
            return None
        raise unsaid(exc, path=f"{table.name}.{column.name}") from None
    return frozenset(str(text) for (text,) in rows)
