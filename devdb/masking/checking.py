"""Try masks on some rows at the source, before anything is moved: what would break a constraint is found here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg

from devdb.catalog.model import Table
from devdb.errors import SettingsError
from devdb.masking.constraints import Constraint
from devdb.masking.plan import Masked, Plan
from devdb.server.connection import raise_if_lost
from devdb.sqltext.quoting import ident

SAMPLE_ROWS = 500
# Errors whose text holds none of the row's values: the statement itself is wrong.
_OF_THE_STATEMENT = ("42", "0A")


def check(
    connection: psycopg.Connection[Any],
    planned: Plan,
    tables: Iterable[Table],
    constraints: Mapping[int, Sequence[Constraint]],
) -> list[SettingsError]:
    """Mask the first rows of each table, at the source; returns what that would break. No value is told.

    Raises ConnectionFailed when the source is lost.
    """
    errors: list[SettingsError] = []
    # Masks look so dear that each statement would be compiled, for seconds.
    connection.execute("SET jit = off")
    for table in tables:
        masked = planned.of(table)
        if not masked:
            continue
        failed = list(_that_fail(connection, table, masked))
        errors += failed
        if not failed:
            errors += _broken(connection, table, masked, constraints.get(table.oid, ()))
    return errors


def _that_fail(
    connection: psycopg.Connection[Any], table: Table, masked: Mapping[str, Masked]
) -> Iterator[SettingsError]:
    """Masks that the server refuses, or that give NULL where there must be something."""
    not_null = [name for name in masked if table.column[name].not_null]
    lost = ", ".join(f"pg_catalog.count(*) FILTER (WHERE t.{ident(name)} IS NULL)" for name in not_null)
    row, exc = _asked(connection, f"SELECT pg_catalog.count(t){', ' if lost else ''}{lost} FROM {_rows(table, masked)}")
    if row is not None:
        for name, count in zip(not_null, row[1:], strict=True):
            if count:
                yield _error(masked[name], f"masked by {masked[name].mask}, it becomes NULL, which it may not be")
        return
    found = False
    for name, one in masked.items():
        _, reason = _asked(connection, f"SELECT pg_catalog.count(t) FROM {_rows(table, {name: one})}")
        if reason is not None:
            found = True
            yield _error(one, f"masked by {one.mask}, {_said(reason)}")
    if not found:
        assert exc is not None
        yield SettingsError(f"{table.name} cannot be masked: {_said(exc)}")


def _broken(
    connection: psycopg.Connection[Any], table: Table, masked: Mapping[str, Masked], constraints: Sequence[Constraint]
) -> Iterator[SettingsError]:
    """CHECK constraints that masked rows do not meet, though the raw ones do; unique indexes they would violate."""
    for constraint in constraints:
        names = [name for name in constraint.columns if name in masked]
        if not names or (constraint.kind == "unique" and constraint.has_expressions):
            continue
        if constraint.kind == "check":
            condition = f"pg_catalog.count(*) FILTER (WHERE NOT (\n{constraint.definition}\n))"
            row, _ = _asked(connection, f"SELECT {condition} FROM {_rows(table, masked)}")
            # One that looks at generated columns too cannot be tried; should it be broken, the load fails.
            if row is not None and row[0]:
                told = f"masked by {masked[names[0]].mask}, breaks the constraint {constraint.name}"
                yield _error(masked[names[0]], f"{told}: CHECK ({constraint.definition})")
        elif constraint.kind == "unique":
            columns = ", ".join(ident(name) for name in constraint.columns)
            nowhere_null = " AND ".join(f"{ident(name)} IS NOT NULL" for name in constraint.columns)
            counted = f"SELECT pg_catalog.count(DISTINCT ({columns})) FROM {{}} WHERE {nowhere_null}"
            (raw, _), (now, _) = (_asked(connection, counted.format(_rows(table, of))) for of in ({}, masked))
            if raw is not None and now is not None and now[0] < raw[0]:
                told = f"masked by {masked[names[0]].mask}, does not stay unique by {constraint.name}"
                yield _error(masked[names[0]], told)


def _rows(table: Table, masked: Mapping[str, Masked]) -> str:
    """SQL: some rows of the table as t, these columns masked."""
    selected = ", ".join(
        f"{masked[name].sql} AS {ident(name)}" if name in masked else f"f.{ident(name)}"
        for name in table.loaded_columns
    )
    raw = ", ".join(f"f.{ident(name)}" for name in table.loaded_columns)
    return f"(SELECT {selected} FROM (SELECT {raw} FROM {table.only} AS f LIMIT {SAMPLE_ROWS}) AS f OFFSET 0) AS t"


def _asked(connection: psycopg.Connection[Any], query: str) -> tuple[tuple[Any, ...] | None, psycopg.Error | None]:
    try:
        return connection.execute(query.encode()).fetchone(), None
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
        return None, exc


def _said(exc: psycopg.Error) -> str:
    """What the server refused, without the values that it may name."""
    diag = exc.diag
    if diag.constraint_name:
        of = f" of the domain {diag.datatype_name}" if diag.datatype_name else ""
        return f"it breaks the constraint {diag.constraint_name}{of}"
    if diag.datatype_name and exc.sqlstate == "23502":
        return f"it becomes NULL, which the domain {diag.datatype_name} forbids"
    if (exc.sqlstate or "").startswith(_OF_THE_STATEMENT):
        return f"the source refuses it: {diag.message_primary}"
    return f"the source cannot compute it for every row ({type(exc).__name__}, SQLSTATE {exc.sqlstate})"


def _error(one: Masked, reason: str) -> SettingsError:
    decision = one.decision
    origin = "" if decision.mask_from == f"{one.mask.path}:{one.mask.line}" else f" ({decision.mask_from})"
    return SettingsError(
        f"{decision.table.name}.{decision.column.name}: {reason}{origin}",
        path=one.mask.path,
        line=one.mask.line,
        hint="choose another kind or other options",
    )
