"""Raw values are found in every file of a dump, by table and column, or by line and object."""

from __future__ import annotations

import bz2
import gzip
import lzma
import subprocess
from pathlib import Path
from typing import Any

import pytest
from leaking import Leaking, all_text, found

from devdb.errors import DevdbError
from devdb.leakcheck.check import Report
from devdb.server import programs


@pytest.fixture(scope="module")
def dumps(clean: Leaking, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of file, of a database with leaks that is clean again afterwards."""
    directory = tmp_path_factory.mktemp("dumps")
    mail = clean.raw("email")
    clean.dev.execute(f"""
        CREATE SCHEMA "Odd ""one"" x";
        CREATE TABLE "Odd ""one"" x"."T, able" (
            "a (b" text, "c,d" jsonb, gone int, e text[], f address DEFAULT ROW('{mail}', NULL)::address
        );
        ALTER TABLE "Odd ""one"" x"."T, able" DROP COLUMN gone;
        INSERT INTO "Odd ""one"" x"."T, able" VALUES
            (NULL, '{{}}', NULL, NULL), (E'x\\\\.\\n', '{{"a": ["{mail}"]}}', '{{x,"{mail}"}}', ROW('a', '{mail}'));
        COMMENT ON COLUMN "Odd ""one"" x"."T, able"."c,d" IS 'such as {mail}';
        CREATE VIEW "Odd ""one"" x".seen AS SELECT * FROM person WHERE email = '{mail}';
    """)  # type: ignore[arg-type]
    try:
        pg_dump = programs.find("pg_dump")
        conninfo, password = programs.parameters(clean.dev)
        for name, args in {
            "plain.sql": ["--format=plain"],
            "schema.sql": ["--schema-only"],
            "custom.dump": ["--format=custom"],
            "archive.tar": ["--format=tar"],
            "directory": ["--format=directory"],
            "inserts.sql": ["--inserts", "--data-only"],
        }.items():
            programs.run(pg_dump, [*args, f"--file={directory / name}"], conninfo=conninfo, password=password)
    finally:
        clean.dev.execute('DROP SCHEMA "Odd ""one"" x" CASCADE')
    text = (directory / "plain.sql").read_bytes()
    (directory / "packed.sql.gz").write_bytes(gzip.compress(text))
    (directory / "packed.sql.bz2").write_bytes(bz2.compress(text))
    (directory / "packed.sql.xz").write_bytes(lzma.compress(text))
    (directory / "list.csv").write_text(f"id;mail\n1;x\n2;{mail}\n3;{mail}\n")
    return directory


IN_DATA = {
    ('Odd "one" x.T, able.c,d', "email"),
    ('Odd "one" x.T, able.e', "email"),
    ('Odd "one" x.T, able.f', "email"),
}
OBJECTS = ("table T, able", "comment COLUMN", "view seen")


@pytest.mark.parametrize(
    "name",
    ["plain.sql", "custom.dump", "archive.tar", "directory", "packed.sql.gz", "packed.sql.bz2", "packed.sql.xz"],
)
def test_values_in_a_dump_are_found_by_table_and_column(clean: Leaking, dumps: Path, name: str) -> None:
    report = clean.check(dumps / name)
    places = found(report, name)
    assert found(report) == places
    assert places >= IN_DATA
    objects = {where for where, _ in places - IN_DATA}
    assert all("line" in where for where in objects)
    assert {word for word in OBJECTS if any(where.startswith(word) for where in objects)} == set(OBJECTS)
    assert len(objects) == 3
    assert clean.raw("email").casefold() not in all_text(report, clean.heard.lines).casefold()
    assert f"searching {name}" in clean.heard.lines


def lines_named(report: Report) -> set[int]:
    return {int(leak.where.rpartition("line ")[2].rstrip(")")) for leak in report.leaks if leak.table is None}


@pytest.mark.parametrize("name", ["plain.sql", "schema.sql", "inserts.sql", "list.csv"])
def test_the_line_told_is_the_line_of_the_file(clean: Leaking, dumps: Path, name: str) -> None:
    mail = clean.raw("email")
    lines = [number for number, line in enumerate((dumps / name).read_text().splitlines(), 1) if mail in line]
    told = lines_named(clean.check(dumps / name))
    assert told
    assert told <= set(lines)


def test_a_list_of_any_kind_is_searched(clean: Leaking, dumps: Path) -> None:
    report = clean.check(dumps / "list.csv")
    assert [(leak.where, leak.count, leak.values) for leak in report.leaks] == [("list.csv: line 3", 2, 1)]


def test_a_clean_dump_raises_no_alarm(clean: Leaking, tmp_path: Path) -> None:
    conninfo, password = programs.parameters(clean.dev)
    path = tmp_path / "clean.dump"
    programs.run(programs.find("pg_dump"), ["-Fc", f"--file={path}"], conninfo=conninfo, password=password)
    report = clean.check(path)
    assert report.leaks == ()
    assert report.places[1:] == ("clean.dump",)
    # The materialized view is in the database alone.
    assert report.rows == 40 + 150 + 50 + 150 + 40 + 150 + 50


DAMAGE: list[tuple[str, Any]] = [
    ("custom.dump", lambda data: data[: len(data) // 2]),
    ("custom.dump", lambda data: data[:200]),
    ("custom.dump", lambda data: data[:3000] + bytes(2000) + data[5000:]),
    ("packed.sql.gz", lambda data: data[: len(data) // 2]),
    ("packed.sql.gz", lambda data: data[:2000] + bytes(500) + data[2500:]),
    ("packed.sql.bz2", lambda data: data[: len(data) // 2]),
    ("packed.sql.xz", lambda data: data[: len(data) // 2]),
    ("plain.sql", lambda data: data[: data.index(b"COPY public.person ") + 500]),
    ("plain.sql", lambda data: b"\x28\xb5\x2f\xfd" + data),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGE, ids=lambda value: value if isinstance(value, str) else "")
def test_a_file_that_cannot_be_searched_to_its_end_is_a_failure(
    clean: Leaking, dumps: Path, tmp_path: Path, name: str, damage: Any
) -> None:
    path = tmp_path / name
    path.write_bytes(damage((dumps / name).read_bytes()))
    with pytest.raises(DevdbError) as failure:
        clean.check(path)
    assert failure.value.exit_status != 0
    assert str(path) in str(failure.value)
    assert "searched" in str(failure.value)
    assert clean.raw("email") not in str(failure.value)


def test_what_is_read_is_what_pg_restore_would_restore(clean: Leaking, dumps: Path) -> None:
    """An archive is text on its way only: nothing of it is written anywhere."""
    before = sorted(path.name for path in dumps.iterdir())
    clean.check(dumps / "custom.dump")
    assert sorted(path.name for path in dumps.iterdir()) == before
    restored = subprocess.run(
        [programs.find("pg_restore").path, "--file=-", dumps / "custom.dump"], capture_output=True, check=True
    )
    assert clean.raw("email").encode() in restored.stdout
