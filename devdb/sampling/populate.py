"""Everything populate_dev_db.sql needs to know, from the source's catalog and the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from devdb.catalog import model
from devdb.catalog.model import ForeignKey, Name, Source, Table
from devdb.errors import ScriptFailed
from devdb.sampling import closure, rules
from devdb.sampling.rules import Take
from devdb.server.connection import raise_if_lost
from devdb.server.link import Import
from devdb.settings import Settings, one_error, unknown_columns

# Types of columns that a sequence can count for.
_COUNTED = frozenset({"smallint", "integer", "bigint", "numeric"})


def plan(source: Source, settings: Settings, foreign_schemas: Mapping[str, str]) -> dict[str, Any]:
    """The parameters of populate_dev_db.sql that come from the source: takes, groups, keys, sequences, views."""

    def foreign(name: Name) -> Name:
        return Name(foreign_schemas[name.schema], name.name)

    takes = rules.takes(source, settings, foreign)
    whole = [take.table for take in takes if take.is_whole]
    keys = source.foreign_keys
    return {
        "takes": takes,
        "groups": closure.groups(source, whole, foreign),
        "drop_keys": keys if settings.sampling.on_violation == "drop_rows" else (),
        "check_keys": _unproven(keys) if settings.sampling.on_violation == "error" else (),
        "sequences": [_countable(sequence, source) for sequence in source.sequences],
        "materialized_views": source.materialized_views,
        "analyzed": (*(table.name for table in source.filled_tables), *source.materialized_views),
    }


def imports(source: Source, foreign_schemas: Mapping[str, str]) -> list[Import]:
    """What to import: tables that are filled, and partitions that a key refers to by themselves."""
    parents = {key.parent.oid for key in source.foreign_keys}
    wanted = [table for table in source.tables if table.is_filled or (table.kind in "rp" and table.oid in parents)]
    keyed: dict[Name, set[str]] = {}
    for key in source.foreign_keys:
        keyed.setdefault(key.parent.name, set()).update(key.parent_columns)
    found = []
    for schema in source.schemas:
        tables = [table for table in wanted if table.name.schema == schema]
        found.append(
            Import(
                schema=schema,
                foreign_schema=foreign_schemas[schema],
                tables=tuple(table.name.name for table in tables),
                key_domains=tuple(_domains(tables, keyed)),
                with_children=tuple(table.name.name for table in tables if table.has_children),
            )
        )
    return found


def check_rules(source: psycopg.Connection[Any], takes: Sequence[Take]) -> None:
    """Have the source plan each rule's own SQL, so that a mistake is found before anything is touched.

    Raises SettingsError for a column that the table does not have, ScriptFailed for anything else that is wrong.
    """
    with_sql = [take for take in takes if take.rule.where is not None or take.rule.order_by is not None]
    unknown = [
        error
        for take in with_sql
        for error in unknown_columns(take.rule, table=str(take.table.name), columns=take.table.column)
    ]
    if unknown:
        raise one_error(unknown)
    for take in with_sql:
        query = f"EXPLAIN SELECT FROM {take.table.name.sql} AS f"
        query += f" WHERE (\n{take.rule.where}\n)" if take.rule.where else ""
        query += f" ORDER BY\n{take.rule.order_by}\n" if take.rule.order_by else ""
        try:
            source.execute(query.encode())
        except psycopg.Error as exc:
            raise_if_lost(source, exc)
            raise ScriptFailed(
                f"the rule for {take.table.name}: {exc.diag.message_primary or exc}",
                path=take.rule.path or "the settings",
                line=take.rule.line,
                sqlstate=exc.sqlstate,
                detail=exc.diag.message_detail,
                hint=exc.diag.message_hint,
            ) from exc


def _unproven(keys: Sequence[ForeignKey]) -> tuple[ForeignKey, ...]:
    return tuple(key for key in keys if not key.is_validated)


def _countable(sequence: model.Sequence, source: Source) -> model.Sequence:
    """The sequence; without its owner when that column is of a type that it cannot count for."""
    if sequence.owner is None:
        return sequence
    name, column = sequence.owner
    table = next((table for table in source.tables if table.name == name), None)
    if table is None or column not in table.column or table.column[column].base_type not in _COUNTED:
        return dataclasses.replace(sequence, owner=None)
    return sequence


def _domains(tables: Sequence[Table], keyed: Mapping[Name, set[str]]) -> Iterator[tuple[str, str, str]]:
    for table in tables:
        for column in table.columns:
            if column.is_domain and column.name in keyed.get(table.name, ()):
                yield table.name.name, column.name, column.base_type
