"""devdb report tells again what run.json holds, or says why it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from devdb import report as reports
from devdb.cli.main import devdb
from devdb.cli.progress import show
from devdb.report import TableRows

COLUMNS: list[dict[str, Any]] = [
    {
        "table": "public.person",
        "column": "id",
        "type": "integer",
        "class": "public",
        "class_from": "devdb.yaml:9",
        "kind": None,
        "mask_from": None,
        "rows": 1200,
    },
    {
        "table": "hr.pay",
        "column": "iban",
        "type": "character varying(34)",
        "class": "secret",
        "class_from": "classes.xlsx, sheet HR, row 12",
        "kind": "iban",
        "mask_from": "devdb.yaml:22",
        "rows": 7,
    },
    {
        "table": "hr.pay",
        "column": "note",
        "type": "text",
        "class": None,
        "class_from": None,
        "kind": None,
        "mask_from": None,
        "rows": 7,
    },
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with the run.json of a run that masked something."""
    monkeypatch.chdir(tmp_path)
    result = reports.Result(
        command="build-dev-db",
        source="proddb",
        target="devdb",
        started="2030-01-02T03:04:05+00:00",
        seconds=12.5,
        snapshot_seconds=10.0,
        tables=[TableRows("public.person", "all", 1200, 1200, 0, 0, 0, 0.5)],
        changes=["column public.person.x added"],
        warnings=["careful"],
        files={"schema": tmp_path / "schema.sql"},
    )
    result.write(tmp_path / "run.json")
    change(tmp_path, masking=COLUMNS)
    return tmp_path


def change(directory: Path, **values: object) -> None:
    path = directory / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(devdb, ["report", *arguments])


@pytest.mark.usefixtures("here")
def test_each_column_with_its_mask_and_who_decided() -> None:
    done = run("--masking")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "column            type                   class   mask  decided by      rows\n"
        "hr.pay.iban       character varying(34)  secret  iban  devdb.yaml:22      7\n"
        "hr.pay.note       text                           kept                     7\n"
        "public.person.id  integer                public  kept  devdb.yaml:9   1,200\n"
        "1 of 3 columns masked\n"
    )


@pytest.mark.usefixtures("here")
def test_json_is_what_the_run_wrote() -> None:
    assert json.loads(run("--masking", "--json").stdout) == COLUMNS
    assert json.loads(run("--json").stdout)["target"] == "devdb"


def test_without_masking_the_summary_is_shown_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    run_json = json.loads((here / "run.json").read_text())
    tables = [
        TableRows(**{name: value for name, value in table.items() if name != "rows"}) for table in run_json["tables"]
    ]
    values = {name: value for name, value in run_json.items() if name not in ("tables", "files", "masking")}
    show(reports.Result(**values, tables=tables, files={"schema": here / "schema.sql"}))
    assert done.stdout == capsys.readouterr().out
    assert "devdb: 1,200 rows in 1 tables, 12.5 s" in done.stdout


def test_a_run_of_an_earlier_release_can_be_shown(here: Path) -> None:
    written = json.loads((here / "run.json").read_text())
    del written["snapshot_seconds"], written["masking"]
    (here / "run.json").write_text(json.dumps(written))
    assert run().exit_code == 0
    done = run("--masking")
    assert done.exit_code == 1
    assert "of a release of devdb that masked nothing" in str(done.exception or "") + done.stderr


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        (None, [], "there is no run.json"),
        (None, ["--masking"], "no run has succeeded here yet"),
        ("{", [], "is not what a run of devdb writes"),
        ("[]", [], "is not what a run of devdb writes"),
        ("{}", [], "is not what a run of devdb writes"),
        ('{"tables": 1, "files": {}}', [], "is not what a run of devdb writes"),
        ('{"masking": 1}', ["--masking"], "is not what a run of devdb writes"),
        ('{"masking": null}', ["--masking"], "had neither masking nor classification"),
    ],
)
def test_what_cannot_be_told(here: Path, text: str | None, arguments: list[str], words: str) -> None:
    if text is None:
        (here / "run.json").unlink()
    else:
        (here / "run.json").write_text(text)
    done = run(*arguments)
    assert done.exit_code == 1
    assert words in str(done.exception or "") + done.stderr


def test_the_output_directory_is_looked_into(here: Path) -> None:
    other = here / "other"
    other.mkdir()
    (here / "run.json").rename(other / "run.json")
    assert run().exit_code == 1
    assert run("-o", "other").exit_code == 0
