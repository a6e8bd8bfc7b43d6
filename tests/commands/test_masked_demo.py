"""The demo database with every column decided: what is made of it gives nothing away, and what would is refused."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import connect
from fixture_types import RunCommand

from devdb.server.cluster import Cluster

DECIDED = Path(__file__).parent.parent / "masking" / "demo_masking.yaml"

MAILS = """
    SELECT email FROM staff.employee WHERE email IS NOT NULL
    UNION SELECT email FROM registry.owner WHERE email IS NOT NULL
"""

Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def source(demo_db: str, cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with connect(cluster, psycopg.conninfo.conninfo_to_dict(demo_db)["dbname"]) as made:
        yield made


@pytest.fixture
def build(cluster: Cluster, source: psycopg.Connection[Any], command: RunCommand, tmp_path: Path) -> Build:
    (tmp_path / "devdb.yaml").write_text("sampling: {default: {limit: 400}}\n" + DECIDED.read_text(encoding="utf-8"))
    env = {"PGHOST": str(cluster.socket_directory), "PGPORT": str(cluster.port)}

    def run(*args: str, status: int = 0, name: str = "build-dev-db") -> subprocess.CompletedProcess[str]:
        done = command(name, "--prod-db", source.info.dbname, "-d", "masked_demo", *args, env=env)
        assert done.returncode == status, f"{done.returncode}: {done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture
def gone(cluster: Cluster) -> Iterator[None]:
    yield
    with connect(cluster, "postgres") as admin:
        admin.execute("DROP DATABASE IF EXISTS masked_demo WITH (FORCE)")


PLANTED = {
    "registry.owner.extra": "ALTER TABLE registry.owner ADD extra jsonb; "
    "UPDATE registry.owner SET extra = jsonb_build_object('reach', jsonb_build_array(email)) WHERE email IS NOT NULL",
    "staff.absence.seen": "ALTER TABLE staff.absence ADD seen text[]; UPDATE staff.absence AS a "
    "SET seen = ARRAY['mail', e.email] FROM staff.employee AS e WHERE e.id = a.employee_id",
    "lab.remark_of.said": "CREATE TABLE lab.remark_of (id int PRIMARY KEY, said text); INSERT INTO lab.remark_of "
    "SELECT row_number() OVER (), 'please write to ' || email || '!' FROM staff.employee",
}


@pytest.mark.usefixtures("gone")
def test_the_demo_is_masked_proven_and_told(
    build: Build, source: psycopg.Connection[Any], cluster: Cluster, tmp_path: Path
) -> None:
    build()
    with connect(cluster, "masked_demo") as dev:
        for table, columns in {
            "staff.employee": ("last_name", "email", "phone", "street"),
            "registry.owner": ("last_name", "email", "birth_date"),
            "registry.well": ("well_no",),
        }.items():
            for column in columns:
                query = f"SELECT count({column}) FROM {table}".encode()
                assert dev.execute(query).fetchone() != (0,), f"{table}.{column}"
        # Keys of wells are masked, permits name them.
        joined = dev.execute("SELECT count(*) FROM registry.permit JOIN registry.well USING (well_no)").fetchone()
        assert joined == dev.execute("SELECT count(well_no) FROM registry.permit").fetchone() != (0,)
        masked = set(dev.execute(MAILS))
    assert len(masked) > 100
    assert not masked & set(source.execute(MAILS))
    said = json.loads((tmp_path / "run.json").read_text())["masking"]
    assert {one["kind"] for one in said if one["table"] == "registry.permit" and one["column"] == "well_no"} == {
        "pattern(keep: 1)"
    }


@pytest.mark.usefixtures("gone")
def test_leaks_fail_the_run_and_yesterday_s_database_stays(
    build: Build, source: psycopg.Connection[Any], cluster: Cluster, tmp_path: Path
) -> None:
    build("--no-dump")
    with connect(cluster, "masked_demo") as dev:
        before = dev.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    for planted in PLANTED.values():
        source.execute(planted.encode())
    missing = build("--no-dump", status=1)
    for place in PLANTED:
        assert f"{place}  " in missing.stderr
    assert "neither a mask nor a class" in missing.stderr
    settings = tmp_path / "devdb.yaml"
    said = "".join(f"    {place}: internal\n" for place in PLANTED) + "    'lab.remark_of.*': internal\n"
    settings.write_text(settings.read_text().replace("  columns:\n", f"  columns:\n{said}", 1))
    leaked = build(status=1)
    for place in PLANTED:
        assert f"{place} holds" in leaked.stderr
    assert "@" not in leaked.stderr
    assert not (tmp_path / "devdb.dump").exists()
    with connect(cluster, "masked_demo") as dev:
        assert dev.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() == before
