"""What must be true of tables after a run, or the run is undone."""

from __future__ import annotations

from dataclasses import dataclass

from devdb.errors import CheckFailed, DevdbError, ScriptFailed, SettingsError
from devdb.settings import Settings
from devdb.settings.patterns import parse_one_table
from devdb.settings.replicate import Mode

# What sql/replicating/after.sql ends with.
_FAILED = "DVG01"
_NO_SUCH_TABLE = ("42P01", "3F000")


@dataclass(frozen=True)
class Gated:
    """A table with a gate, by its names and as the settings write it. None: not looked at."""

    shown: str
    schema: str
    table: str
    min_rows: int | None
    max_rows: int | None
    max_change_percent: float | None


def gates(settings: Settings, mode: Mode, *, accept_change: bool) -> list[Gated]:
    """The gates that a run in this mode has to pass; with `accept_change` none of them is about the rows before."""
    found = []
    for shown, gate in settings.expect.items():
        schema, table = parse_one_table(shown)
        max_change_percent = None if accept_change else gate.max_change_percent
        limits = (gate.min_rows, gate.max_rows, max_change_percent)
        if mode in gate.modes and limits != (None, None, None):
            found.append(Gated(shown, schema, table, *limits))
    return found


def explained(exc: ScriptFailed, settings: Settings) -> DevdbError | None:
    """What a failure at a gate means; None for another failure."""
    if exc.sqlstate == _FAILED:
        return CheckFailed(
            f"all of the run was rolled back:\n{exc.reason}",
            hint="see to the source, or to expect in the settings; --accept-change lets a large change pass this once",
        )
    if exc.sqlstate in _NO_SUCH_TABLE and str(exc.path).endswith("before.sql"):
        return SettingsError(f"expect: {exc.reason}", path=settings.path)
    return None
