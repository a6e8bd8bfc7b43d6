"""Everything populate_dev_db.sql needs to know, from the source's catalog and the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg

from devdb.catalog import model
from devdb.catalog.model import Name, Source, Table
from devdb.sampling import closure, rules
from devdb.sampling.choice import Choice
from devdb.sampling.fetching import Fetching
from devdb.sampling.references import Checked
from devdb.sampling.rules import Take
from devdb.server.connection import raise_if_lost, refused
from devdb.server.link import Import
from devdb.settings import Settings, one_error, unknown_columns

# Types of columns that a sequence can count for.
_COUNTED = frozenset({"smallint", "integer", "bigint", "numeric"})

# How values are written and read by every session that chooses rows, on either side, whatever its server says:
# rows without a key are told apart by their text, and the keys that are asked for travel as such.
_VALUES = {"datestyle": "ISO, YMD", "intervalstyle": "postgres", "extra_float_digits": "3", "bytea_output": "hex"}
# Masks look so dear that each statement would be compiled, for seconds, and so does what is off but must be used.
_UNCOMPILED = {"jit": "off"}


def plan(
    source: Source,
    settings: Settings,
    choice: Choice,
    foreign_schemas: Mapping[str, str],
    *,
    is_sampled_by_site: bool = False,
    fetching: Fetching | None = None,
) -> dict[str, Any]:
    """The parameters of populate_dev_db.sql that come from the source: takes, stages, groups, keys, sequences, views.

    `is_sampled_by_site`: a template of the site's may have put rows into any table. `fetching` is how rows are fetched
    from a source that is not PostgreSQL.
    """

    def foreign(name: Name) -> Name:
        return Name(foreign_schemas[name.schema], name.name)

    takes = rules.takes(source, choice.rules, settings, foreign, fetching)
    seeded = {take.table.oid for take in takes}
    barred = {name for name, rule in choice.rules.items() if rule.kind == "empty"}
    used = [
        dataclasses.replace(item, follow=None) if source.root(item.key.child).name in barred else item
        for item in choice.references
    ]
    keys = [Checked(item.key) for item in choice.references]
    violation = settings.sampling.on_violation
    groups = closure.groups(
        source,
        used,
        whole=[take.table for take in takes if take.is_whole],
        seeded=lambda table: is_sampled_by_site or table.oid in seeded,
        foreign=foreign,
        seed=settings.sampling.seed,
        fetching=fetching,
    )
    hides_errors = fetching is not None and fetching.wrapper.hides_errors and source.filled_tables
    probed = foreign(source.filled_tables[0].name) if hides_errors else None
    return {
        "takes": takes,
        "probed": probed,
        "counted": [] if fetching is None else rules.counted(takes, fetching),
        "fetches": [] if fetching is None else list(fetching.fetches.values()),
        "staged": [table for table in source.filled_tables if table.stage is not None],
        "groups": groups,
        "cuts": [Checked(item.key, item.nulled) for item in choice.references if item.is_cut and item.nulled],
        "drop_keys": keys if violation == "drop_rows" else [],
        "check_keys": [key for key in keys if not key.is_proven] if violation == "error" else [],
        "warn_keys": [key for key in keys if key.key.is_virtual] if violation == "not_valid" else [],
        "value_settings": {**_VALUES, **_UNCOMPILED, "timezone": source.database.timezone},
        "sequences": [_countable(sequence, source) for sequence in source.sequences],
        "materialized_views": source.materialized_views,
        "analyzed": (*(table.name for table in source.filled_tables), *source.materialized_views),
    }


def imports(
    source: Source,
    choice: Choice,
    foreign_schemas: Mapping[str, str],
    *,
    generated: Callable[[str, str, Sequence[str]], Sequence[object]] | None = None,
) -> list[Import]:
    """What to import: tables that are filled, and partitions that are read by themselves because of a key.

    `generated` gives the declarations of foreign tables (foreign schema, schema, names); None: the wrapper has its own.
    """
    read: set[int] = set()
    keyed: dict[Name, set[str]] = {}
    for item in choice.references:
        key = item.key
        read.add(key.parent.oid)
        keyed.setdefault(key.parent.name, set()).update(key.parent_columns)
        if item.follow is not None:
            read.add(key.child.oid)
            keyed.setdefault(key.child.name, set()).update(key.child_columns)
    wanted = [table for table in source.tables if table.is_filled or (table.kind in "rp" and table.oid in read)]
    found = []
    for schema in source.schemas:
        tables = [table for table in wanted if table.name.schema == schema]
        if generated is not None:
            names = [table.name.name for table in tables]
            declared = generated(foreign_schemas[schema], schema, names)
            found.append(Import(schema, foreign_schemas[schema], (), (), (), generated=declared))
            continue
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
            raise refused(
                exc, path=take.rule.path or "the settings", line=take.rule.line, what=f"the rule for {take.table.name}"
            ) from exc


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
