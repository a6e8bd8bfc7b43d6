"""Read what a foreign source says of itself: the relations of fdw_setup, each whole and in one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar, cast, get_args

import psycopg
from psycopg.rows import namedtuple_row

from devdb.dictionary.local import Notes
from devdb.dictionary.model import (
    Action,
    Dictionary,
    IndexColumn,
    Kind,
    RemoteCheck,
    RemoteColumn,
    RemoteDependency,
    RemoteForeignKey,
    RemoteIndex,
    RemoteKey,
    RemoteSequence,
    RemoteTable,
    RemoteTrigger,
)
from devdb.server.connection import raise_if_lost, refused
from devdb.sqltext.templates import Templates

_RELATIONS = {
    "source": ("version",),
    "schemas": ("schema",),
    "tables": ("schema", "name", "kind", "comment", "row_estimate", "bytes"),
    "columns": (
        "schema", "table_name", "position", "name", "type", "declared", "length", "precision", "scale", "not_null",
        "default_sql", "identity", "generated_sql", "comment",
    ),
    "keys": (
        "schema", "table_name", "name", "kind", "position", "column_name", "parent_schema", "parent_table",
        "parent_column", "on_delete", "on_update", "is_deferrable", "is_deferred", "is_validated",
    ),
    "checks": ("schema", "table_name", "name", "condition"),
    "indexes": (
        "schema", "table_name", "name", "is_unique", "position", "column_name", "expression", "is_descending",
    ),
    "sequences": (
        "schema", "name", "start", "increment", "minimum", "maximum", "cache", "is_cyclic", "last_value",
    ),
    "triggers": ("schema", "table_name", "name"),
    "dependencies": ("of_schema", "of_name", "of_type", "needs_schema", "needs_name", "needs_type"),
}  # fmt: skip

_Place = tuple[str, str]
_Part = TypeVar("_Part")


def read(connection: psycopg.Connection[Any], templates: Templates) -> Dictionary:
    """What the dictionary_* relations of fdw_setup hold, by ten questions that leave all selecting to us.

    What does not fit together, as a key of columns that the user may not see, is left out and told in `notes`. Raises
    ScriptFailed when the source refuses to answer.
    """
    rows = _rows(connection, templates)
    notes = Notes()
    columns = _columns(rows["columns"])
    keys = _Keys(rows["keys"], columns, {(one.schema, one.name) for one in rows["tables"] if one.name}, notes)
    checks = _by_table(
        rows["checks"], lambda row: RemoteCheck(row.name or "", row.condition), lambda row: row.condition
    )
    indexes = _indexes(rows["indexes"], columns, notes)
    tables = []
    for place, row in sorted({(one.schema, one.name): one for one in rows["tables"] if one.name}.items()):
        tables.append(
            RemoteTable(
                schema=row.schema,
                name=row.name,
                kind=_one_of(Kind, row.kind, "table"),
                columns=tuple(columns[place].values()) if place in columns else (),
                primary_key=keys.primary.get(place),
                unique_keys=tuple(keys.unique[place]),
                foreign_keys=tuple(keys.foreign[place]),
                checks=tuple(checks[place]),
                indexes=tuple(indexes[place]),
                comment=row.comment or None,
                row_estimate=_whole(row.row_estimate),
                bytes=_whole(row.bytes),
            )
        )
    return Dictionary(
        version=next((one.version for one in rows["source"] if one.version), ""),
        all_schemas=tuple(sorted({one.schema for one in rows["schemas"] if one.schema})),
        tables=tuple(tables),
        sequences=tuple(
            sorted((_sequence(one) for one in rows["sequences"] if one.name), key=lambda one: (one.schema, one.name))
        ),
        triggers=tuple(
            RemoteTrigger(*one)
            for one in sorted({(row.schema, row.table_name, row.name) for row in rows["triggers"]}, key=repr)
        ),
        dependencies=tuple(
            RemoteDependency(of, needs)
            for of, needs in sorted({(one[:3], one[3:]) for one in rows["dependencies"]}, key=repr)
        ),
        notes=notes.texts,
    )


def _rows(connection: psycopg.Connection[Any], templates: Templates) -> dict[str, list[Any]]:
    """Every relation's rows, within one transaction, that leaves nothing behind."""
    found = {}
    with connection.transaction(force_rollback=True), connection.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute("SET LOCAL search_path = pg_catalog")
        # Without statistics every relation looks small, and all would be compared with all.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for name, columns in _RELATIONS.items():
            script = templates.render("dictionary/read.sql", relation=f"dictionary_{name}", columns=columns)
            assert script.text is not None
            try:
                cursor.execute(script.text.encode())
                found[name] = cursor.fetchall()
            except psycopg.Error as exc:
                raise_if_lost(connection, exc)
                raise refused(exc, path=script.name, what=f"reading dictionary_{name}") from exc
    return found


