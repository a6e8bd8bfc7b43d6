"""Make Flyway's table right again, and mark where a database begins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from devdb.errors import Refused
from devdb.migrations.history import BASELINE_DESCRIPTION, SYNTHETIC, History, Row, abbreviated
from devdb.migrations.info import Info, Resolved, State, infos
from devdb.migrations.naming import Version
from devdb.migrations.validate import is_ignored

_GONE = (State.MISSING, State.MISSING_FAILED, State.FUTURE, State.FUTURE_FAILED)


@dataclass(frozen=True)
class Repair:
    """What there is to do: rows to remove, to mark as deleted, to align with their file; and the SQL of it."""

    removed: tuple[Row, ...]
    deleted: tuple[Row, ...]
    aligned: tuple[Row, ...]
    sql: str

    def __bool__(self) -> bool:
        return bool(self.sql)


def repair(history: History, resolved: Sequence[Resolved], patterns: Collection[str]) -> Repair:
    """What repair would do, as Flyway does: of `patterns` only those of missing and future migrations count."""
    rows = history.rows()
    failed = [row for row in rows if not row.success]
    every = infos(resolved, [row for row in rows if row.success], out_of_order=True)
    deleted = [
        each.row
        for each in every
        if each.row is not None
        and each.state in _GONE
        and each.row.type not in SYNTHETIC
        and not each.row.is_undo
        and not is_ignored(each, patterns)
    ]
    aligned = [each for each in every if _is_aligned(each)]
    statements = [history.removal_of_failed()] if failed else []
    for row in deleted:
        statements.append(
            history.addition(
                version=row.version,
                description=row.description,
                type="DELETE",
                script=row.script,
                checksum=row.checksum,
            )
        )
    for each in aligned:
        assert each.row is not None
        assert each.resolved is not None
        name = each.resolved.file.name
        statements.append(
            history.alignment(
                each.row, description=name.description, type=each.resolved.type, checksum=each.resolved.checksum
            )
        )
    sql = f"BEGIN;\n{''.join(statements)}COMMIT;\n" if statements else ""
    return Repair(tuple(failed), tuple(deleted), tuple(each.row for each in aligned if each.row is not None), sql)


def _is_aligned(info: Info) -> bool:
    """Whether the row is not what the file says, and is to be. What is repeatable is applied again instead."""
    row, resolved = info.row, info.resolved
    if row is None or resolved is None or row.type in SYNTHETIC or info.state in (State.UNDONE, State.DELETED):
        return False
    if row.version is None:
        return row.checksum != resolved.checksum and resolved.matches(row.checksum) and info.state == State.SUCCESS
    said = (resolved.checksum, abbreviated(resolved.file.name.description), resolved.type)
    return (row.checksum, row.description, row.type) != said


def baseline(history: History, version: Version, description: str = BASELINE_DESCRIPTION) -> str:
    """The SQL that marks the database as being of `version`; empty when it is marked so already.

    Raises Refused for a table that has migrations, or another mark.
    """
    if not history.exists:
        return f"BEGIN;\n{history.creation()}{_marker(history, version, description)}COMMIT;\n"
    rows = history.rows()
    marks = [row for row in rows[:2] if row.is_baseline]
    for row in marks:
        if row.version == version and row.description == abbreviated(description):
            return ""
        raise Refused(f"{history}: there is a baseline of version {row.version} ({row.description}) already")
    if any(row.type not in SYNTHETIC for row in rows):
        raise Refused(f"{history}: migrations have been applied, so this is not where the database begins")
    if rows and version == Version("0"):
        raise Refused(f"{history}: version 0 stands for the creation of the schema")
    hint = "drop the table, if no migration has been applied, and mark it then"
    raise Refused(f"{history} is there already" + ("" if rows else ", and empty"), hint=hint)


def _marker(history: History, version: Version, description: str) -> str:
    return history.addition(
        version=version, description=description, type="BASELINE", script=description, checksum=None
    )
