"""The same file through psql and through the runner: the same output, the same database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psql_and_ours import ROOT, run_ours, run_psql

from devdb.errors import ScriptFailed
from devdb.server import programs

SCRIPTS = sorted((ROOT / "tests/server/scripts").glob("*.sql"))

# Each leads a lexer astray in its own way; none changes the database.
FRAGMENTS = (
    "SELECT 1",
    "SELECT 'a;b'",
    "SELECT $$ ; ' $$ AS x",
    "SELECT E'it\\'s;'",
    ", 2 AS two",
    'AS "a;b"',
    "-- it's ; a comment",
    "/* ; ' /* nested */ \" */",
    ";",
    "; ",
    "\\;",
    "\\g",
    "\\gset",
    "\\gset p_ \\\\",
    "\\r",
    "\\echo :a :'b' \"c\"",
    "\\set a 'it''s'",
    "\\set a 5 \\\\",
    ":a",
    ":'a'",
    ':"a"',
    "::text",
    ":{?a}",
    "\\if true",
    "\\if false",
    "\\elif true",
    "\\else",
    "\\endif",
    "(",
    ")",
    "'",
    "$$",
    "$x$",
    "SELECT CASE WHEN true THEN 1 END",
    "CREATE FUNCTION pg_temp.f() RETURNS int BEGIN ATOMIC SELECT 1",
    "END",
    "begin",
    "SET standard_conforming_strings = off;",
    "SELECT 'back\\\\slash'",
    "\\qecho q \\echo e",
    "VALUES (1, 'é'), (2, NULL)",
    "COPY (SELECT 1) TO STDOUT",
    "x[1:2]",
    "\\",
    "\r",
)


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_does_what_psql_does(path: Path, make_db: Callable[..., str], pg_dump: Callable[..., str]) -> None:
    if path.stem == "restrict" and programs.find("psql").version < (15, 14):
        pytest.skip(r"this psql does not know \restrict")
    _compare(path.relative_to(ROOT), make_db, pg_dump)


def test_statements_of_thousands_of_lines(
    make_db: Callable[..., str], pg_dump: Callable[..., str], tmp_path: Path
) -> None:
    columns = "".join(f"    c{number} int, -- it's {number}\n" for number in range(1200))
    rows = ",\n".join(f"({number}, {number})" for number in range(3000))
    text = "\n".join(f"line {number}; it''s -- /*" for number in range(10_000))
    body = "\n".join(f"    x := x + {number}; -- it's line {number}" for number in range(10_000))
    comment = "\n".join(f" * ; it's {number}" for number in range(2000))
    script = tmp_path / "long.sql"
    script.write_text(
        f"CREATE TABLE many (id int,\n{columns}    z int\n);\nINSERT INTO many (id, z) VALUES\n{rows}\n;\n"
        f"CREATE TABLE texts (v text);\nINSERT INTO texts VALUES ('{text}');\n"
        f"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$\nDECLARE x int := 0;\nBEGIN\n"
        f"{body}\nRETURN x;\nEND $f$;\n"
        f"{'-- a comment' * 1000}\n/*\n{comment} */ SELECT f(), count(*) FROM many;\n"
    )
    _compare(script, make_db, pg_dump)


def test_a_dump_of_a_rich_schema(
    demo_db: str, make_db: Callable[..., str], pg_dump: Callable[..., str], psql: Callable[..., str], tmp_path: Path
) -> None:
    source = demo_db
    for name in ("quotes", "routines", "odd", "copy"):
        psql(source, "-f", f"tests/server/scripts/{name}.sql")
    psql(source, stdin="CREATE TABLE l (v text); INSERT INTO l VALUES (E'\\\\.'), (E'a\\n\\\\.\\nb'), ('\\connect x')")
    script = tmp_path / "dump.sql"
    script.write_text(pg_dump(source))
    _compare(script, make_db, pg_dump)
    as_inserts = tmp_path / "inserts.sql"
    as_inserts.write_text(pg_dump(source, "--inserts"))
    _compare(as_inserts, make_db, pg_dump)


def test_a_dump_that_creates_and_enters_its_database(
    make_db: Callable[..., str], pg_dump: Callable[..., str], psql: Callable[..., str], tmp_path: Path
) -> None:
    source = make_db('dump "me" it\'s = odd')
    psql(source, stdin="CREATE TABLE t (a int); INSERT INTO t VALUES (1); COMMENT ON TABLE t IS 'x;'")
    script = tmp_path / "dump.sql"
    script.write_text(pg_dump(source, "--create", "--clean", "--if-exists"))
    before = pg_dump(source)
    psql(source, stdin="DROP TABLE t")
    run_ours(make_db(), script)
    assert pg_dump(source) == before


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from(["\n", "\n", " ", ""])), min_size=1, max_size=12))
def test_any_mixture_of_fragments_does_what_psql_does(db: str, pieces: list[tuple[str, str]]) -> None:
    text = "\\set QUIET on\n" + "".join(fragment + end for fragment, end in pieces)
    status, printed, said = run_psql(db, text)
    try:
        ours, failure = run_ours(db, text), None
    except ScriptFailed as exc:
        ours, failure = "", exc
    if failure is None:
        assert (status, printed) == (0, ours), said
    else:
        # psql drops an argument whose quote nothing ends, and goes on.
        assert status == 3 or "unterminated quoted string" in said, failure


def _compare(script: Path, make_db: Callable[..., str], pg_dump: Callable[..., str]) -> None:
    theirs, ours = make_db(), make_db()
    status, printed, said = run_psql(theirs, script)
    assert (status, said[:500]) == (0, "")
    assert run_ours(ours, script) == printed
    assert pg_dump(ours) == pg_dump(theirs)
