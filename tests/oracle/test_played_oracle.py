"""A whole run, from settings to dump, with postgres_fdw behind oracle_fdw's name and PostgreSQL playing Oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import fake_oracle
import pglast
import psycopg
import pytest
from databases import connect
from fixture_types import MakeDb, RunCommand

from devdb.server.cluster import Cluster
from devdb.wrappers.oracle_fdw import WRAPPER

SETTINGS = """
source:
  wrapper: oracle_fdw
  host: oracle.example.org
  port: 1521
  dbname: XEPDB1
  user: postgres
  schemas: [WELLS, CODES]
  lobs: true
target: {{template: {template}}}
sampling:
  default: none
  tables: {{wells.lithology_photo: {{limit: 20}}, wells.well: {{where: permit_no <= 1020}}}}
"""


@dataclass(frozen=True)
class Built:
    """A dev database, where its files are, and what the run said."""

    connection: psycopg.Connection[Any]
    directory: Path
    said: str


@pytest.fixture
def built(cluster: Cluster, command: RunCommand, make_db: MakeDb, tmp_path: Path) -> Iterator[Built]:
    make_db("unused")  # what the run leaves is gone afterwards
    env = {
        "PGHOST": str(cluster.socket_directory),
        "PGPORT": str(cluster.port),
        "DEVDB_SOURCE_PASSWORD": "not-to-be-told",
    }
    with (
        fake_oracle.playing(cluster, fake_oracle.WELLS, "WELLS", "CODES") as oracle,
        fake_oracle.fake_oracle_fdw(cluster, oracle) as template,
    ):
        (tmp_path / "devdb.yaml").write_text(SETTINGS.format(template=template))
        done = command("build-dev-db", "-y", env=env, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        with connect(cluster, "devdb") as connection:
            yield Built(connection, tmp_path, done.stdout + done.stderr)


def test_a_dev_database_is_built_from_what_oracle_says(built: Built) -> None:
    dev = built.connection
    counts = {
        name: dev.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
        for name in ("wells.well", "wells.lithology", "wells.lithology_photo", "wells.owner", "codes.status_code")
    }
    assert counts["wells.lithology_photo"] == (20,)
    assert counts["codes.status_code"] == (3,)
    (wells,) = counts["wells.well"] or (0,)
    assert 20 <= wells <= 70

    row = dev.execute("SELECT * FROM wells.well WHERE well_tag_number = 10").fetchone()
    assert row == (
        10, 11, "CLOSED", 9, Decimal("10.25"), datetime(1960, 1, 11, 0, 0, 10), datetime(2020, 2, 2, 2, 2, 2), 1010,
        None, "A  ",
    )  # fmt: skip
    assert dev.execute("SELECT guid FROM wells.owner WHERE owner_id = 11").fetchone() == (
        UUID("6512bd43d9caa6e02c990b0a82652dca"),
    )
    keys = dev.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE contype = 'f' AND convalidated AND connamespace = 'wells'::regnamespace"
    )
    assert {name for (name,) in keys} == {
        "lithology_well_fk", "photo_lithology_fk", "well_owner_fk", "well_parent_fk", "well_status_fk",
    }  # fmt: skip
    assert dev.execute("SELECT nextval('wells.permit_seq')").fetchone() == (2002,)
    dev.execute(
        "INSERT INTO wells.owner (name) VALUES ('one more'); INSERT INTO wells.well (well_tag_number) VALUES (0)"
    )
    with pytest.raises(psycopg.errors.CheckViolation):
        dev.execute("UPDATE wells.well SET depth = -1")

    told = dev.execute("SELECT ftoptions FROM pg_foreign_table WHERE ftrelid = 'prod_wells.well'::regclass").fetchone()
    assert told is not None
    options = dict(option.split("=", 1) for option in told[0])
    assert options.keys() <= WRAPPER.options.table
    assert options["table"].startswith('(SELECT "WELL_TAG_NUMBER", "OWNER_ID",')
    assert options["table"].endswith('"GRADE" FROM "WELLS"."WELL")')
    assert pglast.parse_sql(options["table"][1:-1])

    stripped = dev.execute(
        "SELECT attname FROM pg_attribute"
        " WHERE attrelid = 'prod_wells.well'::regclass AND attfdwoptions = '{strip_zeros=true}' ORDER BY attnum"
    )
    assert [name for (name,) in stripped] == ["status", "notes", "grade"]

    schema = (built.directory / "schema.sql").read_text()
    assert "FOREIGN" not in schema.replace("ADD CONSTRAINT", "").replace("FOREIGN KEY", "")
    assert "EXTENSION" not in schema
    assert "not-to-be-told" not in schema + built.said + (built.directory / "run.json").read_text()
    assert json.loads((built.directory / "run.json").read_text())
    assert "WELLS.WELL (WELL_BI)" in built.said
