"""Which keys and indexes of a foreign source there can be here, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from devdb.dictionary.dialect import Dialect
from devdb.dictionary.expressions import Expression, Known, NotTold, localized
from devdb.dictionary.local import LocalTable, Notes
from devdb.dictionary.model import RemoteForeignKey, RemoteIndex, RemoteKey, RemoteTable
from devdb.dictionary.names import Case, Wanted, folded
from devdb.dictionary.sql_types import parsed
from devdb.dictionary.unify import joined
from devdb.sqltext.quoting import ident

_MOST_COLUMNS = 32


@dataclass(frozen=True)
class LocalKey:
    """A primary key, a unique key or an index. `parts` are SQL of what it orders by.

    `columns` are the columns that it makes unique: () if it makes none so. Not `is_sure` if PostgreSQL may refuse it.
    """

    table: LocalTable
    kind: Literal["p", "u", "i"]
    wanted: Wanted
    parts: tuple[str, ...]
    columns: tuple[str, ...] = ()
    is_unique: bool = True
    is_sure: bool = True


@dataclass(frozen=True)
class LocalForeignKey:
    """A foreign key; `columns` and `parent_columns` are names here."""

    table: LocalTable
    wanted: Wanted
    remote: RemoteForeignKey
    columns: tuple[str, ...]
    parent: LocalTable
    parent_columns: tuple[str, ...]


class Impossible(Exception):
    """Why there is no such key here, and what this one has to do with it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.detail = detail


def unique_keys(table: LocalTable, case: Case, notes: Notes) -> Iterator[LocalKey]:
    """The primary key, then the unique ones."""
    for kind, key in _of_kinds(table.remote):
        try:
            names, is_sure = _key_columns(table, key.columns)
        except Impossible as reason:
            notes.add(f"Keys left out, as {reason}", f"{table.name} ({key.name})")
            continue
        default = f"{table.name.name}_pkey" if kind == "p" else "_".join((table.name.name, *names, "key"))
        yield LocalKey(
            table,
            kind,
            Wanted(table.name.name, (kind, *names), folded(key.name, case), key.name, default),
            tuple(ident(name) for name in names),
            names,
            is_sure=is_sure,
        )


def indexes(table: LocalTable, dialect: Dialect, known: Known, case: Case, notes: Notes) -> Iterator[LocalKey]:
    """The indexes that no key makes by itself."""
    for index in table.remote.indexes:
        try:
            yield _index(table, index, dialect, known, case)
        except (Impossible, NotTold) as reason:
            notes.add(f"Indexes left out, as {reason}", f"{table.name} ({index.name})")


def foreign_keys(
    tables: Sequence[LocalTable], keys: Sequence[LocalKey], generated: Callable[[LocalTable, str], bool], case: Case,
    notes: Notes,
) -> Iterator[LocalForeignKey]:  # fmt: skip
    """The foreign keys that PostgreSQL can have; `generated` tells the columns that it computes itself."""
    by_identity = {table.identity: table for table in tables}
    unique: dict[tuple[str, str], set[frozenset[str]]] = {}
    for key in keys:
        if key.columns and key.is_sure:
            unique.setdefault(key.table.identity, set()).add(frozenset(key.columns))
    for table in tables:
        for remote in table.remote.foreign_keys:
            try:
                found = _foreign_key(table, remote, by_identity, unique, case)
            except Impossible as reason:
                parent = by_identity.get(remote.parent)
                named = ".".join(remote.parent) if parent is None else str(parent.name)
                what = f"{table.name} ({remote.name}) -> {named}{reason.detail}"
                notes.add(f"Foreign keys left out, as {reason}", what)
                continue
            if any(generated(table, name) for name in found.columns) and _writes(remote):
                notes.add(
                    "Foreign keys without their actions, as those would write a generated column", str(table.name)
                )
                found = replace(found, remote=replace(remote, on_delete="NO ACTION", on_update="NO ACTION"))
            yield found


def _of_kinds(table: RemoteTable) -> Iterator[tuple[Literal["p", "u"], RemoteKey]]:
    if table.primary_key is not None:
        yield "p", table.primary_key
    for key in table.unique_keys:
        yield "u", key


