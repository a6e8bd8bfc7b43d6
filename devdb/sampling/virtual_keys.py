"""Keys that the settings declare and the schema does not: found in the catalog, or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from devdb.catalog.model import Column, ForeignKey, Name, Source, Table, UniqueKey
from devdb.errors import SettingsError
from devdb.server.connection import raise_if_lost, refused
from devdb.settings import Settings, VirtualKey, column_names, nearest, pattern_for
from devdb.sqltext.quoting import ident

# Types whose values a key may compare without being told how: PostgreSQL has an operator for any two of a set, and
# the cast to the parent's type that is made here loses nothing of a value that refers to anything.
_ALIKE = (
    frozenset({"smallint", "integer", "bigint", "numeric"}),
    frozenset({"text", "character varying", "bpchar"}),
)
_JSON_OIDS = (114, 3802)
_BOOLEAN_OID = 16


class Problem(Exception):
    """What is wrong with a name or a virtual key, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class _Value:
    """One item of `columns`. `column` is the child's column that it names, None for an expression."""

    text: str
    column: Column | None
    mentioned: tuple[str, ...]
    is_array: bool


def resolve(source: Source, settings: Settings) -> tuple[list[ForeignKey], list[SettingsError]]:
    """The virtual keys of the settings as keys of the source's tables, and what is wrong with the others.

    Where the source is a part, keys of tables that are not in it are left out.
    """
    keys, errors = [], []
    taken = {table.name for table in source.filled_tables}
    for name, said in settings.sampling.virtual_keys.items():
        is_taken = {Name(*said.child_name), Name(*said.parent_name)} <= taken
        try:
            key = _key(source if is_taken else source.complete, name, said)
            keys += [key] if is_taken else []
        except Problem as problem:
            errors.append(mistake(name, said, problem))
    return keys, errors


def mistake(name: str, said: VirtualKey, problem: Problem) -> SettingsError:
    """The problem as a mistake of the settings, at its place."""
    message = f"sampling.virtual_keys.{name}: {problem.message}"
    return SettingsError(message, path=said.path, line=said.line, hint=problem.hint)


def find_table(source: Source, schema: str, name: str) -> Table:
    """The filled table of this name. Raises Problem for what is none, or is not there at all."""
    wanted = Name(schema, name)
    table = next((table for table in source.tables if table.name == wanted), None)
    if table is not None and table.is_filled:
        return table
    if table is not None and table.kind == "f":
        raise Problem(f"{wanted} is a foreign table", "no rows are put into it: they belong to another server")
    if table is not None:
        root = source.root(table).name
        raise Problem(f"{wanted} is a partition of {root}", f"name {pattern_for(root.schema, root.name)} instead")
    if wanted in source.views:
        kind = "materialized view" if source.views[wanted] == "m" else "view"
        raise Problem(f"{wanted} is a {kind}", "its rows follow from the tables that it reads")
    if schema not in source.schemas:
        close = nearest(schema, source.schemas)
        raise Problem(f"there is no table {wanted} in the source", close or f"{schema} is not among source.schemas")
    known = [pattern_for(table.name.schema, table.name.name) for table in source.filled_tables]
    raise Problem(f"there is no table {wanted} in the source", nearest(pattern_for(schema, name), known))


def bare_column(text: str, table: Table) -> str | None:
    """The column of `table` that an expression names, through casts or not; None when it is more than that."""
    if text.strip() in table.column:
        return text.strip()
    tree = _tree(text)
    while set(tree) == {"TypeCast"}:
        tree = tree["TypeCast"]["arg"]
    return _column_ref(tree) if _column_ref(tree) in table.column else None


