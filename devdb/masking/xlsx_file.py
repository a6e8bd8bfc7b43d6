"""Read the sheets of an XLSX file: what its cells show, and which of them are merged."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devdb.errors import SettingsError
from devdb.masking.sheet import Area, Sheet, letters

_FORMULA = "f"


def sheets(path: Path) -> Iterator[Sheet]:
    """Every sheet of cells; a formula whose value is not in the file as it is written. Raises SettingsError."""
    written, shown = _workbook(path, values=False), None
    for sheet in written.worksheets:
        rows: list[list[str]] = []
        # Those that there are: asked for rows, the library would make a cell for each place of the whole sheet.
        for cell in sheet._cells.values():
            value = cell.value
            if cell.data_type == _FORMULA:
                # What it came to, a program that calculates has stored; the library does not calculate.
                shown = shown or _workbook(path, values=True)
                stored = shown[sheet.title][cell.coordinate].value
                value = value if stored is None else stored
            if value is not None:
                rows.extend([] for _ in range(len(rows), cell.row))
                row = rows[cell.row - 1]
                row.extend("" for _ in range(len(row), cell.column))
                row[cell.column - 1] = _text(value)
        yield Sheet(path, sheet.title, rows, tuple(map(_area, sheet.merged_cells.ranges)))


def _workbook(path: Path, *, values: bool) -> Any:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            # Of things that it cannot keep when it saves the file, which nobody does.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, data_only=values)
    except FileNotFoundError as exc:
        raise SettingsError("no such file", path=path, hint="classification.files names it") from exc
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as exc:
        hint = "save it as an Excel workbook (.xlsx) without a password, or as CSV"
        raise SettingsError("this is no XLSX file", path=path, hint=hint) from exc
    except OSError as exc:
        raise SettingsError(f"cannot be read: {exc.strerror or exc}", path=path) from exc


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _area(merged: Any) -> Area:
    first_row, first_column = merged.min_row - 1, merged.min_col - 1
    last_row, last_column = merged.max_row - 1, merged.max_col - 1
    name = f"{letters(first_column)}{first_row + 1}:{letters(last_column)}{last_row + 1}"
    return Area(name, first_row, first_column, last_row, last_column)