def _key_columns(table: LocalTable, columns: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The names here, and whether PostgreSQL surely takes them as a key."""
    _refuse_shape(columns)
    missing = [name for name in columns if name not in table.fetched]
    if missing:
        raise Impossible("a column of them is not taken")
    fetched = [table.fetched[name] for name in columns]
    answers = {column.name: parsed(column.becomes.type).can_be_key for column in fetched}
    if False in answers.values():
        raise Impossible("a column's type has no order")
    return tuple(answers), None not in answers.values()


def _refuse_shape(columns: Sequence[object]) -> None:
    if not columns:
        raise Impossible("their columns are not known")
    if len(columns) > _MOST_COLUMNS:
        raise Impossible(f"they have more than {_MOST_COLUMNS} columns")
    if len(set(columns)) < len(columns):
        raise Impossible("a column stands in them twice")


def _index(table: LocalTable, index: RemoteIndex, dialect: Dialect, known: Known, case: Case) -> LocalKey:
    _refuse_shape(index.columns)
    parts, plain, is_sure = [], [], True
    for one in index.columns:
        column = one.column
        if column is None:
            expression = _expression(one.expression, dialect, known)
            part = f"({expression.sql})"
            here = expression.bare_column
            is_sure = is_sure and here is not None
            if here is not None:
                column = next(remote for remote, fetched in table.fetched.items() if fetched.name == here)
        if column is not None:
            (here,), sure = _key_columns(table, (column,))
            part, is_sure = ident(here), is_sure and sure
            plain.append(here)
        parts.append(f"{part} DESC" if one.is_descending else part)
    is_whole = len(set(plain)) == len(parts)
    default = "_".join((table.name.name, *plain, "idx"))
    return LocalKey(
        table,
        "i",
        Wanted(table.name.name, ("i", *parts), folded(index.name, case), index.name, default),
        tuple(parts),
        tuple(plain) if index.is_unique and is_whole else (),
        is_unique=index.is_unique,
        is_sure=is_sure,
    )


def _expression(text: str | None, dialect: Dialect, known: Known) -> Expression:
    told = None if text is None else dialect.expression(text)
    if told is None:
        raise Impossible("their expressions have no equal in PostgreSQL")
    return localized(told, known)


def _foreign_key(
    table: LocalTable,
    remote: RemoteForeignKey,
    tables: Mapping[tuple[str, str], LocalTable],
    unique: Mapping[tuple[str, str], set[frozenset[str]]],
    case: Case,
) -> LocalForeignKey:
    parent = tables.get(remote.parent)
    if parent is None:
        raise Impossible("the table that they refer to is not taken")
    _refuse_shape(remote.columns)
    pairs = list(joined(table, remote, tables))
    if not pairs:
        raise Impossible("a column of them is not taken")
    mine = tuple(table.fetched[child[1]] for child, _ in pairs)
    theirs = tuple(parent.fetched[column[1]] for _, column in pairs)
    for one, other in zip(mine, theirs, strict=True):
        if parsed(one.becomes.type).family != parsed(other.becomes.type).family:
            raise Impossible(
                "their columns have no type in common (sampling.virtual_keys follows them with a cast)",
                f", {one.becomes.type} and {other.becomes.type}",
            )
    names, parent_names = tuple(column.name for column in mine), tuple(column.name for column in theirs)
    if frozenset(parent_names) not in unique.get(parent.identity, set()) or len(set(parent_names)) < len(parent_names):
        raise Impossible("nothing makes the columns unique that they refer to")
    default = "_".join((table.name.name, *names, "fkey"))
    of = ("f", *names, str(parent.name), *parent_names, remote.on_delete, remote.on_update)
    wanted = Wanted(table.name.name, of, folded(remote.name, case), remote.name, default)
    return LocalForeignKey(table, wanted, remote, names, parent, parent_names)


def _writes(key: RemoteForeignKey) -> bool:
    return key.on_delete in ("SET NULL", "SET DEFAULT") or key.on_update in ("SET NULL", "SET DEFAULT", "CASCADE")
