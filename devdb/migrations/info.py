"""What became of each migration: the files and the rows of the table, side by side, in Flyway's states."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from devdb.errors import Refused, UsageError
from devdb.migrations.checksum import checksum
from devdb.migrations.folder import File, Folder
from devdb.migrations.history import SYNTHETIC, History, Row, abbreviated
from devdb.migrations.naming import Version
from devdb.migrations.placeholders import replace

_TYPES = {"V": "SQL", "R": "SQL", "B": "SQL_BASELINE", "U": "UNDO_SQL"}


class State(Enum):
    """What Flyway calls them. A migration that was applied is there in the table; a failed one as well."""

    PENDING = "Pending"
    SUCCESS = "Success"
    FAILED = "Failed"
    IGNORED = "Ignored"
    OUT_OF_ORDER = "Out of Order"
    ABOVE_TARGET = "Above Target"
    BASELINE = "Baseline"
    BELOW_BASELINE = "Below Baseline"
    BASELINE_IGNORED = "Ignored (Baseline)"
    MISSING = "Missing"
    MISSING_FAILED = "Failed (Missing)"
    FUTURE = "Future"
    FUTURE_FAILED = "Failed (Future)"
    OUTDATED = "Outdated"
    SUPERSEDED = "Superseded"
    DELETED = "Deleted"
    UNDONE = "Undone"
    AVAILABLE = "Available"

    @property
    def is_failed(self) -> bool:
        return self in (State.FAILED, State.MISSING_FAILED, State.FUTURE_FAILED)


@dataclass(frozen=True)
class Resolved:
    """A file, as the table would tell of it. `values` are for its placeholders; None leaves these as they stand.

    A row of what is repeatable that has the checksum of the text with its placeholders matches as well.
    """

    file: File
    type: str
    checksum: int
    raw_checksum: int
    values: Mapping[str, str] | None = field(repr=False, compare=False)

    @property
    def sql(self) -> str:
        """What is to be run. Raises ScriptFailed for a placeholder that has no value."""
        return self.file.text if self.values is None else replace(self.file.text, self.values, self.file.path)

    def matches(self, noted: int | None) -> bool:
        return noted == self.checksum or (self.file.name.version is None and noted == self.raw_checksum)


@dataclass(frozen=True)
class Info:
    """One migration: its row, its file, or both."""

    row: Row | None
    resolved: Resolved | None
    state: State

    @property
    def version(self) -> Version | None:
        if self.row is not None:
            return self.row.version
        return None if self.resolved is None else self.resolved.file.name.version

    @property
    def description(self) -> str:
        if self.row is not None:
            return self.row.description
        return "" if self.resolved is None else self.resolved.file.name.description

    @property
    def type(self) -> str:
        if self.row is not None:
            return self.row.type
        return "" if self.resolved is None else self.resolved.type

    @property
    def script(self) -> str:
        if self.row is not None:
            return self.row.script
        return "" if self.resolved is None else self.resolved.file.script

    @property
    def category(self) -> str:
        if self.type in SYNTHETIC and self.version is None:
            return ""
        if self.type.startswith("UNDO"):
            return "Undo"
        if self.type.endswith("_BASELINE"):
            return "Baseline"
        return "Repeatable" if self.version is None else "Versioned"

    def as_json(self) -> dict[str, Any]:
        """As Flyway's own JSON calls it, and what its table holds besides."""
        row = self.row
        return {
            "category": self.category,
            "version": "" if self.version is None else str(self.version),
            "description": self.description,
            "type": self.type,
            "state": self.state.value,
            "script": self.script,
            "filepath": "" if self.resolved is None else str(self.resolved.file.path),
            "checksum": row.checksum if row is not None else self.resolved.checksum if self.resolved else None,
            "installedRank": None if row is None else row.installed_rank,
            "installedOn": None if row is None else row.installed_on.isoformat(),
            "installedBy": "" if row is None else row.installed_by,
            "executionTime": 0 if row is None else row.execution_time,
        }