def check(connection: psycopg.Connection[Any], key: ForeignKey, said: VirtualKey) -> list[SettingsError]:
    """Have the source tell the types of a key's expressions; no row is read, and no function called on one.

    Raises ScriptFailed for SQL that the source does not understand.
    """
    values = key.values or ()
    asked = [f"(\n{text}\n)" for text in (*([] if key.when is None else [key.when]), *values)]
    if not asked:
        return []
    oids = [column.type_code for column in _described(connection, key, said, asked)]
    kinds = _type_names(connection, oids)
    problems = []
    if key.when is not None and oids[0] != _BOOLEAN_OID:
        problems.append(Problem(f"when is of type {kinds[0][1]}, not boolean"))
    first = len(asked) - len(values)
    for position, value in enumerate(values):
        problems += _misfits(key, position, value, oids[first + position], *kinds[first + position])
    if values and not problems:
        casts = zip(asked[first:], key.compared_types, strict=True)
        # Within CASE, what returns more than one value is refused.
        _described(
            connection,
            key,
            said,
            [f"CASE WHEN true THEN {value}::{compared}{'[]' * key.each} END" for value, compared in casts],
        )
    return [mistake(key.name, said, problem) for problem in problems]


def _misfits(key: ForeignKey, position: int, value: str, oid: int, category: str, named: str) -> Iterator[Problem]:
    """What a cast to the type that is compared would not tell, or not say plainly."""
    compared = key.compared_types[position]
    parent = key.parent.column[key.parent_columns[position]]
    if key.each and category != "A":
        yield Problem(f"{value} is of type {named}, not an array")
    elif category == "A" and not key.each and not parent.is_array:
        hint = f'for elements that refer, write "({value})::{compared}[]"' if len(key.parent_columns) == 1 else None
        yield Problem(f"{value} is of type {named}, and {key.parent.name}.{parent.name} of type {parent.type}", hint)
    elif oid in _JSON_OIDS and compared in _ALIKE[1]:
        yield Problem(f"{value} is of type {named}, not a text", "take the text with ->> or #>>")


def _key(source: Source, name: str, said: VirtualKey) -> ForeignKey:
    child = find_table(source, *said.child_name)
    parent = find_table(source, *said.parent_name)
    parent_columns = _parent_columns(parent, said)
    unique = _unique_key(parent, parent_columns)
    values = [_value(child, text) for text in said.columns]
    when_columns = () if said.when is None else _mentioned(child, said.when, "when")
    each = False
    if len(values) == 1:
        each = values[0].is_array and not parent.column[parent_columns[0]].is_array
    positions = [unique.columns.index(column) for column in parent_columns]
    compared = tuple(unique.compared_types[position] for position in positions)
    for value, column, type_ in zip(values, parent_columns, compared, strict=True):
        if value.column is not None and not _fits(value.column, parent.column[column], each=each):
            cast = f"{type_}[]" if value.column.is_array and len(values) == 1 else type_
            raise Problem(
                f"columns differ in type: {child.name}.{value.column.name} is {value.column.type}, "
                f"{parent.name}.{column} is {parent.column[column].type}",
                f'write the cast in columns: "({ident(value.column.name)})::{cast}"',
            )
    are_columns = all(value.column is not None for value in values)
    return ForeignKey(
        name=name,
        child=child,
        child_columns=tuple(dict.fromkeys(name for value in values for name in value.mentioned)),
        parent=parent,
        parent_columns=parent_columns,
        equals=tuple(unique.equals[position] for position in positions),
        parent_equals=tuple(unique.equals[position] for position in positions),
        compared_types=compared,
        is_validated=False,
        is_virtual=True,
        values=None if are_columns else tuple(value.text for value in values),
        when=said.when,
        when_columns=when_columns,
        each=each,
    )


def _parent_columns(parent: Table, said: VirtualKey) -> tuple[str, ...]:
    if said.parent_columns is None:
        if not parent.primary_key:
            raise Problem(f"{parent.name} has no primary key", _unique_hint(parent))
        if len(parent.primary_key) != len(said.columns):
            key = f"{len(parent.primary_key)} ({', '.join(parent.primary_key)})"
            raise Problem(
                f"columns has {len(said.columns)}, and the primary key of {parent.name} {key}",
                "each column refers to one; parent_columns names others",
            )
        return parent.primary_key
    for name in said.parent_columns:
        if name not in parent.column:
            raise Problem(f"there is no column {name} in {parent.name}", nearest(name, parent.column))
    return said.parent_columns


def _unique_key(parent: Table, columns: Sequence[str]) -> UniqueKey:
    for key in parent.unique_keys:
        if sorted(key.columns) == sorted(columns):
            return key
    raise Problem(
        f"{parent.name} ({', '.join(columns)}) is not unique: several rows could be meant", _unique_hint(parent)
    )