def _columns(rows: Iterable[Any]) -> dict[_Place, dict[str, RemoteColumn]]:
    columns: dict[_Place, dict[str, RemoteColumn]] = defaultdict(dict)
    for row in sorted(rows, key=_position):
        columns[row.schema, row.table_name][row.name] = RemoteColumn(
            name=row.name,
            type=(row.type or "").lower(),
            declared=row.declared,
            length=_whole(row.length),
            precision=_whole(row.precision),
            scale=_whole(row.scale),
            not_null=bool(row.not_null),
            default=row.default_sql,
            identity=_identity(row.identity),
            generated=row.generated_sql or None,
            comment=row.comment or None,
        )
    return columns


class _Keys:
    """The keys of every table, those that can be."""

    def __init__(
        self,
        rows: Iterable[Any],
        columns: Mapping[_Place, Mapping[str, RemoteColumn]],
        tables: Iterable[_Place],
        notes: Notes,
    ) -> None:
        self.primary: dict[_Place, RemoteKey] = {}
        self.unique: dict[_Place, list[RemoteKey]] = defaultdict(list)
        self.foreign: dict[_Place, list[RemoteForeignKey]] = defaultdict(list)
        self._columns = columns
        self._tables = {place: place for place in tables}
        self._notes = notes
        groups: dict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
        for row in rows:
            groups[row.schema, row.table_name, row.kind, row.name or ""].append(row)
        # Foreign keys last: one that does not say which columns it means refers to the primary key.
        for identity in sorted(groups, key=lambda one: (one[2] == "f", repr(one))):
            schema, table, kind, name = identity
            members = sorted(groups[identity], key=_position)
            if (schema, table) in self._tables:
                self._add((schema, table), kind, name, members)

    def _add(self, place: _Place, kind: str, name: str, rows: Sequence[Any]) -> None:
        columns = self._spelled(place, [row.column_name for row in rows])
        if columns is None:
            self._tell("Keys left out, as the source does not show their columns", place, name)
        elif kind == "f":
            self._add_foreign(place, name, columns, rows)
        elif kind == "p" and place not in self.primary:
            self.primary[place] = RemoteKey(name, columns)
        else:
            self.unique[place].append(RemoteKey(name, columns))

    def _add_foreign(self, place: _Place, name: str, columns: tuple[str, ...], rows: Sequence[Any]) -> None:
        first = rows[0]
        if not first.parent_schema or not first.parent_table:
            self._tell("Foreign keys left out, as the source does not show what they refer to", place, name)
            return
        parent = _alike((first.parent_schema, first.parent_table), self._tables)
        # Outside of what was read there is nothing to compare with: told later, when the parent is found missing.
        wanted = tuple(row.parent_column for row in rows)
        parent_columns: tuple[str, ...] | None = wanted
        if parent is not None and not any(wanted):
            primary = self.primary.get(parent)
            parent_columns = primary.columns if primary and len(primary.columns) == len(columns) else None
        elif parent is not None:
            parent_columns = self._spelled(parent, wanted)
        if parent_columns is None:
            self._tell("Foreign keys left out, as the source does not show what they refer to", place, name)
            return
        if first.on_delete is None:
            self._tell("Foreign keys without their actions, which the source does not show to this user", place, name)
        self.foreign[place].append(
            RemoteForeignKey(
                name=name,
                columns=columns,
                parent=parent or (first.parent_schema, first.parent_table),
                parent_columns=tuple(column or "" for column in parent_columns),
                on_delete=_action(first.on_delete),
                on_update=_action(first.on_update),
                is_deferrable=bool(first.is_deferrable),
                is_deferred=bool(first.is_deferred),
                is_validated=first.is_validated is not False,
            )
        )

    def _spelled(self, place: _Place, names: Sequence[str | None]) -> tuple[str, ...] | None:
        """The columns as the table spells them, which keys need not; None if one is not there."""
        known = {(name,): name for name in self._columns.get(place, ())}
        found = [_alike((name,), known) if name else None for name in names]
        return None if None in found or not found else cast("tuple[str, ...]", tuple(found))

    def _tell(self, what: str, place: _Place, name: str) -> None:
        self._notes.add(what, f"{'.'.join(place)} ({name})")


