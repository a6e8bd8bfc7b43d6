"""A dry run is the run, with the server replaced by standard output: psql can run what is printed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from psql_and_ours import ROOT, run_ours, run_psql

from devdb.server.printer import Printer
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates

SCRIPTS = sorted((ROOT / "tests/server/scripts").glob("*.sql"))


@pytest.fixture(autouse=True)
def _at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", [path for path in SCRIPTS if path.stem != "transactions"], ids=lambda path: path.stem)
def test_what_is_printed_does_through_psql_what_the_run_does(
    path: Path, make_db: Callable[..., str], pg_dump: Callable[..., str]
) -> None:
    out = io.StringIO()
    Printer(out).run(Script.from_file(path), variables={"given": "it's \\ 'x'\n"})
    printed, run = make_db(), make_db()
    status, _, said = run_psql(printed, out.getvalue())
    assert (status, said) == (0, "")
    run_ours(run, path)
    assert pg_dump(printed) == pg_dump(run)


def test_variables_and_the_transaction_are_printed_too(db: str, psql: Callable[..., str]) -> None:
    out = io.StringIO()
    printer = Printer(out)
    values = {"given": "it's \\ 'x'\nand {{ y }}"}
    printer.run(Script("a.sql", "CREATE TABLE t AS SELECT :'given' AS v"), variables=values)
    printer.run(Script("b.sql", "INSERT INTO t VALUES ('b');\nSELECT 1/0;"), single_transaction=True)
    status, _, said = run_psql(db, out.getvalue())
    assert (status, "division by zero" in said) == (3, True)
    assert psql(db, "-c", "SELECT v FROM t") == values["given"] + "\n"


def test_a_file_without_a_last_semicolon_does_not_run_into_the_next(db: str) -> None:
    out = io.StringIO()
    printer = Printer(out)
    printer.run(Script("a.sql", "SELECT 1 AS a -- the end"))
    printer.run(Script("b.sql", "SELECT 2 AS b"), single_transaction=True)
    assert run_psql(db, out.getvalue(), "-A", "-t")[:2] == (0, "1\n2\n")


def test_statements_are_rewritten_and_skipped_with_their_data() -> None:
    out = io.StringIO()
    text = "-- a\nCOPY t FROM stdin;\n1\n\\.\n-- b\nSELECT 1;\nCOPY t FROM stdin;\n2\n\\.\n"
    Printer(out).run(
        Script("a.sql", text), rewrite=lambda sql: None if sql.startswith("SELECT") else sql.replace("COPY t", "COPY u")
    )
    assert (
        out.getvalue().partition("-- a.sql\n")[2] == "-- a\nCOPY u FROM stdin;\n1\n\\.\n\nCOPY u FROM stdin;\n2\n\\.\n"
    )
    out = io.StringIO()
    Printer(out).run(Script("a.sql", text), rewrite=lambda sql: None if sql.startswith("COPY") else sql)
    assert "\n1\n" not in out.getvalue()


def test_secrets_are_printed_as_stars(tmp_path: Path) -> None:
    (tmp_path / "t.sql").write_text(
        "CREATE USER x PASSWORD {{ p | secret }};\nDO $$ BEGIN PERFORM {{ p | secret }}; END $$;\n"
    )
    out = io.StringIO()
    printer = Printer(out)
    printer.run(Templates([tmp_path]).render("t.sql", p="hunter2"))
    assert "hunter2" not in out.getvalue()
    assert out.getvalue().count("'********'") == 2
    assert "\0" not in out.getvalue()
    assert printer.query("SELECT 1") == []
