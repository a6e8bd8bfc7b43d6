"""devdb plan prints what was asked for on stdout, writes the files it was told to, and is imported when called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from fixture_types import RunProgram
from psycopg.conninfo import conninfo_to_dict

from devdb.cli.main import devdb

SCHEMA = """
    CREATE TABLE customer (id int PRIMARY KEY);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, at timestamptz);
    INSERT INTO customer SELECT generate_series(1, 50);
    INSERT INTO orders SELECT i, 1 + i % 50, now() FROM generate_series(1, 200) AS i;
    ANALYZE;
"""
SETTINGS = """
sampling:
  default: none
  tables: {public.orders: {limit: 5, where: "at > now() - interval '1 year'"}}
  follow: {public.orders(customer_id): {max: 2}}
"""


@pytest.fixture
def source(db: str, psql: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    psql(db, stdin=SCHEMA)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "devdb.yaml").write_text(SETTINGS)
    return {name: str(value) for name, value in conninfo_to_dict(db).items()}


def run(source: dict[str, str], *arguments: str) -> Result:
    address = ["-h", source["host"], "-p", source["port"], "--prod-db", source["dbname"], "-d", "nowhere"]
    return CliRunner().invoke(devdb, ["plan", *address, *arguments])


def test_a_table_and_what_is_worth_knowing(source: dict[str, str]) -> None:
    done = run(source)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].split()[:4] == ["table", "rows", "in", "source"]
    assert [line.split()[0] for line in lines[1:3]] == ["public.customer", "public.orders"]
    assert lines[2].split()[:3] == ["public.orders", "~200", "~5"]
    assert lines[3].startswith(f"{source['dbname']}: ~")
    text = done.stdout
    assert "Why:\n  public.customer: rule public.orders → public.orders.customer_id → public.customer" in text
    assert "What the wrapper cannot send:\n  public.orders: at > " in text
    assert "now() is stable" in text
    assert "no dev database is linked" in text


def test_json_is_the_documented_document(source: dict[str, str]) -> None:
    done = run(source, "--format", "json", "-q")
    assert done.exit_code == 0, done.output
    plan = json.loads(done.stdout)
    assert plan["format"] == 1
    assert {table["table"]: table["by_rule"] for table in plan["tables"]} == {"public.customer": 0, "public.orders": 5}
    page = (Path(__file__).parent.parent.parent / "docs" / "plan.md").read_text()
    named = {*plan, *plan["tables"][0], *plan["keys"][0], *plan["unsent"][0]}
    named |= {"max", "average", "largest", "parents", "create"}
    assert [name for name in sorted(named) if f"`{name}`" not in page] == []


def test_a_page_and_a_file_are_written_beside_what_is_printed(source: dict[str, str], tmp_path: Path) -> None:
    done = run(source, "--html", "plan.html", "--write", "plan.yaml", "--format", "html", "-q")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert (tmp_path / "plan.html").read_text().startswith("<!DOCTYPE html>")
    assert yaml.safe_load((tmp_path / "plan.yaml").read_text())["sampling"]["tables"]["public.orders"]["limit"] == 5
    again = run(source, "--plan", "plan.yaml", "--format", "json", "-q")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["tables"][1]["place"].startswith("plan.yaml:")


def test_a_file_that_cannot_be_written_is_told(source: dict[str, str]) -> None:
    done = run(source, "--html", "no/such/directory/plan.html", "-q")
    assert done.exit_code == 1
    assert "cannot be written" in str(done.exception or done.output) + done.stderr


def test_a_mistake_in_the_settings_is_told_as_a_build_tells_it(source: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "devdb.yaml").write_text("sampling:\n  tables:\n    public.order: all\n")
    done = run(source)
    assert done.exit_code == 1
    assert "devdb.yaml:3" in str(done.exception or "") + done.stderr
    assert "did you mean public.orders?" in str(done.exception or "") + done.stderr


def test_it_is_imported_when_it_is_called_and_not_before() -> None:
    code = "import sys, devdb.cli.main; print(any('planning' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
