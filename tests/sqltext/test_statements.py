"""Cutting a script into statements loses nothing, and knows where each begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devdb.errors import ScriptFailed
from devdb.sqltext.scanning import copy_direction, scan_text
from devdb.sqltext.script import Script
from devdb.sqltext.statements import Kind, split

PIECES = st.sampled_from(
    [
        *("SELECT 1", ";", "'a;b'", "E'\\'", "$$;$$", "$é$", "$è$", '"', "'", "/* ; */", "/*", "*/", "-- ;\n", "\n"),
        *("\\echo x", "\\gset\n", "\\;", "\\\\", "COPY t FROM stdin;\n", "\\.\n", "1\t\\N\n", "é", "名", "\0", " "),
        *("(", ")", "CREATE FUNCTION f() BEGIN ATOMIC", "END", "CASE", '""', "1e", "123abc", "E'\\u1'", "$1x", "\r\n"),
        *("SET standard_conforming_strings = off;\n", "'\\'", "U&'\\zz'", "'x'\n 'y\\'\n", "\\copy t from stdin\n"),
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_is_lost(text: str) -> None:
    pieces = []
    failed = False
    try:
        for piece in split(Script("x.sql", text)):
            pieces.append(piece)
    except ScriptFailed:
        failed = True
    joined = "".join(piece.text for piece in pieces)
    # What is not well formed is refused, and what came before it was not lost either.
    assert text.startswith(joined) if failed else text == joined
    assert all(piece.text for piece in pieces)
    line = 1
    for piece in pieces:
        assert piece.line == line
        line += piece.text.count("\n")


def test_what_the_pieces_are() -> None:
    text = (
        "-- head\n\nSELECT ';';\n\\set x 1\nCOPY t FROM stdin;\n1;\n\\.\n"
        "SELECT 2\\gset\nSELECT a \\; SELECT b; SELECT c\n-- tail\n"
    )
    pieces = [(piece.kind, piece.text, piece.line) for piece in split(Script("x.sql", text))]
    assert pieces == [
        (Kind.SQL, "-- head\n\nSELECT ';';", 1),
        (Kind.BLANK, "\n", 3),
        (Kind.COMMAND, "\\set x 1", 4),
        (Kind.SQL, "\nCOPY t FROM stdin;", 4),
        (Kind.BLANK, "\n", 5),
        (Kind.DATA, "1;\n", 6),
        (Kind.DATA, "\\.\n", 7),
        (Kind.SQL, "SELECT 2", 8),
        (Kind.COMMAND, "\\gset", 8),
        (Kind.SQL, "\nSELECT a \\; SELECT b;", 8),
        (Kind.SQL, " SELECT c\n-- tail\n", 9),
    ]
    assert next(split(Script("x.sql", text))).sql == "SELECT ';';"
    said = "/* a */ COMMENT ON TABLE t IS 'b';"
    assert next(split(Script("x.sql", said))).sql == "COMMENT ON TABLE t IS 'b';"


def test_a_file_is_cut_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.sql"
    path.write_bytes(b"\xef\xbb\xbfSELECT 1;\r\nSELECT 2;")
    assert [piece.text for piece in split(Script.from_file(path))] == ["SELECT 1;", "\r\nSELECT 2;"]


@pytest.mark.parametrize(
    ("sql", "direction"),
    [
        ("COPY t FROM stdin", "in"),
        ("/* c */ copy t (a, b) from STDIN with csv;", "in"),
        ("COPY t TO stdout", "out"),
        ("COPY (SELECT * FROM stdin) TO STDOUT (FORMAT csv)", "out"),
        ("COPY stdin FROM '/file'", None),
        ("COPY \"from stdin\" TO '/file'", None),
        ("COPY t FROM PROGRAM 'cat stdin'", None),
        ("SELECT 'COPY t FROM stdin'", None),
        ("", None),
    ],
)
def test_which_way_data_go(sql: str, direction: str | None) -> None:
    assert copy_direction(sql) == direction


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT '\\', ';'", ["SELECT", "SCONST", "ASCII_59"]),
        ("SELECT 'a''\\'' b", ["SELECT", "SCONST", "IDENT"]),
    ],
)
def test_strings_with_backslash_escapes(text: str, names: list[str]) -> None:
    scanned = scan_text(text, standard_strings=False)
    assert [token.name for token in scanned.tokens] == names
