"""Names, checksums, placeholders and folders mean what they mean to Flyway."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devdb.errors import CheckFailed, ScriptFailed, UsageError
from devdb.migrations import folder
from devdb.migrations.checksum import checksum, java_hash
from devdb.migrations.naming import NameMistake, Version, is_callback, next_version, parse
from devdb.migrations.placeholders import replace


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("V1__init.sql", ("V", "1", "init")),
        ("V1_1__Add_a_table.sql", ("V", "1.1", "Add a table")),
        ("V2013.1.15.11.35.56__x.sql", ("V", "2013.1.15.11.35.56", "x")),
        ("V001__x__y.sql", ("V", "001", "x  y")),
        ("V20200425163438__init.sql", ("V", "20200425163438", "init")),
        ("V1.sql", ("V", "1", "")),
        ("U1.2__x.sql", ("U", "1.2", "x")),
        ("B3__all.sql", ("B", "3", "all")),
        ("R__my_view.sql", ("R", None, "my view")),
        ("V1__Größe.äö.sql", ("V", "1", "Größe.äö")),
    ],
)
def test_a_name_says_kind_version_and_description(name: str, said: tuple[str, str | None, str]) -> None:
    found = parse(name)
    assert (found.prefix, found.version and str(found.version), found.description) == said


@pytest.mark.parametrize(
    "name",
    [
        *("V__x.sql", "V1_x.sql", "V1.__x.sql", "V1..2__x.sql", "Va__x.sql", "R1__x.sql", "v1__x.sql", "V1__x.SQL"),
        *("x.sql", "V-1__x.sql", "V1__x.sql.bak", "Views.sql", "1__x.sql", "V\u0661__x.sql"),
    ],
)
def test_what_is_no_name_of_a_migration_is_said(name: str) -> None:
    with pytest.raises(NameMistake, match=r"."):
        parse(name)


def test_callbacks_are_told_apart() -> None:
    names = ("afterMigrate.sql", "beforeEachMigrate__x.sql", "createSchema.sql", "before.sql", "V1__afterMigrate.sql")
    assert [is_callback(name) for name in names] == [True, True, True, False, False]


def test_versions_compare_as_flyways_do() -> None:
    assert Version("1") == Version("1.0") == Version("1_0_0") == Version("01")
    assert Version("1.10") > Version("1.9") > Version("1.1.9")
    assert Version("2.0_1") > Version("2") > Version("1.99999999999999999999")
    assert str(Version("2_01")) == "2.01"
    assert len({Version("1"), Version("1.0")}) == 1


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4), min_size=2, max_size=2))
def test_versions_are_ordered_number_by_number(parts: list[list[int]]) -> None:
    one, other = (Version(".".join(map(str, each))) for each in parts)
    padded = [each + [0] * (4 - len(each)) for each in parts]
    assert (one < other, one == other) == (padded[0] < padded[1], padded[0] == padded[1])


def test_the_next_version_follows_the_highest() -> None:
    names = ["V1.9__a.sql", "V1.10__b.sql", "R__x.sql", "U7__u.sql"]
    assert str(next_version(map(parse, names))) == "1.11"
    assert [str(next_version([parse(name)])) for name in ("V009__a.sql", "V20251231__a.sql")] == ["010", "20251232"]
    assert str(next_version([])) == "1"


@pytest.mark.parametrize(
    ("data", "sum_"),
    [
        # From the table that Flyway wrote in a public repository (qlassalle/ElementsRecorder, db.sql) for its file
        # V20220725183515__increase_resource_name_size.sql.
        (b"alter table elements_recorder_schema.resource\nalter column name type varchar(255);", 1557588126),
        # What Java's BufferedReader and CRC32 make of these.
        (b"", 0),
        (b"\n", 0),
        (b"a\nb", -1635563411),
        (b"a\r\nb\r\n", -1635563411),
        (b"a\rb", -1635563411),
        (b"\xef\xbb\xbfa\n", -390611389),
        (b"\n\r\n\ra", -390611389),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", 1069251642),
        ("Größe ä😀\u2028x\x85\n".encode(), -119846753),
        (b"a\x0b\x0cb\n\n\n", -1585254429),
    ],
)
def test_checksums_are_flyways(data: bytes, sum_: int) -> None:
    assert checksum(data) == sum_


@given(st.text(alphabet="aä\r\n\ufeff;"))
def test_a_checksum_goes_line_by_line(text: str) -> None:
    value = 0
    for line in text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        value = zlib.crc32(line.encode(), value)
    assert checksum(text.encode()) % 2**32 == value


def test_hashes_are_javas() -> None:
    assert java_hash('"public"."flyway_schema_history"') == 2125624436
    assert java_hash('"größe"."hé😀"') == 1387960983


def test_placeholders_are_replaced_everywhere_and_must_have_a_value() -> None:
    values = {"Name": "x", "empty": "", "a b": "ab"}
    text = "-- ${name}\n'${NAME}' $$${name}$$ $body$ ${empty}${a b} $1 {x} $"
    # The first two dollars are one mark to Flyway, so that the third begins a placeholder.
    assert replace(text, values, "f.sql") == "-- x\n'x' $$x$$ $body$ ab $1 {x} $"
    assert replace("$${name}", values, "f.sql") == "$${name}"
    for bad in ("SELECT 1;\n ${nope}", "SELECT 1;\n ${name"):
        with pytest.raises(ScriptFailed) as failure:
            replace(bad, values, "f.sql")
        assert (failure.value.path, failure.value.line) == ("f.sql", 2)


def test_folders_are_read_as_flyway_reads_them(tmp_path: Path) -> None:
    for name in (
        *("V10__j.sql", "V9.sql", "a/b/V1_1__deep.sql", "V2__x.sql", "U2__x.sql", "B2__x.sql", "R__b.sql", "R__B.sql"),
        *("R__a.sql", ".hidden/V3__x.sql", "afterMigrate.sql", "notes.sql", "V4__x.txt", "V5__x.SQL"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("SELECT 1;")
    (tmp_path / "V2__x.sql.conf").write_text("# how\nexecuteInTransaction = false\nplaceholderReplacement=FALSE\n")
    (tmp_path / "V9.sql").write_bytes(b"\xef\xbb\xbfSELECT 1;")
    found = folder.read(tmp_path)
    assert [file.script for file in found.files] == [
        *("a/b/V1_1__deep.sql", "B2__x.sql", "U2__x.sql", "V2__x.sql", "V9.sql", "V10__j.sql"),
        *("R__B.sql", "R__a.sql", "R__b.sql"),
    ]
    assert found.of("V")[1].in_transaction is False
    assert not found.of("V")[1].has_placeholders
    assert found.of("V")[2].text == "SELECT 1;"
    assert [path.name for path in found.callbacks] == ["afterMigrate.sql"]
    assert [mistake.path.name for mistake in found.unnamed] == ["notes.sql"]
    assert str(found.next_version()) == "11"
    assert found.check() is found
    with pytest.raises(CheckFailed, match=r"notes\.sql begins with none of"):
        found.check(names=True)


def test_two_files_of_one_version_and_unreadable_ones_are_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("V1__a.sql", "sub/V1.0__b.sql", "R__v.sql", "sub/R__v.sql", "V1__c.SQL", "V7__conf.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    (tmp_path / "V2__x.sql").write_bytes(b"SELECT 1;\nSELECT '\xff';\n")
    (tmp_path / "V7__conf.sql.conf").write_text("\nshouldExecute=${x}\n")
    with pytest.raises(CheckFailed) as failure:
        folder.read(tmp_path).check()
    told = str(failure.value)
    assert f"{tmp_path}/V2__x.sql:2: not in UTF-8" in told
    assert f"{tmp_path}/sub/V1.0__b.sql: the version 1.0 is that of {tmp_path}/V1__a.sql, too" in told
    assert f"{tmp_path}/sub/R__v.sql: the description 'v' is that of {tmp_path}/R__v.sql, too" in told
    assert f"{tmp_path}/V7__conf.sql.conf:2: 'shouldExecute' is none of" in told
    with pytest.raises(UsageError, match="there is no directory"):
        folder.read(tmp_path / "nope")
