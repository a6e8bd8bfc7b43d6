"""What became of each migration, and what is wrong with it, is what Flyway says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from devdb.errors import CheckFailed, Refused, UsageError
from devdb.migrations.checksum import checksum
from devdb.migrations.folder import File
from devdb.migrations.history import Row
from devdb.migrations.info import Resolved, State, current_version, infos, target_version
from devdb.migrations.naming import Version, parse
from devdb.migrations.validate import DEFAULT_IGNORED, IGNORE_PENDING, ignored, is_ignored, problems, refuse

_TYPES = {"V": "SQL", "R": "SQL", "B": "SQL_BASELINE", "U": "UNDO_SQL"}


def resolved(*names: str, text: str = "SELECT 1;") -> list[Resolved]:
    files = [File(Path(name), name, parse(name), text) for name in names]
    return [Resolved(each, _TYPES[each.name.prefix], checksum(text.encode()), 7, None) for each in files]


SUM = checksum(b"SELECT 1;")


def rows(*said: str) -> list[Row]:
    """Rows as "V1", "R:name", "BASELINE:2"; with ! they failed, with ~ they have another checksum."""
    made = []
    for rank, text in enumerate(said, 1):
        what = text.rstrip("!~")
        type_, _, name = what.partition(":")
        is_repeatable = type_ in ("R", "DELETE_R")
        if type_.startswith("V"):
            type_, name = "SQL", type_[1:]
        version = None if is_repeatable or type_ == "SCHEMA" else Version(name)
        made.append(
            Row(
                installed_rank=0 if type_ == "SCHEMA" else rank,
                version=version,
                description=name if is_repeatable else "" if type_ != "SCHEMA" else "<< Flyway Schema Creation >>",
                type={"R": "SQL", "DELETE_R": "DELETE"}.get(type_, type_),
                script=f"R__{name}.sql" if is_repeatable else f"V{name}.sql",
                checksum=1 if "~" in text else SUM,
                installed_by="u",
                installed_on=datetime(2020, 1, 1),
                execution_time=1,
                success="!" not in text,
            )
        )
    return made


def states(files: str, applied: str, **options: object) -> str:
    """The states as "1 Success, 2 Pending", repeatable ones by their description."""
    every = infos(resolved(*files.split()), rows(*applied.split()), **options)  # type: ignore[arg-type]
    return ", ".join(f"{each.version or each.description} {each.state.value}" for each in every)


@pytest.mark.parametrize(
    ("files", "applied", "told"),
    [
        ("V1.sql V2.sql R__a.sql", "", "1 Pending, 2 Pending, a Pending"),
        ("V1.sql V2.sql", "V1", "1 Success, 2 Pending"),
        ("V1.0.sql", "V1", "1 Success"),
        ("V1.sql V2.sql V3.sql", "V1 V3", "1 Success, 3 Success, 2 Ignored"),
        ("V1.sql V2.sql V3.sql", "V1 V3 V2", "1 Success, 3 Success, 2 Out of Order"),
        ("V1.sql V2.sql", "V1 V2!", "1 Success, 2 Failed"),
        ("V1.sql V3.sql", "V1 V2 V3 V4", "1 Success, 2 Missing, 3 Success, 4 Future"),
        ("V3.sql", "V1! V4!", "1 Failed (Missing), 4 Failed (Future), 3 Ignored"),
        ("", "V1", "1 Future"),
        ("V1.sql V2.sql V3.sql", "BASELINE:2", "1 Below Baseline, 2 Ignored (Baseline), 2 Baseline, 3 Pending"),
        ("R__a.sql", "R:a", "a Success"),
        ("R__a.sql", "R:a~", "a Outdated, a Pending"),
        ("R__a.sql", "R:a~ R:a", "a Superseded, a Success"),
        ("R__a.sql", "R:a R:a~", "a Superseded, a Outdated, a Pending"),
        ("", "R:a", "a Missing"),
        ("", "R:a~ R:a", "a Superseded, a Missing"),
        ("V2.sql", "V1 V2 DELETE:1", "1 Deleted, 2 Success"),
        ("V1.sql V2.sql", "V1 V2 DELETE:1", "1 Deleted, 2 Success, 1 Ignored"),
        ("", "R:a DELETE_R:a", "a Deleted, a Success"),
        ("R__a.sql", "R:a DELETE_R:a", "a Deleted, a Success, a Pending"),
        ("V1.sql V2.sql U2.sql", "V1 V2", "1 Success, 2 Success, 2 Available"),
        ("V1.sql V2.sql", "V1 V2 UNDO_SQL:2", "1 Success, 2 Undone, 2 Success, 2 Pending"),
        ("V1.sql V2.sql", "V1 V2 UNDO_SQL:2 V2", "1 Success, 2 Undone, 2 Success, 2 Success"),
        ("V1.sql B2.sql V2.sql V3.sql", "", "1 Below Baseline, 2 Ignored (Baseline), 2 Pending, 3 Pending"),
        ("V1.sql B2.sql V3.sql", "V1", "1 Success, 2 Ignored, 3 Pending"),
        ("V1.sql B2.sql V3.sql", "SQL_BASELINE:2", "1 Below Baseline, 2 Baseline, 3 Pending"),
        ("V1.sql", "SCHEMA V1", "<< Flyway Schema Creation >> Success, 1 Success"),
    ],
)
def test_states_are_flyways(files: str, applied: str, told: str) -> None:
    assert states(files, applied) == told


def test_out_of_order_and_target_change_what_is_pending() -> None:
    assert states("V1.sql V2.sql V3.sql", "V1 V3", out_of_order=True) == "1 Success, 3 Success, 2 Pending"
    assert states("V1.sql V2.sql V3.sql R__a.sql", "V1", target=Version("2")) == (
        "1 Success, 2 Pending, 3 Above Target, a Pending"
    )
    assert states("V1.sql B3.sql", "", target=Version("2")) == "1 Pending, 3 Above Target"


def test_a_target_is_a_version_or_one_of_three_words() -> None:
    files, applied = resolved("V1.sql", "V2.sql", "V3.sql"), rows("V1")
    wanted = {text: target_version(text, files, applied) for text in ("latest", "Current", "next", "2.0", "9?")}
    assert wanted == {
        **{"latest": None, "Current": Version("1"), "next": Version("2")},
        **{"2.0": Version("2"), "9?": Version("9")},
    }
    for bad in ("9", "x", "1.x"):
        with pytest.raises(UsageError, match="--target"):
            target_version(bad, files, applied)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(Refused, match="1 is DELETE twice"):
        infos([], rows("V1", "DELETE:1", "DELETE:1"))


@pytest.mark.parametrize(
    ("files", "applied", "codes"),
    [
        ("V1.sql V2.sql R__a.sql", "V1 V2 R:a", {}),
        ("V1.sql", "V1~", {"V1.sql": "CHECKSUM_MISMATCH"}),
        ("V1__x.sql", "V1", {"V1.sql": "DESCRIPTION_MISMATCH"}),
        ("V1.sql", "JDBC:1", {"V1.sql": "TYPE_MISMATCH"}),
        ("V2.sql", "V1 V2", {"V1.sql": "APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED"}),
        ("", "R:a", {"R__a.sql": "APPLIED_REPEATABLE_MIGRATION_NOT_RESOLVED"}),
        ("V1.sql", "V1 V2", {}),
        ("V1.sql V2.sql", "V2", {"V1.sql": "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED"}),
        ("V1.sql V2.sql", "V1", {"V2.sql": "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED"}),
        ("V1.sql", "V1!", {"V1.sql": "FAILED_VERSIONED_MIGRATION"}),
        ("R__a.sql", "R:a!", {"R__a.sql": "FAILED_REPEATABLE_MIGRATION"}),
        ("V1.sql V2.sql", "BASELINE:1 V2", {}),
        ("V1.sql", "V1 DELETE:1 V1", {}),
        ("V1.sql", "V1~ UNDO_SQL:1 V1", {}),
        ("V1.sql B1.sql", "SQL_BASELINE:1", {}),
    ],
)
def test_what_is_wrong_is_found(files: str, applied: str, codes: Mapping[str, str]) -> None:
    found = problems(infos(resolved(*files.split()), rows(*applied.split())))
    assert {each.script: each.code for each in found} == codes


def test_what_is_no_matter_is_passed_over() -> None:
    every = infos(resolved("V1.sql", "V3.sql", "V4.sql", "R__a.sql"), rows("V2", "V3", "V5", "R:a~"))
    assert {each.code for each in problems(every)} == {
        *("APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED", "RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED"),
        *("RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED", "OUTDATED_REPEATABLE_MIGRATION"),
    }
    assert len(problems(every, ())) == 6  # version 5, too
    assert problems(every, ignored(["*:missing", "versioned:Ignored", IGNORE_PENDING, *DEFAULT_IGNORED])) == []
    assert [is_ignored(each, ["repeatable:*"]) for each in every].count(True) == 2
    for bad in ("missing", "*:nope", "x:*"):
        with pytest.raises(UsageError, match="--ignore"):
            ignored([bad])
    with pytest.raises(CheckFailed, match=r"V2\.sql \(version 2\): applied, and there is no such file\nR__a"):
        refuse(problems(every))


def test_repeatable_files_match_by_either_checksum() -> None:
    (file,) = resolved("R__a.sql")
    assert (file.matches(SUM), file.matches(7), file.matches(None)) == (True, True, False)
    assert not resolved("V1.sql")[0].matches(7)
    assert current_version(infos([], rows("V1", "V3", "V2", "DELETE:3"))) == Version("2")
    assert State.MISSING_FAILED.is_failed
