"""Read the classes of columns from a CSV or XLSX file, and the cells they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devdb.errors import SettingsError
from devdb.masking import csv_file, xlsx_file
from devdb.masking.sheet import ROWS_ABOVE, TITLES, Sheet, titles_of

_NEEDED = ("table", "column", "class")


@dataclass(frozen=True)
class Classified:
    """One row of a sheet. `schema` is "" when the sheet has none; `name` is the class, "" for undecided."""

    sheet: Sheet
    row: int
    titles: Mapping[str, int]
    schema: str
    table: str
    column: str
    name: str

    @property
    def place(self) -> str:
        """Where it stands, for people: classes.xlsx, sheet HR, row 12."""
        return self.sheet.row_name(self.row)

    def mistake(self, title: str, message: str, hint: str | None = None) -> SettingsError:
        """An error about one of its cells: what stands below the `title` (table, column, class, schema)."""
        return _mistake(self.sheet, self.row, self.titles[title], message, hint)


def read(path: Path) -> tuple[list[Classified], list[str], list[SettingsError]]:
    """The rows of all sheets of a file, what is to be said of sheets that hold none, and the mistakes in it.

    Raises SettingsError for a file that cannot be read at all.
    """
    sheets = list(xlsx_file.sheets(path) if path.suffix.lower() in (".xlsx", ".xlsm") else csv_file.sheets(path))
    rows: list[Classified] = []
    errors: list[SettingsError] = []
    untitled: list[Sheet] = []
    for sheet in sheets:
        top, titles = _titles(sheet)
        if not titles:
            untitled.append(sheet)
        elif mistakes := list(_title_mistakes(sheet, top, titles)) + list(_merged(sheet, top, titles)):
            errors += mistakes
        else:
            rows += _rows(sheet, top, {title: columns[0] for title, columns in titles.items()}, errors)
    if len(untitled) == len(sheets):
        wanted = ", ".join(TITLES[title][0] for title in _NEEDED)
        return (
            [],
            [],
            [SettingsError("there are no column titles", path=path, hint=f"a row near the top names {wanted}")],
        )
    return rows, [f"{sheet.name}: has no column titles, so nothing was read from it" for sheet in untitled], errors


def _titles(sheet: Sheet) -> tuple[int, dict[str, list[int]]]:
    """The row with the most titles, and where each stands in it; both from 0."""
    best: tuple[int, dict[str, list[int]]] = (0, {})
    for number, cells in enumerate(sheet.rows[:ROWS_ABOVE]):
        found = titles_of(cells)
        if len(found) > len(best[1]):
            best = (number, found)
    return best


def _title_mistakes(sheet: Sheet, top: int, titles: Mapping[str, Sequence[int]]) -> Iterator[SettingsError]:
    for title in _NEEDED:
        if title not in titles:
            wanted = " or ".join(TITLES[title])
            yield SettingsError(f"{sheet.row_name(top)}: no column has the title {wanted}")
    for columns in titles.values():
        if len(columns) > 1:
            message = f"the title {sheet.rows[top][columns[1]].strip()} is there twice"
            yield _mistake(sheet, top, columns[1], message)


def _merged(sheet: Sheet, top: int, titles: Mapping[str, Sequence[int]]) -> Iterator[SettingsError]:
    """Of merged cells the first alone has a value: for which rows it was meant, only their author knows."""
    for area in sheet.merged:
        columns = {column for positions in titles.values() for column in positions}
        if area.last_row >= top and any(area.first_column <= column <= area.last_column for column in columns):
            message = f"the cells {area.name} are merged"
            yield _mistake(sheet, area.first_row, area.first_column, message, "unmerge them, and fill each one")


def _rows(sheet: Sheet, top: int, titles: Mapping[str, int], errors: list[SettingsError]) -> Iterator[Classified]:
    for number, cells in enumerate(sheet.rows[top + 1 :], start=top + 1):
        said = {title: cells[column].strip() if column < len(cells) else "" for title, column in titles.items()}
        if not any(said.values()):
            continue
        row = Classified(sheet, number, titles, said.get("schema", ""), said["table"], said["column"], said["class"])
        empty = [title for title in ("table", "column") if not said[title]]
        if empty:
            errors += [row.mistake(title, f"the {title} is missing") for title in empty]
        else:
            yield row


def _mistake(sheet: Sheet, row: int, column: int, message: str, hint: str | None = None) -> SettingsError:
    return SettingsError(f"{sheet.cell_name(row, column)}: {message}", hint=hint)
