"""The check at the end of a run: what is about to be handed out holds no raw value, or the run fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from devdb.leakcheck.check import check
from devdb.leakcheck.verdict import refuse
from devdb.preflight import Ground, Run
from devdb.server.connection import Connection


def prove(run: Run, ground: Ground, connection: Connection, files: Sequence[Path]) -> None:
    """Search the new database at `connection`, and the files, for raw values of what was masked.

    Nothing is searched when nothing was masked, or the settings say not to. Raises Refused when some are found.
    """
    settings = run.settings
    if ground.masks is None or not ground.masks.masked or not settings.leakcheck.enabled or run.dry_run:
        return
    from devdb.masking.kinds.lists import known_values

    report = check(
        ground.source_connection,
        connection,
        files,
        [(one.decision.table, one.decision.column, one.mask) for one in ground.masks.masked.values()],
        catalog=ground.source,
        templates=ground.templates,
        report=run.reporter,
        values=settings.leakcheck.values,
        min_length=settings.leakcheck.min_length,
        known=lambda mask: known_values(mask, settings.masking.locale),
    )
    for note in report.notes:
        run.reporter.note(f"leakcheck: {note}")
    for what, why in sorted({**report.skipped, **report.told}.items()):
        run.reporter.detail(f"{what}: {why}", level=1)
    refuse(report.leaks)
    run.reporter.detail(report.summary, level=1)
