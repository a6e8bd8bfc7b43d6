"""Which of a foreign source's tables and columns are taken, and under which names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from devdb.catalog.model import Name
from devdb.dictionary.dialect import Dialect, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.local import LocalTable, Notes
from devdb.dictionary.model import Dictionary, RemoteTable
from devdb.dictionary.names import Case, clashes, folded, local_column, local_name
from devdb.errors import SettingsError
from devdb.settings.complaints import nearest, one_error

_MOST_COLUMNS = 1600
_KINDS = {
    "temporary": "Temporary tables, which are ordinary and empty here",
    "external": "External tables, which are ordinary ones here",
}


@dataclass(frozen=True)
class Taken:
    """`schemas` are names here; `sequences` are by schema and name at the source."""

    schemas: tuple[str, ...]
    tables: tuple[LocalTable, ...]
    sequences: Mapping[tuple[str, str], Name]


def chosen_schemas(dictionary: Dictionary, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The schemas that are asked for, as the source spells them; None asks for all that hold a table or a sequence.

    Raises SettingsError naming each that the source does not have, and the one that is meant.
    """
    if asked is None:
        filled = {table.schema for table in dictionary.tables if table.kind != "view"}
        return tuple(sorted(filled | {one.schema for one in dictionary.sequences}))
    known = sorted(dictionary.all_schemas)
    errors = [
        SettingsError(f"the source has no schema {name!r}", hint=_meant(name, known))
        for name in dict.fromkeys(asked)
        if name not in known
    ]
    if errors:
        raise one_error(errors)
    return tuple(sorted(set(asked)))


def taken_tables(
    dictionary: Dictionary, chosen: Sequence[str], dialect: Dialect, reading: Reading, notes: Notes
) -> Taken:
    """The tables of the chosen schemas. Raises SettingsError for all that is wrong with them."""
    case = reading.case
    remote = sorted((table for table in dictionary.tables if table.schema in chosen), key=_place)
    made = [_ordered(table) for table in remote if table.kind != "view"]
    if not made:
        raise _nothing(dictionary, chosen)
    _tell_what_is_left(dictionary, remote, chosen, notes)
    sequences = {
        (one.schema, one.name): Name(local_name(one.schema, case), local_name(one.name, case))
        for one in sorted(dictionary.sequences, key=lambda one: (one.schema, one.name))
        if one.schema in chosen
    }
    errors = [*_name_errors(chosen, made, sequences, case)]
    unsupported: list[str] = []
    tables = []
    for table in made:
        columns = tuple(_columns(table, dialect, reading, unsupported, notes))
        name = Name(local_name(table.schema, case), local_name(table.name, case))
        if len(folded(table.name, case).encode()) > len(name.name.encode()):
            notes.add("Names cut, as they are too long for PostgreSQL", f"{_at_source(table)} ({name.name})")
        if not columns or len(columns) > _MOST_COLUMNS:
            why = f"they have more than {_MOST_COLUMNS} columns" if columns else "no column of theirs is taken"
            notes.add(f"Tables left out, as {why}", _at_source(table))
            continue
        if table.kind in _KINDS:
            notes.add(_KINDS[table.kind], str(name))
        tables.append(LocalTable(name, table, columns))
    if unsupported:
        listed = "".join(f"\n  {one}" for one in unsupported)
        errors.append(
            SettingsError(
                f"PostgreSQL has nothing for the types of these columns:{listed}",
                hint="source.unsupported_types: text takes them as text, leave_out leaves them out",
            )
        )
    if errors:
        raise one_error(errors)
    if not tables:
        raise _nothing(dictionary, chosen)
    tables.sort(key=lambda table: table.name)
    return Taken(tuple(sorted(local_name(name, case) for name in chosen)), tuple(tables), sequences)


def _meant(name: str, known: Sequence[str]) -> str:
    folding = [schema for schema in known if schema.casefold() == name.casefold()]
    if folding:
        return f"did you mean {' or '.join(folding)}? Schemas are written as the source spells them"
    return nearest(name, known) or f"its schemas are {', '.join(known) or 'none that this user may see'}"