def resolve(folder: Folder, history: History, placeholders: Mapping[str, str] | None) -> list[Resolved]:
    """The files with what is to be known of them; `placeholders` None leaves these as they stand.

    Raises CheckFailed for what is wrong in the folder, ScriptFailed for a placeholder that has no value in a file that
    is repeatable: its checksum is that of what is run.
    """
    folder.check()
    session = history.session
    values = None
    if placeholders is not None:
        values = {
            **placeholders,
            "flyway:defaultSchema": session.schema,
            "flyway:user": session.user,
            "flyway:database": session.dbname,
            "flyway:table": history.table,
            "flyway:timestamp": time.strftime("%Y-%m-%d %H:%M:%S"),
            "flyway:workingDirectory": os.getcwd(),
            "flyway:environment": "default",
        }
    return [_resolved(file, values) for file in folder.files]


def _resolved(file: File, values: Mapping[str, str] | None) -> Resolved:
    if values is not None:
        values = {**values, "flyway:filename": file.path.name} if file.has_placeholders else None
    raw = checksum(file.text.encode())
    resolved = Resolved(file, _TYPES[file.name.prefix], raw, raw, values)
    if file.name.version is None:
        return dataclasses.replace(resolved, checksum=checksum(resolved.sql.encode()))
    return resolved


def target_version(
    text: str | None, resolved: Sequence[Resolved], rows: Sequence[Row], *, out_of_order: bool = False
) -> Version | None:
    """What --target means: a version, `latest` (None, as nothing said), `current` or `next`.

    A version that there is not is an error, unless a question mark follows it. Raises UsageError.
    """
    if text is None or text.lower() == "latest":
        return None
    every = infos(resolved, rows, out_of_order=out_of_order)
    if text.lower() == "next":
        pending = [each.version for each in every if each.state == State.PENDING and each.version is not None]
        return pending[0] if pending else None
    if text.lower() == "current":
        return current_version(every) or Version("0")
    try:
        wanted = Version(text.removesuffix("?"))
    except ValueError as exc:
        raise UsageError(f"--target: {exc}", hint="or current, next or latest") from None
    if not text.endswith("?") and not any(each.version == wanted for each in every):
        raise UsageError(f"--target: there is no migration of version {wanted}", hint=f"--target '{wanted}?' goes on")
    return wanted


def current_version(every: Sequence[Info]) -> Version | None:
    """The highest version that the database has."""
    gone = (State.DELETED, State.UNDONE)
    versions = [
        each.row.version for each in every if each.row is not None and each.state not in gone and not each.row.is_undo
    ]
    return max((version for version in versions if version is not None), default=None)


def infos(
    resolved: Sequence[Resolved], rows: Sequence[Row], *, target: Version | None = None, out_of_order: bool = False
) -> list[Info]:
    """What became of each migration, in the order in which Flyway tells: applied ones, then the others.

    `target` is the highest version that is wanted. Raises Refused for a table that contradicts itself.
    """
    return _Comparison(resolved, rows, target, out_of_order).infos()


