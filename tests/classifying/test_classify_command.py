"""devdb classify --write adds to the settings once and for all, and --check tells a pipeline when it has to be run."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import conninfo_to_dict

from devdb.classifying import settings_file
from devdb.cli.main import devdb
from devdb.errors import CheckFailed, DevdbError
from devdb.settings import Settings

SCHEMA = """
    CREATE TABLE person (id int PRIMARY KEY, email text, "E-Mail (2)" text, born date, doc jsonb);
    CREATE TABLE "Odd.Table" ("select" text, n int);
    INSERT INTO person SELECT i, 'u' || i || '@example.org', 'v' || i || '@example.org', '1990-01-01',
           jsonb_build_object('mail', 'w' || i || '@example.org', 'n', i) FROM generate_series(1, 60) AS i;
    INSERT INTO "Odd.Table" SELECT 'yes', i FROM generate_series(1, 60) AS i;
"""
FILE = b"""# Ours.\r
source: {schemas: [public]}   # only this one\r
masking:\r
    columns:\r
        "public.person.email": 'email'   # theirs\r
\r
# The end.\r
"""


@pytest.fixture
def source(db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute(SCHEMA)
    address = {name: str(value) for name, value in conninfo_to_dict(db).items()}
    return ["classify", "-h", address["host"], "-p", address["port"], "--prod-db", address["dbname"]]


def run(source: list[str], *arguments: str) -> Result:
    return CliRunner().invoke(devdb, [*source, *arguments])


def test_written_once_everything_is_decided(source: list[str], tmp_path: Path) -> None:
    path = tmp_path / "devdb.yaml"
    assert run(source, "--check").exit_code == 1
    assert run(source, "--write").exit_code == 0
    settings = Settings.load(path)
    assert settings.classification.columns['public."Odd.Table".select'].name == "internal"
    assert settings.masking.columns["public.person.born"].kind == "date_shift"
    assert str(settings.masking.columns["public.person.doc"]) == "json(paths: {$.mail: email, $.n: keep})"
    first = path.read_bytes()
    done = run(source, "--check")
    assert (done.exit_code, done.stdout) == (0, "Every column is decided.\n")
    again = run(source, "--write")
    assert (again.exit_code, path.read_bytes()) == (0, first)
    assert "nothing to write" in again.stderr


def test_what_stands_in_the_file_stays(source: list[str], tmp_path: Path) -> None:
    path = tmp_path / "devdb.yaml"
    path.write_bytes(FILE)
    path.chmod(0o640)
    assert run(source, "--write").exit_code == 0
    written = path.read_bytes()
    assert b"\n" not in written.replace(b"\r\n", b"")
    kept = [line for line in written.split(b"\r\n") if line in FILE.split(b"\r\n")]
    assert [line for line in kept if line] == [line for line in FILE.split(b"\r\n") if line]
    assert b"\"public.person.email\": 'email'   # theirs\r\n        public.person.E-Mail (2): email\r\n" in written
    # A class for what has a mask is not asked for.
    assert "public.person.email" not in Settings.load(path).classification.columns
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["devdb.yaml"]


def test_a_failure_leaves_the_file_as_it_was(
    source: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "devdb.yaml"
    path.write_bytes(FILE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings_file.os, "fsync", full)
    done = run(source, "--write")
    assert isinstance(done.exception, DevdbError) or done.exit_code == 1
    assert path.read_bytes() == FILE
    assert os.listdir(tmp_path) == ["devdb.yaml"]


def test_a_link_stays_a_link(source: list[str], tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "real.yaml").write_text("# real\n")
    (tmp_path / "devdb.yaml").symlink_to("site/real.yaml")
    assert run(source, "--write").exit_code == 0
    assert (tmp_path / "devdb.yaml").is_symlink()
    assert "masking:" in (tmp_path / "site" / "real.yaml").read_text()


def test_check_lists_what_is_new(source: list[str], db: str) -> None:
    assert run(source, "--write").exit_code == 0
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("ALTER TABLE person ADD COLUMN phone text")
    done = run(source, "--check")
    assert done.exit_code == 1
    assert isinstance(done.exception, CheckFailed) or "1 column is undecided" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["column", "public.person.phone"]


def test_of_a_masked_class_a_mask_is_asked_for(source: list[str], tmp_path: Path) -> None:
    (tmp_path / "devdb.yaml").write_text("""
classification:
  classes: [offen, intern, vertraulich]
  kept: intern
  columns: {public.person.*: vertraulich, "public.*.n": offen}
""")
    found = {one["column"]: one for one in json.loads(run(source, "--json", "-q").stdout)}
    assert (found["id"]["proposal"]["class"], found["id"]["proposal"]["mask"]) == ("vertraulich", "number")
    assert "its class is vertraulich (devdb.yaml:5)" in found["id"]["proposal"]["reason"]
    assert (found["select"]["proposal"]["class"], "n" in found) == ("intern", False)
    assert run(source, "--write").exit_code == 0
    assert run(source, "--check").exit_code == 0


def test_all_shows_what_is_decided_and_where(source: list[str], tmp_path: Path) -> None:
    (tmp_path / "devdb.yaml").write_bytes(FILE)
    done = run(source, "--all", "public.person")
    assert done.exit_code == 0
    line = next(line for line in done.stdout.splitlines() if line.startswith("public.person.email"))
    assert line.split(maxsplit=4) == ["public.person.email", "text", "-", "email", "decided: devdb.yaml:5"]
    assert "4 columns are undecided, in 1 table" in done.stderr


def test_check_and_write_exclude_each_other(source: list[str]) -> None:
    assert run(source, "--check", "--write").exit_code == 2


def test_it_is_imported_when_it_is_called_and_not_before() -> None:
    code = "import sys, devdb.cli.main, devdb.cli.classify; print([n for n in sys.modules if 'classifying' in n])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
