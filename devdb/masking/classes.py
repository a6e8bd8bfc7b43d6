"""From the rows of spreadsheets to columns of the source and classes of the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from devdb.catalog.model import Name, Source
from devdb.errors import SettingsError
from devdb.masking import spreadsheet
from devdb.masking.spreadsheet import Classified
from devdb.settings import Settings, nearest
from devdb.settings.patterns import parts_of, written


@dataclass(frozen=True)
class Said:
    """That a column has a class, and where somebody said so."""

    table: Name
    column: str
    name: str
    place: str


class _Unknown(Exception):
    """There is no such thing, or more than one."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def from_files(source: Source, settings: Settings) -> tuple[list[Said], list[str], list[SettingsError]]:
    """What the spreadsheets of the settings say, what is to be told of them, and all mistakes in them.

    Rows about what is not taken, views and schemas that were not chosen, are left out. Where a partition is named, the
    table is meant into which its rows are put.
    """
    said: list[Said] = []
    notes: list[str] = []
    errors: list[SettingsError] = []
    names = _Names(source.complete)
    taken = {table.name for table in source.filled_tables}
    for path in settings.classification_files:
        try:
            rows, of_file, mistakes = spreadsheet.read(path)
        except SettingsError as exc:
            errors.append(exc)
            continue
        notes += of_file
        errors += mistakes
        for row in rows:
            try:
                found = _resolved(row, names, settings.classification.classes)
                said += [one for one in found if one.table in taken]
            except SettingsError as exc:
                errors.append(exc)
    return said, notes, errors


class _Names:
    """The names of a source's relations, to be found as people write them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tables = {table.name: table for table in source.tables}
        self.relations = [*self.tables, *source.views]
        self._folded: dict[str, list[Name]] = {}
        for name in self.relations:
            for text in (name.name, str(name)):
                self._folded.setdefault(text.casefold(), []).append(name)

    def find(self, schema: str, table: str) -> Name | None:
        """The relation that is meant; None for one in a schema that was not chosen. Raises _Unknown."""
        for schema_part, table_part in _spellings(schema, table):
            found = self._matching(schema_part, table_part)
            if len(found) == 1:
                return found[0]
            if found:
                those = ", ".join(written(name.schema) + "." + written(name.name) for name in found)
                raise _Unknown(f"{table} is several tables", f"write one of {those}")
            if schema_part and schema_part not in self.source.schemas and schema_part in self.source.database.schemas:
                return None
        known = [str(name) if "." in table else name.name for name in self.relations]
        raise _Unknown(f"there is no table {table}" + (f" in {schema}" if schema else ""), nearest(table, known))

    def _matching(self, schema: str, table: str) -> list[Name]:
        candidates = self._folded.get(f"{schema}.{table}".casefold() if schema else table.casefold(), [])
        candidates = [name for name in candidates if name.name.casefold() == table.casefold()]
        exact = [name for name in candidates if name.name == table and schema in ("", name.schema)]
        return exact or candidates


def _spellings(schema: str, table: str) -> Iterator[tuple[str, str]]:
    """What a table's cell may mean: a name, whose dot may be one of its own, or schema.table."""
    yield schema, table
    parts = parts_of(table)
    if len(parts) <= 2 and parts:
        yield parts[0].text if len(parts) == 2 else schema, parts[-1].text


def _resolved(row: Classified, names: _Names, classes: Sequence[str]) -> Iterator[Said]:
    """The class of the column of a row; nothing when it is undecided, or not taken. Raises SettingsError."""
    try:
        relation = names.find(row.schema, row.table)
    except _Unknown as exc:
        raise row.mistake("table", exc.message, exc.hint) from exc
    table = None if relation is None else names.tables.get(relation)
    try:
        column = None if table is None else _one_of(row.column, table.column, f"column {row.column} in {table.name}")
    except _Unknown as exc:
        raise row.mistake("column", exc.message, exc.hint) from exc
    if not row.name:
        return
    try:
        name = _one_of(row.name, classes, f"class {row.name}")
    except _Unknown as exc:
        raise row.mistake("class", exc.message, exc.hint or f"classes are {', '.join(classes)}") from exc
    if table is not None and column is not None and (root := names.source.root(table)).is_filled:
        yield Said(root.name, column, name, row.place)


def _one_of(text: str, known: Iterable[str], what: str) -> str:
    """The known word as it is written, or else the only one that differs in case alone. Raises _Unknown."""
    words = list(known)
    if text in words:
        return text
    found = [word for word in words if word.casefold() == text.casefold()]
    if len(found) != 1:
        raise _Unknown(f"there is no {what}", f"write {' or '.join(found)}" if found else nearest(text, words))
    return found[0]
