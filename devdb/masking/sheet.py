"""A sheet of cells, what its cells are called, and the titles of columns that mean something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TITLES: Mapping[str, tuple[str, ...]] = {
    "schema": ("SCHEMA NAME", "SCHEMA"),
    "table": ("TABLE NAME", "TABLE"),
    "column": ("COLUMN NAME", "COLUMN"),
    "class": ("INFO SECURITY CLASS", "CLASS"),
}
ROWS_ABOVE = 30  # among which the titles are looked for


@dataclass(frozen=True)
class Area:
    """Merged cells; `name` as a spreadsheet writes it, B4:B7. Positions from 0, the last ones are part of it."""

    name: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Sheet:
    """The texts of a sheet's cells, row by row. `title` is None for a file that has no sheets.

    `lines` are those of the file on which the rows begin, where it has lines.
    """

    path: Path
    title: str | None
    rows: Sequence[Sequence[str]]
    merged: Sequence[Area] = ()
    lines: Sequence[int] | None = None

    @property
    def name(self) -> str:
        return str(self.path) if self.title is None else f"{self.path}, sheet {self.title}"

    def row_name(self, row: int) -> str:
        """What a row is called: classes.xlsx, sheet HR, row 12; or classes.csv:12."""
        return f"{self.name}, row {row + 1}" if self.lines is None else f"{self.name}:{self.lines[row]}"

    def cell_name(self, row: int, column: int) -> str:
        """What a cell is called: classes.xlsx, sheet HR, cell C12; or classes.csv:12, column 3."""
        if self.lines is not None:
            return f"{self.row_name(row)}, column {column + 1}"
        return f"{self.name}, cell {letters(column)}{row + 1}"


def titles_of(cells: Sequence[str]) -> dict[str, list[int]]:
    """Which of the titles stand in a row, and where, counted from 0."""
    found: dict[str, list[int]] = {}
    for position, cell in enumerate(cells):
        text = " ".join(cell.replace("_", " ").upper().split())
        for title, spellings in TITLES.items():
            if text in spellings:
                found.setdefault(title, []).append(position)
    return found


def letters(column: int) -> str:
    """What a spreadsheet calls its column, counted from 0: A, Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
