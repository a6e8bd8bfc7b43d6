"""What is to be loaded into which tables, and in which order: files matched with what the dev database holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from devdb.catalog.graph import components
from devdb.catalog.model import Column, ForeignKey, Name, Source, Table, UniqueKey
from devdb.catalog.model import Sequence as Counter
from devdb.codes.csv_file import CsvFile, Mistake, failure
from devdb.errors import CheckFailed, SettingsError
from devdb.settings import Settings, nearest, one_error
from devdb.settings.code_tables import CodeTable
from devdb.settings.patterns import parse_one_table, pattern_for
from devdb.sqltext.quoting import ident
from devdb.sqltext.script import Script

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Load:
    """One table and the file with its rows. `place` is its place in the settings, from 1.

    `key` tells rows apart: the columns of a unique key.
    """

    place: int
    table: Table
    key: tuple[str, ...]
    equals: tuple[str, ...]
    file: CsvFile

    @property
    def name(self) -> Name:
        return self.table.name

    @property
    def only(self) -> str:
        """SQL: the table's own rows."""
        return self.table.only

    @property
    def path(self) -> str:
        """What messages call the file."""
        return str(self.file.path)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the file fills, in its order."""
        return self.file.columns

    @property
    def never_null(self) -> tuple[str, ...]:
        """Those of them that may not be NULL."""
        return tuple(name for name in self.columns if name in self.key or self.table.column[name].not_null)

    @property
    def changed(self) -> tuple[str, ...]:
        """Those of them that a row that is there already gets anew."""
        return tuple(name for name in self.columns if self.table.column[name].identity != "a")

    @property
    def stage(self) -> str:
        """The temporary table that holds what the file says."""
        return f"devdb_codes_{self.place}"

    @property
    def gone(self) -> str:
        """The temporary table that holds the rows of the table that are not in the file."""
        return f"devdb_gone_{self.place}"

    @property
    def line_column(self) -> str:
        """The column of `stage` that holds the line; none of the file's is called so."""
        name = "devdb_line"
        while name in self.columns:
            name += "_"
        return name

    @cached_property
    def rows(self) -> Script:
        """The rows as data of COPY, each of which knows its line in the file."""
        lines = [
            "\t".join((str(row.line), *("\\N" if value is None else value.translate(_ESCAPES) for value in row.values)))
            for row in self.file.rows
        ]
        origins = [(self.path, row.line) for row in self.file.rows]
        return Script(self.path, "\n".join((*lines, "\\.")), origins=(*origins, (self.path, self.file.columns_line)))

    def matched(self, left: str, right: str) -> str:
        """SQL: the condition under which two rows have the same key."""
        pairs = zip(self.key, self.equals, strict=True)
        return " AND ".join(f"{left}.{ident(name)} {equals} {right}.{ident(name)}" for name, equals in pairs)

    def differs(self, left: str, right: str) -> str:
        """SQL: the condition under which two rows are stored differently, as far as the file says."""
        rows = (f"ROW({', '.join(f'{each}.{ident(name)}' for name in self.columns)})" for each in (left, right))
        return "({}::record OPERATOR(pg_catalog.*<>) {}::record)".format(*rows)

    def key_text(self, row: str) -> str:
        """SQL: the key of a row, for people."""
        return _text(row, self.key)


@dataclass(frozen=True)
class Referring:
    """A foreign key of a table that is loaded, or into one. What is loaded into either side, if anything."""

    key: ForeignKey
    parent: Load | None
    child: Load | None

    @property
    def is_told(self) -> bool:
        """Whether the files tell which rows refer to nothing; if not, the server does, once they are written."""
        sides = ((self.child, self.key.child_columns), (self.parent, self.key.parent_columns))
        return all(side is None or set(columns) <= set(side.columns) for side, columns in sides)

    def referred(self, row: str) -> str:
        """SQL: what a row of the child refers to, for people."""
        return _text(row, self.key.child_columns)


@dataclass(frozen=True)
class Plan:
    """All that is loaded. `groups` are in an order in which rows can be inserted: what refers comes after its parents.

    A group of several tables refers to each other in a circle.
    """

    groups: tuple[tuple[Load, ...], ...]
    referring: tuple[Referring, ...]
    sequences: tuple[Counter, ...]

    @property
    def tables(self) -> tuple[Load, ...]:
        return tuple(load for group in self.groups for load in group)