def _indexes(
    rows: Iterable[Any], columns: Mapping[_Place, Mapping[str, RemoteColumn]], notes: Notes
) -> Mapping[_Place, list[RemoteIndex]]:
    groups: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.schema, row.table_name, row.name or ""].append(row)
    found: dict[_Place, list[RemoteIndex]] = defaultdict(list)
    for (schema, table, name), members in sorted(groups.items(), key=lambda item: repr(item[0])):
        known = columns.get((schema, table), {})
        parts = tuple(
            IndexColumn(
                None if row.expression else row.column_name,
                row.expression or None,
                is_descending=bool(row.is_descending),
            )
            for row in sorted(members, key=_position)
        )
        if all(part.expression or part.column in known for part in parts):
            found[schema, table].append(RemoteIndex(name, parts, is_unique=bool(members[0].is_unique)))
        else:
            notes.add("Indexes left out, as the source does not show their columns", f"{schema}.{table} ({name})")
    return found


def _by_table(
    rows: Iterable[Any], made: Callable[[Any], _Part], is_there: Callable[[Any], object]
) -> Mapping[_Place, list[_Part]]:
    found: dict[_Place, list[_Part]] = defaultdict(list)
    for row in sorted(rows, key=repr):
        if is_there(row):
            found[row.schema, row.table_name].append(made(row))
    return found


def _sequence(row: Any) -> RemoteSequence:
    return RemoteSequence(
        schema=row.schema,
        name=row.name,
        start=_whole(row.start),
        increment=_whole(row.increment) or 1,
        minimum=_whole(row.minimum),
        maximum=_whole(row.maximum),
        cache=_whole(row.cache),
        is_cyclic=bool(row.is_cyclic),
        last_value=_whole(row.last_value),
    )


def _alike(name: tuple[str, ...], known: Mapping[Any, Any]) -> Any:
    """What is known by this name, or by the only one that differs in case: some sources do not mind it."""
    if name in known:
        return known[name]
    folded = tuple(part.casefold() for part in name)
    found = [value for other, value in known.items() if tuple(part.casefold() for part in other) == folded]
    return found[0] if len(found) == 1 else None


def _position(row: Any) -> tuple[bool, int, str]:
    return (row.position is None, int(row.position or 0), repr(row))


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)


def _identity(said: str | None) -> Literal["", "always", "by default"]:
    text = (said or "").strip().lower()
    return "always" if text == "always" else "by default" if text == "by default" else ""


def _action(said: str | None) -> Action:
    return cast(Action, _one_of(Action, (said or "").upper().replace("_", " ").strip(), "NO ACTION"))


def _one_of(words: Any, said: str | None, otherwise: str) -> Any:
    return said if said in get_args(words) else otherwise
