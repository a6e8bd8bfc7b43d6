"""Query results as text, the way psql shows them: aligned, unaligned, CSV or expanded."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

_NUMERIC_TYPES = frozenset({20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069})


@dataclass
class Display:
    r"""What `\pset`, `\x`, `\t` and `\a` have set."""

    format: str = "aligned"
    expanded: bool = False
    tuples_only: bool = False
    footer: bool = True
    null: str = ""
    field_separator: str = "|"
    title: str | None = None


@dataclass(frozen=True)
class Table:
    """A result: its columns, whether each is numeric, and its rows; None is NULL."""

    columns: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str | None]]


def is_numeric(type_oid: int) -> bool:
    """Whether psql aligns values of this type to the right."""
    return type_oid in _NUMERIC_TYPES


def write_table(table: Table, display: Display, out: TextIO) -> None:
    """Write a result to `out`."""
    rows = [[display.null if value is None else value for value in row] for row in table.rows]
    if display.format == "csv":
        _write_csv(table, rows, display, out)
    elif display.expanded:
        _write_title(display, 0, out)
        _write_expanded(table, rows, display, out)
    elif display.format == "unaligned":
        _write_title(display, 0, out)
        _write_unaligned(table, rows, display, out)
    else:
        _write_aligned(table, rows, display, out)


def _write_title(display: Display, width: int, out: TextIO) -> None:
    if display.title and not display.tuples_only:
        out.write(" " * ((width - _width(display.title)) // 2) + display.title + "\n")


def _footer(count: int) -> str:
    return f"({count} row{'' if count == 1 else 's'})"


def _write_csv(table: Table, rows: list[list[str]], display: Display, out: TextIO) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not display.tuples_only:
        writer.writerow(table.columns)
    writer.writerows(rows)
    out.write(text.getvalue())


def _write_unaligned(table: Table, rows: list[list[str]], display: Display, out: TextIO) -> None:
    lines = [] if display.tuples_only else [display.field_separator.join(table.columns)]
    lines += [display.field_separator.join(row) for row in rows]
    if display.footer and not display.tuples_only:
        lines.append(_footer(len(rows)))
    out.write("".join(line + "\n" for line in lines))


def _write_expanded(table: Table, rows: list[list[str]], display: Display, out: TextIO) -> None:
    if not rows:
        out.write("" if display.tuples_only else "(0 rows)\n\n")
        return
    if display.format == "unaligned":
        records = [
            "".join(f"{name}{display.field_separator}{value}\n" for name, value in zip(table.columns, row, strict=True))
            for row in rows
        ]
        out.write("\n".join(records))
        return
    width = max((_width(name) for name in table.columns), default=0)
    values = max((_width(line) for row in rows for value in row for line in value.split("\n")), default=0)
    for number, row in enumerate(rows, 1):
        if not display.tuples_only:
            head = f"-[ RECORD {number} ]"
            out.write(head + "-" * max(width + 1 - len(head), 0))
            out.write(
                "+" + "-" * (values + 1) + "\n"
                if len(head) <= width + 1
                else "-" * (width + values + 3 - len(head)) + "\n"
            )
        for name, value in zip(table.columns, row, strict=True):
            *others, last = value.split("\n")
            head = _padded(name, width)
            for line in others:
                out.write(f"{head} | {_padded(line, values)}+\n")
                head = " " * width
            out.write(f"{head} | {last}\n")
    out.write("\n")


def _write_aligned(table: Table, rows: list[list[str]], display: Display, out: TextIO) -> None:
    cells = [[value.split("\n") for value in row] for row in rows]
    widths = [
        max([_width(name), *(_width(line) for row in cells for line in row[number])])
        for number, name in enumerate(table.columns)
    ]
    _write_title(display, sum(widths) + 3 * len(widths) - 1, out)
    if not table.columns and not display.tuples_only:
        out.write("--\n")
    elif not display.tuples_only:
        heads = (f" {_centred(name, width)} " for name, width in zip(table.columns, widths, strict=True))
        out.write("|".join(heads) + "\n")
        out.write("+".join("-" * (width + 2) for width in widths) + "\n")
    for row in cells if table.columns else ():
        for line in range(max((len(cell) for cell in row), default=1)):
            parts = []
            for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
                text = cell[line] if line < len(cell) else ""
                last = number == len(widths) - 1
                more = line + 1 < len(cell)
                if line >= len(cell) and last:
                    text = ""
                elif table.numeric[number]:
                    text = _padded(text, width, right=True)
                elif not last or more:
                    text = _padded(text, width)
                parts.append(f" {text}{'+' if more else '' if last else ' '}")
            out.write("|".join(parts) + "\n")
    if not display.tuples_only and display.footer:
        out.write(_footer(len(rows)) + "\n")
    out.write("\n")


def _width(text: str) -> int:
    """Columns on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _padded(text: str, width: int, *, right: bool = False) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if right else text + blanks


def _centred(text: str, width: int) -> str:
    left = (width - _width(text)) // 2
    return " " * left + text + " " * (width - _width(text) - left)
