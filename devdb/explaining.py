"""What a script's failure means to the person who runs devdb: which rule, which rows, which server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from devdb.errors import CheckFailed, ConnectionFailed, DevdbError, ScriptFailed
from devdb.sampling.rules import Take
from devdb.server.connection import LOCK_HINT, LOCK_TIMEOUT
from devdb.sqltext.statements import Script

FOREIGN_KEY_VIOLATION = "23503"
_CANNOT_CONNECT = "08001"
_FDW_CANNOT_CONNECT = "HV00N"
_NO_RIGHT = "42501"
# A server that is stopped says so to each session: ours is there still, so it is the source's that ended.
_SERVER_STOPS = ("57P01", "57P02", "57P03")
_TEMPLATE = (
    "have an administrator make a template database with CREATE EXTENSION and GRANT USAGE ON FOREIGN DATA WRAPPER of "
    "the source's wrapper (postgres_fdw, if it is PostgreSQL), and name it in target.template"
)
# What to ask an administrator for, by words of the refusal.
_RIGHTS = {
    "create extension": _TEMPLATE,
    "foreign-data wrapper": _TEMPLATE,
    "copy database": "have an administrator say ALTER DATABASE … IS_TEMPLATE true of target.template",
}
_SAMPLE = "populate/sample.sql"
# tds_fdw tells what SQL Server said in a notice, and then fails with no more than that there is one.
_NOTICE, _SEE_NOTICE = "DB-Library notice", "Check messages from the SQL Server"


def explained(exc: ScriptFailed, script: Script, takes: Iterable[Take]) -> DevdbError:
    """The same failure of `script`, or the one that says what to do about it. `takes` are the script's rules."""
    sqlstate = exc.sqlstate or ""
    if lost := of_source(exc):
        return lost
    if sqlstate == _NO_RIGHT:
        exc.hint = next((hint for words, hint in _RIGHTS.items() if words in exc.reason), exc.hint)
    if sqlstate == LOCK_TIMEOUT:
        exc.hint = exc.hint or LOCK_HINT
    return _of_rule(exc, script, takes) or exc


def with_words(exc: ScriptFailed, heard: Sequence[str]) -> ScriptFailed:
    """The failure, with the source's words if it has none: they are in the notices that were `heard` before it."""
    words = next((said for said in reversed(heard) if said.startswith(_NOTICE)), None)
    if words is None or _SEE_NOTICE not in exc.reason or exc.detail is not None:
        return exc
    return ScriptFailed(
        exc.reason,
        path=exc.path,
        line=exc.line,
        rendered_line=exc.rendered_line,
        sqlstate=exc.sqlstate,
        detail=words,
        hint=exc.hint,
    )


def of_source(exc: ScriptFailed) -> ConnectionFailed | None:
    """The failure, if it is that the source cannot be reached or was lost; None for any other."""
    sqlstate = exc.sqlstate or ""
    if sqlstate.startswith("08") or sqlstate in _SERVER_STOPS or sqlstate == _FDW_CANNOT_CONNECT:
        return _no_source(exc)
    return None


def violated(reason: str) -> CheckFailed:
    """The source's rows violate its keys; `reason` says which."""
    return CheckFailed(
        f"the source violates its own foreign keys:\n{reason}",
        hint="mend the rows, or set sampling.on_violation to not_valid or drop_rows",
    )


def _no_source(exc: ScriptFailed) -> ConnectionFailed:
    said = exc.reason if exc.detail is None else f"{exc.reason}\n{exc.detail}"
    if exc.sqlstate in (_CANNOT_CONNECT, _FDW_CANNOT_CONNECT):
        hint = "give the source's address as the dev server sees it in source.fdw_options (host, port)"
        return ConnectionFailed(f"the dev server could not reach the source: {said}", hint=exc.hint or hint)
    return ConnectionFailed(f"the dev server lost the source: {said}", hint=exc.hint)


def _of_rule(exc: ScriptFailed, script: Script, takes: Iterable[Take]) -> ScriptFailed | None:
    """The failure of a statement that takes seed rows, as that of its rule; None when that has no SQL of its own."""
    if script.text is None or exc.rendered_line is None or not str(exc.path).endswith(_SAMPLE):
        return None
    of_line = {f"INSERT INTO {take.table.name.sql} (".split("\n")[0]: take for take in takes}
    for line in reversed(script.text.split("\n")[: exc.rendered_line]):
        take = next((take for start, take in of_line.items() if line.startswith(start)), None)
        if take is None:
            continue
        explained = of_rule(exc, take)
        return None if explained is exc else explained
    return None


def of_rule(exc: ScriptFailed, take: Take) -> ScriptFailed:
    """The failure of taking seed rows, as that of their rule where it has SQL of its own."""
    rule = take.rule
    if rule.path is None or (rule.where is None and rule.order_by is None):
        return exc
    return ScriptFailed(
        f"the rule {rule} of {take.table.name}: {exc.reason}",
        path=rule.path,
        line=rule.line,
        sqlstate=exc.sqlstate,
        detail=exc.detail,
        hint=exc.hint,
    )