def _unique_hint(parent: Table) -> str:
    known = ", ".join(f"({', '.join(key.columns)})" for key in parent.unique_keys)
    return f"parent_columns may be {known}" if known else "no columns of it are: there is no key to refer to"


def _value(child: Table, text: str) -> _Value:
    """What one item of `columns` says. Raises Problem for a column that is not there, and for no column at all."""
    name = text.strip() if text.strip() in child.column else None
    if name is None:
        mentioned = _mentioned(child, text, "columns")
        tree = _tree(text)
        name = _column_ref(tree)
        if name is None:
            if not mentioned:
                raise Problem(f"columns: {text} mentions no column of {child.name}")
            return _Value(text, None, mentioned, is_array=_is_array(tree))
    column = child.column[name]
    return _Value(ident(name), column, (name,), is_array=column.is_array)


def _mentioned(child: Table, text: str, key: str) -> tuple[str, ...]:
    """The child's columns that an expression mentions, in subqueries too, each once."""
    for name in column_names(text):
        if name not in child.column:
            raise Problem(f"{key}: there is no column {name} in {child.name}", nearest(name, child.column))
    return tuple(dict.fromkeys(name for name in _column_refs(_tree(text)) if name in child.column))


def _fits(child: Column, parent: Column, *, each: bool) -> bool:
    type_ = child.base_type
    if each:
        if type_ == f"{parent.type}[]":
            return True
        type_ = type_.removesuffix("[]")
    return type_ == parent.base_type or any({type_, parent.base_type} <= alike for alike in _ALIKE)


def _tree(text: str) -> Mapping[str, Any]:
    """The parser's tree of an expression that the settings have already found to be one."""
    from pglast import parser

    statement = json.loads(parser.parse_sql_json(f"SELECT (\n{text}\n)"))["stmts"][0]["stmt"]["SelectStmt"]
    tree: Mapping[str, Any] = statement["targetList"][0]["ResTarget"]["val"]
    return tree


def _is_array(tree: Mapping[str, Any]) -> bool:
    """The expression says of itself that it is an array: a cast to one, ARRAY[…] or ARRAY(SELECT …)."""
    return bool(
        tree.get("TypeCast", {}).get("typeName", {}).get("arrayBounds")
        or "A_ArrayExpr" in tree
        or tree.get("SubLink", {}).get("subLinkType") == "ARRAY_SUBLINK"
    )


def _column_ref(tree: Mapping[str, Any]) -> str | None:
    fields = tree.get("ColumnRef", {}).get("fields", [])
    return fields[0]["String"]["sval"] if len(fields) == 1 and "String" in fields[0] else None


def _column_refs(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for item in tree:
            yield from _column_refs(item)
    elif isinstance(tree, dict):
        name = _column_ref(tree)
        if name is not None:
            yield name
        for item in tree.values():
            yield from _column_refs(item)


def _described(
    connection: psycopg.Connection[Any], key: ForeignKey, said: VirtualKey, expressions: Sequence[str]
) -> Sequence[psycopg.Column]:
    """The columns that the source would answer with."""
    query = f"SELECT {', '.join(expressions)} FROM {key.child.only} LIMIT 0"
    try:
        return connection.execute(query.encode()).description or ()
    except psycopg.Error as exc:
        raise_if_lost(connection, exc)
        what = f"sampling.virtual_keys.{key.name}"
        raise refused(exc, path=said.path or "the settings", line=said.line, what=what) from exc


def _type_names(connection: psycopg.Connection[Any], oids: Sequence[int]) -> list[tuple[str, str]]:
    """Category and name of each type."""
    rows = connection.execute(
        "SELECT t.typcategory::text, pg_catalog.format_type(t.oid, -1)"
        " FROM pg_catalog.unnest(%s::oid[]) WITH ORDINALITY AS u (oid, position)"
        " JOIN pg_catalog.pg_type AS t ON t.oid = u.oid ORDER BY u.position",
        (list(oids),),
    ).fetchall()
    return [(row[0], row[1]) for row in rows]