def _nothing(dictionary: Dictionary, chosen: Sequence[str]) -> SettingsError:
    where = f"the source's {', '.join(chosen)}" if chosen else "the source"
    others = sorted({table.schema for table in dictionary.tables if table.kind != "view"} - set(chosen))
    hint = f"there are tables in {', '.join(others)}" if others else "may the source's user see them?"
    return SettingsError(f"there are no tables in {where}", hint=hint)


def _place(table: RemoteTable) -> tuple[str, str]:
    return (table.schema, table.name)


def _at_source(table: RemoteTable) -> str:
    return f"{table.schema}.{table.name}"


def _ordered(table: RemoteTable) -> RemoteTable:
    """The table with what belongs to it in an order of its own; columns have the one that they have."""
    return replace(
        table,
        unique_keys=tuple(sorted(table.unique_keys, key=lambda key: (key.name, key.columns))),
        foreign_keys=tuple(sorted(table.foreign_keys, key=repr)),
        checks=tuple(sorted(table.checks, key=lambda check: (check.name, check.condition))),
        indexes=tuple(sorted(table.indexes, key=repr)),
    )


def _tell_what_is_left(
    dictionary: Dictionary, tables: Sequence[RemoteTable], chosen: Collection[str], notes: Notes
) -> None:
    for table in tables:
        if table.kind == "view":
            notes.add("Views not carried over", _at_source(table))
    for trigger in sorted(dictionary.triggers, key=lambda one: (one.schema, one.table, one.name)):
        if trigger.schema in chosen:
            notes.add("Triggers not carried over", f"{trigger.schema}.{trigger.table} ({trigger.name})")


def _name_errors(
    schemas: Sequence[str], tables: Sequence[RemoteTable], sequences: Mapping[tuple[str, str], Name], case: Case
) -> Iterator[SettingsError]:
    yield from _clashing((name, local_name(name, case)) for name in schemas)
    for schema in schemas:
        name = local_name(schema, case)
        if name.startswith("pg_") or name == "information_schema":
            yield SettingsError(
                f"the source's schema {schema} would be called {name}, as only PostgreSQL's own may be",
                hint="leave it out with source.schemas",
            )
        named = [(_at_source(table), local_name(table.name, case)) for table in tables if table.schema == schema]
        named += [(".".join(key), name.name) for key, name in sequences.items() if key[0] == schema]
        yield from _clashing(named)
    for table in tables:
        at = _at_source(table)
        yield from _clashing((f"{at}.{column.name}", local_column(column.name, case)) for column in table.columns)


def _clashing(named: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> Iterator[SettingsError]:
    for name, several in clashes(named):
        yield SettingsError(
            f"{' and '.join(several)} would all be called {name}", hint="source.case: keep keeps them apart"
        )


def _columns(
    table: RemoteTable, dialect: Dialect, reading: Reading, unsupported: list[str], notes: Notes
) -> Iterator[Fetched]:
    for column in table.columns:
        at = f"{_at_source(table)}.{column.name}"
        becomes = dialect.becomes(column, reading)
        if isinstance(becomes, Unsupported):
            if reading.unsupported == "refuse":
                unsupported.append(f"{at}: {column.declared or column.type} ({becomes.reason})")
                continue
            if reading.unsupported == "text":
                notes.add(f"Columns taken as text ({becomes.reason})", at)
                becomes = becomes.as_text
            else:
                becomes = LeftOut(becomes.reason)
        if isinstance(becomes, LeftOut):
            notes.add(f"Columns left out ({becomes.reason})", at)
            continue
        if becomes.note is not None:
            notes.add(becomes.note, at)
        name = local_column(column.name, reading.case)
        called = folded(column.name, reading.case)
        if name.casefold() != called.casefold():
            notes.add("Names cut, as they are too long for PostgreSQL", f"{at} ({name})")
        elif name != called:
            notes.add("Names in upper case, as PostgreSQL's own columns have them in lower case", at)
        yield Fetched(name, column, becomes)