class _Comparison:
    def __init__(
        self, resolved: Sequence[Resolved], rows: Sequence[Row], target: Version | None, out_of_order: bool
    ) -> None:
        self._target = target
        self._out_of_order = out_of_order
        self._versioned = {each.file.name.version: each for each in resolved if each.file.name.prefix == "V"}
        self._bases = {each.file.name.version: each for each in resolved if each.file.name.prefix == "B"}
        self._repeatable = {
            abbreviated(each.file.name.description): each for each in resolved if each.file.name.prefix == "R"
        }
        self._undoing = [each for each in resolved if each.file.name.prefix == "U"]
        self._rows = [row for row in rows if row.version is None or row.type != "DELETE"]
        self._gone = _gone(rows)
        self._last_resolved = max((v for v in (*self._versioned, *self._bases) if v is not None), default=None)
        self._last_applied: Version | None = None
        self._late: set[int] = set()
        self._baseline: Version | None = None
        for row in self._rows:
            if row.version is not None:
                self._note(row, row.version)
        self._latest = {
            row.description: row.installed_rank for row in rows if row.version is None and row.type != "DELETE"
        }
        below = [v for v in self._bases if v is not None and (target is None or v <= target)]
        self._pending_base = None if self._last_applied is not None else max(below, default=None)

    def infos(self) -> list[Info]:
        applied = [self._of_row(row) for row in self._rows]
        there = {
            (each.row.version, each.row.is_baseline)
            for each in applied
            if each.row is not None and each.state not in (State.UNDONE, State.DELETED) and not each.row.is_undo
        }
        waiting = [
            Info(None, each, self._of_file(each))
            for of_kind in (self._versioned, self._bases)
            for version, each in of_kind.items()
            if (version, each.type == "SQL_BASELINE") not in there
        ]
        succeeded = {info.version for info in applied if info.state == State.SUCCESS}
        undoing = [Info(None, each, State.AVAILABLE) for each in self._undoing if each.file.name.version in succeeded]
        current = {info.resolved for info in applied if info.version is None and _is_current(info)}
        again = [Info(None, each, State.PENDING) for each in self._repeatable.values() if each not in current]
        waiting.sort(key=lambda info: (info.version or Version("0"), info.type))
        first = (State.BELOW_BASELINE, State.BASELINE_IGNORED)
        below = [each for each in waiting if each.state in first]
        return [*below, *applied, *(each for each in waiting if each.state not in first), *undoing, *again]

    def _note(self, row: Row, version: Version) -> None:
        if row.is_baseline and (self._baseline is None or version > self._baseline):
            self._baseline = version
        if self._last_applied is not None and version <= self._last_applied:
            self._late.add(row.installed_rank)
        elif row.installed_rank not in self._gone and not row.is_undo:
            self._last_applied = version

    def _of_row(self, row: Row) -> Info:
        resolved = self._repeatable.get(row.description) if row.version is None else self._versioned.get(row.version)
        if row.is_baseline:
            resolved = self._bases.get(row.version) if row.type == "SQL_BASELINE" else None
        if row.type in SYNTHETIC or row.is_undo:
            resolved = None
        return Info(row, resolved, self._state(row, resolved))

    def _state(self, row: Row, resolved: Resolved | None) -> State:
        if row.installed_rank in self._gone:
            return self._gone[row.installed_rank]
        if row.type in ("DELETE", "SCHEMA") or (row.is_undo and row.success):
            return State.SUCCESS
        if row.is_baseline:
            return State.BASELINE if row.success else State.FAILED
        is_latest = row.version is not None or self._latest.get(row.description) == row.installed_rank
        if resolved is None and is_latest and not row.is_undo:
            is_future = row.version is not None and (self._last_resolved is None or row.version >= self._last_resolved)
            if is_future:
                return State.FUTURE if row.success else State.FUTURE_FAILED
            return State.MISSING if row.success else State.MISSING_FAILED
        if not row.success:
            return State.FAILED
        if row.version is None:
            if not is_latest:
                return State.SUPERSEDED
            return State.SUCCESS if resolved is not None and resolved.matches(row.checksum) else State.OUTDATED
        return State.OUT_OF_ORDER if row.installed_rank in self._late else State.SUCCESS

    def _of_file(self, resolved: Resolved) -> State:
        version = resolved.file.name.version
        assert version is not None
        is_base = resolved.type == "SQL_BASELINE"
        base = self._pending_base if self._last_applied is None else self._baseline
        if base is not None and version <= base:
            if version < base:
                return State.BELOW_BASELINE
            return State.PENDING if is_base and self._last_applied is None else State.BASELINE_IGNORED
        if self._target is not None and version > self._target:
            return State.ABOVE_TARGET
        if self._last_applied is not None and (is_base or (version < self._last_applied and not self._out_of_order)):
            return State.IGNORED
        return State.PENDING


def _is_current(info: Info) -> bool:
    """Whether what is repeatable was applied as it is now, with whatever result."""
    if info.row is None or info.resolved is None or info.state not in (State.SUCCESS, State.FAILED):
        return False
    return info.resolved.matches(info.row.checksum)


def _gone(rows: Sequence[Row]) -> dict[int, State]:
    """The rows that later ones take back, by their rank."""
    gone: dict[int, State] = {}
    for at, row in enumerate(rows):
        if not row.success or not (row.is_undo or row.type == "DELETE"):
            continue
        for earlier in reversed(rows[:at]):
            is_same = earlier.version == row.version and (
                row.version is not None or earlier.description == row.description
            )
            if not is_same or earlier.type in SYNTHETIC or earlier.is_undo:
                continue
            if earlier.installed_rank in gone and row.version is not None:
                raise Refused(f"the table contradicts itself: {row.version} is {row.type} twice")
            gone.setdefault(earlier.installed_rank, State.UNDONE if row.is_undo else State.DELETED)
            break
    return gone
