"""The demo database is classified as the person who looked through the proposals left it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict

from devdb.cli.main import devdb
from devdb.settings import Settings

REVIEWED = Path(__file__).parent.parent / "masking" / "demo_masking.yaml"
# What a person decided otherwise: numbers that find the owner of a well.
OTHERWISE = {
    "registry.well.well_no",
    "registry.well.public_id",
    "registry.permit.permit_no",
    "registry.permit.well_no",
    "registry.pump.serial_no",
}


@pytest.fixture
def source(demo_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    address = {name: str(value) for name, value in conninfo_to_dict(demo_db).items()}
    return ["classify", "-h", address["host"], "-p", address["port"], "-q"]


def test_what_is_proposed_for_the_demo_is_what_was_reviewed(source: list[str]) -> None:
    done = CliRunner().invoke(devdb, [*source, "--json"])
    assert done.exit_code == 0, done.output
    settings = Settings.load(REVIEWED)
    differing: dict[str, Any] = {}
    for one in json.loads(done.stdout):
        schema, _, table = one["table"].partition(".")
        mask = settings.masking.mask_for(schema, table, one["column"])
        classified = settings.classification.class_for(schema, table, one["column"])
        proposal = one["proposal"]
        reviewed = (str(classified), None if mask is None else mask.plain)
        if (proposal["class"], proposal["mask"]) != reviewed:
            differing[f"{one['table']}.{one['column']}"] = (proposal, reviewed)
    assert set(differing) == OTHERWISE, differing


def test_the_review_left_nothing_undecided(source: list[str]) -> None:
    done = CliRunner().invoke(devdb, [*source, "--check", "-c", str(REVIEWED)])
    assert (done.exit_code, done.stdout) == (0, "Every column is decided.\n")
