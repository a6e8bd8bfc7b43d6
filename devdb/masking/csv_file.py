"""Read a CSV file as spreadsheet programs write it, whatever separates its values."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from devdb.errors import SettingsError
from devdb.masking.sheet import ROWS_ABOVE, Sheet, titles_of

_SEPARATORS = ",;\t|"
_ENCODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def sheets(path: Path) -> Iterator[Sheet]:
    """The file as its one sheet. Raises SettingsError, naming the line, for what is no CSV."""
    text = _text(path)
    skipped = 0
    if match := re.match(r"sep=(.)\r?\n", text):  # a spreadsheet program says it there
        separator, text, skipped = match[1], text[match.end() :], 1
    else:
        separator = _separator(text)
    rows, lines = [], []
    # Cut at line ends, which stay: within quotes they belong to the value.
    reader = csv.reader(re.split(r"(?<=\n)|(?<=\r)(?!\n)", text), delimiter=separator, strict=True)
    begin = 1
    try:
        for cells in reader:
            rows.append(cells)
            lines.append(begin + skipped)
            begin = reader.line_num + 1
    except csv.Error as exc:
        raise SettingsError(f"this is no CSV: {exc}", path=path, line=begin + skipped) from exc
    yield Sheet(path, None, rows, lines=lines)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        raise SettingsError("no such file", path=path, hint="classification.files names it") from exc
    except OSError as exc:
        raise SettingsError(f"cannot be read: {exc.strerror}", path=path) from exc
    encoding = next((name for mark, name in _ENCODINGS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        hint = "save it as CSV UTF-8; an XLSX file goes by the ending .xlsx"
        raise SettingsError("this is not UTF-8 text", path=path, line=line, hint=hint) from exc


def _separator(text: str) -> str:
    """The character by which the titles are found; if there are none, any."""
    lines = text.splitlines()[:ROWS_ABOVE]

    def title_count(separator: str) -> int:
        return max((len(titles_of([cell.strip(' "') for cell in line.split(separator)])) for line in lines), default=0)

    return max(_SEPARATORS, key=title_count)
