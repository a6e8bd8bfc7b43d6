"""A spreadsheet says which column has which class, or an error names the cell that does not."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from devdb.errors import SettingsError
from devdb.masking import spreadsheet
from devdb.masking.sheet import letters

TITLES = ("TABLE NAME", "COLUMN NAME", "INFO SECURITY CLASS")
ROWS = [("person", "id", "public"), ("person", "email", "secret"), ("person", "note", "")]


def book(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def edited(path: Path, edit: Callable[[Any], object]) -> Path:
    made = openpyxl.load_workbook(path)
    edit(made.worksheets[0])
    made.save(path)
    return path


def said(path: Path) -> list[tuple[str, str, str]]:
    rows, _, errors = spreadsheet.read(path)
    assert errors == []
    return [(row.table, row.column, row.name) for row in rows]


def mistakes(path: Path) -> list[str]:
    return [str(error).replace(f"{path.parent}/", "") for error in spreadsheet.read(path)[2]]


@pytest.mark.parametrize(
    "titles",
    [
        TITLES,
        ("table", "column", "class"),
        ("Table_Name", "column  name", "Info Security\nClass"),
        ("  TABLE", "COLUMN ", "class"),
    ],
)
def test_titles_are_known_in_any_case(tmp_path: Path, titles: Sequence[str]) -> None:
    assert said(book(tmp_path / "a.xlsx", HR=[titles, *ROWS])) == ROWS


def test_other_columns_and_rows_above_do_not_matter(tmp_path: Path) -> None:
    rows = [
        ["Our data, 2024", None],
        [],
        ["remark", "class", "table", "seen by", "column"],
        ["x", "secret", "a", 5, "b"],
    ]
    path = edited(book(tmp_path / "a.xlsx", HR=rows), lambda sheet: sheet.merge_cells("A1:E1"))
    read, _, errors = spreadsheet.read(path)
    assert errors == []
    assert [(row.table, row.column, row.name, row.place) for row in read] == [
        ("a", "b", "secret", f"{path}, sheet HR, row 4")
    ]


def test_all_sheets_count_and_those_without_titles_are_told(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HR=[TITLES, *ROWS], About=[["By us"], []], Sales=[TITLES, ("sale", 5.0, " x ")])
    rows, notes, errors = spreadsheet.read(path)
    assert [(row.table, row.column, row.name) for row in rows] == [*ROWS, ("sale", "5", "x")]
    assert notes == [f"{path}, sheet About: has no column titles, so nothing was read from it"]
    assert errors == []


def test_rows_that_say_nothing_do_not_count(tmp_path: Path) -> None:
    rows = [(*TITLES, "remark"), (None, None, None, "a heading"), ("", " "), ("person", "id", None)]
    path = edited(book(tmp_path / "a.xlsx", HR=rows), lambda sheet: sheet.cell(1_000_000, 16_000))
    assert said(path) == [("person", "id", "")]


@pytest.mark.parametrize(
    ("rows", "merge", "words"),
    [
        ([TITLES[:2], ROWS[0]], None, "sheet HR, row 1: no column has the title INFO SECURITY CLASS or CLASS"),
        ([["x"], ["COLUMN", "CLASS"]], None, "sheet HR, row 2: no column has the title TABLE NAME or TABLE"),
        ([["x", "y"], ["z"]], None, "there are no column titles\nHint: a row near the top names TABLE NAME, COLUMN"),
        ([], None, "there are no column titles"),
        ([(*TITLES, "class"), ROWS[0]], None, "sheet HR, cell D1: the title class is there twice"),
        ([TITLES, *ROWS], "A3:A4", "sheet HR, cell A3: the cells A3:A4 are merged\nHint: unmerge them, and fill"),
        ([TITLES, *ROWS], "C2:D2", "sheet HR, cell C2: the cells C2:D2 are merged"),
        ([TITLES, (None, "id", "public")], None, "sheet HR, cell A2: the table is missing"),
        ([TITLES, ("person", None, "public")], None, "sheet HR, cell B2: the column is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_cell(
    tmp_path: Path, rows: list[Any], merge: str | None, words: str
) -> None:
    path = book(tmp_path / "a.xlsx", HR=rows)
    if merge:
        edited(path, lambda sheet: sheet.merge_cells(merge))
    (message,) = mistakes(path)
    assert words in message
    assert message.startswith("a.xlsx")


def test_merged_cells_elsewhere_do_no_harm(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HR=[(*TITLES, "remark"), *ROWS])
    assert said(edited(path, lambda sheet: sheet.merge_cells("D2:E4"))) == ROWS


def test_of_a_formula_the_stored_value_counts(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HR=[TITLES, ("person", "id", "=1+1")])
    assert said(path) == [("person", "id", "=1+1")]  # nobody calculated: this will be no class
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = (
        parts[sheet]
        .replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        .replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert said(path) == [("person", "id", "2")]


@pytest.mark.parametrize(
    "content",
    [
        b"schema,table,column,class\nhr,person,e-mail,secret\nhr,person,id,\n",
        b"\xef\xbb\xbfschema;table;column;class\r\nhr;person;e-mail;secret\r\nhr;person;id;\r\n",
        "schema\ttable\tcolumn\tclass\nhr\tperson\te-mail\tsecret\nhr\tperson\tid\t\n".encode("utf-16"),
        b'sep=|\nschema|table|column|class\nhr|"person"|e-mail|secret\nhr|person|id|\n',
        b'# a, b, c, d\n"schema";"table";"column";"class"\r"hr";"person";"e-mail";"secret"\r"hr";"person";"id";""\r',
    ],
    ids=["comma", "semicolon and mark", "tab and UTF-16", "said", "old line ends"],
)
def test_a_csv_is_read_whatever_wrote_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    rows, notes, errors = spreadsheet.read(path)
    assert (notes, errors) == ([], [])
    assert [(row.schema, row.table, row.column, row.name) for row in rows] == [
        ("hr", "person", "e-mail", "secret"),
        ("hr", "person", "id", ""),
    ]


def test_a_line_of_a_csv_is_the_one_an_editor_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('table,column,class\n"two\nlines",a,secret\n\n,b,secret\nx,y,z\n')
    rows, _, errors = spreadsheet.read(path)
    assert [(row.table, row.place) for row in rows] == [("two\nlines", f"{path}:2"), ("x", f"{path}:6")]
    assert [str(error) for error in errors] == [f"{path}:5, column 1: the table is missing"]
    assert str(rows[1].mistake("class", "no")) == f"{path}:6, column 3: no"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "table,column,class\ngröße,b,c".encode("latin-1"), "a.csv:2: this is not UTF-8 text"),
        ("a.csv", b'table,column,class\n"a,b,c\nd,e,f', "a.csv:2: this is no CSV"),
        ("a.csv", b'table,column,class\n"a"b,c,d\n', "a.csv:2: this is no CSV"),
        ("a.xlsx", b"PK\x03\x04 not really", "a.xlsx: this is no XLSX file\nHint: save it as an Excel workbook"),
        ("a.xlsx", b"", "a.xlsx: this is no XLSX file"),
        ("a.xlsx", None, "a.xlsx: no such file\nHint: classification.files names it"),
        ("a.csv", None, "a.csv: no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError) as failure:
        spreadsheet.read(tmp_path / name)
    assert words in str(failure.value)


def test_columns_are_lettered_as_spreadsheets_do() -> None:
    assert [letters(column) for column in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