def plan(settings: Settings, dev: Source, files: Mapping[str, CsvFile], needed: Mapping[int, Sequence[str]]) -> Plan:
    """Match `files`, by the table's name as in the settings, with the tables of `dev`.

    `needed` are the columns that a row must be given, by the table's oid. Raises SettingsError for tables that are not
    there or have no key, CheckFailed for columns that do not fit.
    """
    tables = {table.name: table for table in dev.tables}
    errors: list[SettingsError] = []
    loads: list[Load] = []
    for place, (text, said) in enumerate(settings.code_tables.items(), 1):
        name = Name(*parse_one_table(text))
        found = _key(text, said, name, tables, dev)
        if isinstance(found, SettingsError):
            errors.append(found)
        else:
            loads.append(Load(place, tables[name], found.columns, found.equals, files[text]))
    if errors:
        raise one_error(errors)
    misfits = [(load.file.path, list(_misfits(load, needed))) for load in loads]
    if mistaken := [str(failure(path, those)) for path, those in misfits if those]:
        raise CheckFailed("\n".join(mistaken))
    by_oid = {load.table.oid: load for load in loads}
    edges: dict[int, list[int]] = {load.table.oid: [] for load in loads}
    for key in dev.foreign_keys:
        if key.child.oid in by_oid and key.parent.oid in by_oid:
            edges[key.child.oid].append(key.parent.oid)
    return Plan(
        groups=tuple(tuple(by_oid[oid] for oid in group) for group in components(edges)),
        referring=tuple(
            Referring(key, by_oid.get(key.parent.oid), by_oid.get(key.child.oid))
            for key in dev.foreign_keys
            if {key.parent.oid, key.child.oid} & by_oid.keys()
        ),
        sequences=tuple(
            each
            for each in dev.sequences
            if each.owner is not None and each.increment > 0
            for load in loads
            if load.name == each.owner[0] and each.owner[1] in load.columns
        ),
    )


def _key(
    text: str, said: CodeTable, name: Name, tables: Mapping[Name, Table], dev: Source
) -> UniqueKey | SettingsError:
    """The unique key that tells the rows of the table apart, or what is wrong."""
    table = tables.get(name)
    if table is None or not table.is_filled:
        what = "there is no table" if table is None else "this is no table of its own:"
        if name in dev.views:
            what = "a view takes no rows:"
        patterns = {pattern_for(other.schema, other.name): None for other, found in tables.items() if found.is_filled}
        return SettingsError(f"code_tables: {what} {name} in the dev database", hint=nearest(text, patterns))
    wanted = said.key or table.primary_key
    if not wanted:
        return SettingsError(
            f"code_tables: {name} has no primary key, so that its rows cannot be told apart",
            hint="name the columns of a unique key with key, or give the table a primary key",
        )
    found = next((key for key in table.unique_keys if set(key.columns) == set(wanted)), None)
    if found is None:
        keys = "; ".join(f"[{', '.join(key.columns)}]" for key in table.unique_keys) or "it has none"
        return SettingsError(
            f"code_tables: {name} has no unique key on {', '.join(wanted)}", hint=f"its unique keys: {keys}"
        )
    return found


def _misfits(load: Load, needed: Mapping[int, Sequence[str]]) -> Iterator[Mistake]:
    line, columns = load.file.columns_line, load.table.column
    for name in load.columns:
        column = columns.get(name)
        if column is None:
            hint = nearest(name, columns)
            yield Mistake(line, f"{load.name} has no column {name}" + (f" ({hint})" if hint else ""))
        elif reason := _not_written(column, load.key):
            yield Mistake(line, f"the column {name} {reason}: leave it out")
    for name in dict.fromkeys((*load.key, *needed.get(load.table.oid, ()))):
        if name not in load.columns:
            what = "is part of the key" if name in load.key else "may not be NULL and has no default"
            yield Mistake(line, f"the file lacks the column {name}, which {what}")


def _not_written(column: Column, key: Sequence[str]) -> str | None:
    if column.is_generated:
        return "is generated by PostgreSQL"
    # It cannot be changed where the row is there already.
    return "is GENERATED ALWAYS AS IDENTITY" if column.identity == "a" and column.name not in key else None


def _text(row: str, columns: Sequence[str]) -> str:
    """SQL: the values of these columns of a row, as one text."""
    texts = [f"{row}.{ident(name)}::text" for name in columns]
    return texts[0] if len(texts) == 1 else f"'(' || pg_catalog.concat_ws(', ', {', '.join(texts)}) || ')'"
