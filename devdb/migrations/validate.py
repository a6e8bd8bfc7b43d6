"""Whether the files are those that were applied, by the rules of Flyway's validate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from devdb.errors import CheckFailed, UsageError
from devdb.migrations.history import SYNTHETIC, abbreviated
from devdb.migrations.info import Info, State

# What a pattern type:status may name.
_KINDS = ("*", "versioned", "repeatable")
_STATES: dict[str, tuple[State, ...]] = {
    "missing": (State.MISSING, State.MISSING_FAILED),
    "pending": (State.PENDING,),
    "ignored": (State.IGNORED,),
    "future": (State.FUTURE, State.FUTURE_FAILED),
    "*": tuple(State),
}
DEFAULT_IGNORED = ("*:future",)
IGNORE_PENDING = "*:pending"

_REPAIR = "repair makes the table say what the file says"


@dataclass(frozen=True)
class Problem:
    """What is wrong with one migration; `code` is Flyway's."""

    code: str
    version: str
    description: str
    script: str
    message: str
    hint: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def ignored(patterns: Collection[str]) -> tuple[str, ...]:
    """The patterns, checked. Raises UsageError."""
    for pattern in patterns:
        kind, colon, state = pattern.lower().partition(":")
        if not colon or kind not in _KINDS or state not in _STATES:
            states = ", ".join(_STATES)
            raise UsageError(f"--ignore: {pattern!r} is not TYPE:STATUS: {', '.join(_KINDS)}, and {states}")
    return tuple(pattern.lower() for pattern in patterns)


def is_ignored(info: Info, patterns: Collection[str]) -> bool:
    """Whether a pattern says that the state of this migration is no matter."""
    kinds = ("*", "repeatable" if info.version is None else "versioned")
    return any(
        pattern.partition(":")[0] in kinds and info.state in _STATES[pattern.partition(":")[2]] for pattern in patterns
    )


def problems(every: Sequence[Info], patterns: Collection[str] = DEFAULT_IGNORED) -> list[Problem]:
    """What is wrong with these migrations, in their order."""
    baseline = max(
        (each.version for each in every if each.row is not None and each.row.is_baseline and each.version is not None),
        default=None,
    )
    found = []
    for info in every:
        is_below = baseline is not None and info.version is not None and info.version <= baseline
        if not is_ignored(info, patterns) and (said := _problem(info, patterns, is_below=is_below)) is not None:
            code, message, hint = said
            version = "" if info.version is None else str(info.version)
            found.append(Problem(code, version, info.description, info.script, message, hint))
    return found


def refuse(found: Sequence[Problem]) -> None:
    """Raise CheckFailed with all problems, if there are any."""
    if found:
        hints = dict.fromkeys(problem.hint for problem in found)
        raise CheckFailed("\n".join(problem.message for problem in found), hint="; ".join(hints))


def _problem(info: Info, patterns: Collection[str], *, is_below: bool) -> tuple[str, str, str] | None:
    state, row, resolved = info.state, info.row, info.resolved
    is_versioned = info.version is not None
    kind = "VERSIONED" if is_versioned else "REPEATABLE"
    what = f"version {info.version}" if is_versioned else "repeatable"
    if state in (State.UNDONE, State.DELETED, State.ABOVE_TARGET):
        return None
    if state.is_failed:
        hint = "remove what it left half done, then run repair"
        return f"FAILED_{kind}_MIGRATION", f"{info.script} ({what}): failed when it was applied", hint
    if state in (State.MISSING, State.FUTURE):
        hint = "if it was removed on purpose, repair marks it as deleted"
        return (
            f"APPLIED_{kind}_MIGRATION_NOT_RESOLVED",
            f"{info.script} ({what}): applied, and there is no such file",
            hint,
        )
    if state == State.IGNORED and info.type == "SQL":
        message = f"{info.script} ({what}): not applied, and a later version is"
        return (
            f"RESOLVED_{kind}_MIGRATION_NOT_APPLIED",
            message,
            "--out-of-order applies it; --ignore '*:ignored' goes on",
        )
    if state == State.PENDING:
        hint = f"apply applies it; --ignore '{IGNORE_PENDING}' goes on"
        return f"RESOLVED_{kind}_MIGRATION_NOT_APPLIED", f"{info.script} ({what}): not applied", hint
    if state == State.OUTDATED:
        if IGNORE_PENDING in patterns:
            return None
        return (
            "OUTDATED_REPEATABLE_MIGRATION",
            f"{info.script} ({what}): changed since it was applied",
            "apply applies it",
        )
    if row is None or resolved is None or is_below or state == State.SUPERSEDED or row.type in SYNTHETIC:
        return None
    if row.type != resolved.type:
        return "TYPE_MISMATCH", f"{info.script}: of type {row.type} when it was applied, now {resolved.type}", _REPAIR
    if not resolved.matches(row.checksum):
        message = f"changed since it was applied: its checksum was {row.checksum}, now {resolved.checksum}"
        return "CHECKSUM_MISMATCH", f"{resolved.file.path}: {message}", f"undo the change; or {_REPAIR}"
    if abbreviated(resolved.file.name.description) != row.description:
        now = resolved.file.name.description
        message = f"{resolved.file.path}: its description was {row.description!r} when it was applied, now {now!r}"
        return "DESCRIPTION_MISMATCH", message, f"name it as before; or {_REPAIR}"
    return None
