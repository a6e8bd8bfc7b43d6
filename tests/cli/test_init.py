"""devdb init gives a person something to start from, and never takes anything away."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from devdb.cli.init import SCRIPTS, init
from devdb.errors import DevdbError, Refused
from devdb.settings import Settings
from devdb.sqltext import templates
from devdb.sqltext.templates import builtin_directory


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(init, [str(argument) for argument in arguments])


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the installed sql/, so that these tests say nothing about the scripts themselves."""
    directory = tmp_path / "installed"
    directory.mkdir()
    for name in SCRIPTS:
        (directory / name).write_text(f"-- {name}\n")
    (directory / "devdb.yaml").write_bytes((builtin_directory() / "devdb.yaml").read_bytes())
    monkeypatch.setattr(templates, "builtin_directory", lambda: directory)
    return directory


def test_it_writes_settings_that_load_and_the_three_scripts(scripts: Path, tmp_path: Path) -> None:
    there = tmp_path / "a" / "b"
    result = run(there)
    assert result.exit_code == 0, result.output
    assert Settings.load(there / "devdb.yaml").sampling == Settings().sampling
    for name in SCRIPTS:
        assert (there / "sql" / name).read_bytes() == (scripts / name).read_bytes()
        assert f"wrote {there / 'sql' / name}" in result.output
    assert f"build-dev-db -c {there / 'devdb.yaml'}" in result.output


def test_the_installed_scripts_are_all_there(tmp_path: Path) -> None:
    assert run(tmp_path).exit_code == 0
    assert all((tmp_path / "sql" / name).read_text().startswith("-- What:") for name in SCRIPTS)


@pytest.mark.usefixtures("scripts")
def test_without_an_argument_it_writes_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run().exit_code == 0
    assert (tmp_path / "devdb.yaml").exists()


@pytest.mark.usefixtures("scripts")
@pytest.mark.parametrize("existing", ["devdb.yaml", "sql/populate_dev_db.sql"])
def test_what_exists_is_named_and_nothing_is_written(tmp_path: Path, existing: str) -> None:
    there = tmp_path / "site"
    (there / "sql").mkdir(parents=True)
    (there / existing).write_text("mine")
    result = run(there)
    assert isinstance(result.exception, Refused)
    assert result.exception.exit_status == 1
    assert str(there / existing) in str(result.exception)
    assert (there / existing).read_text() == "mine"
    assert [path for path in there.rglob("*") if path.is_file()] == [there / existing]


@pytest.mark.usefixtures("scripts")
def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    (tmp_path / "devdb.yaml").symlink_to(tmp_path / "nowhere")
    assert isinstance(run(tmp_path).exception, Refused)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.usefixtures("scripts")
def test_a_failure_half_way_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "sql").write_text("a file where the directory should be")
    result = run(tmp_path)
    assert isinstance(result.exception, DevdbError)
    assert not (tmp_path / "devdb.yaml").exists()


def test_an_incomplete_installation_is_said_plainly(scripts: Path, tmp_path: Path) -> None:
    (scripts / SCRIPTS[1]).unlink()
    result = run(tmp_path / "site")
    assert isinstance(result.exception, DevdbError)
    assert SCRIPTS[1] in str(result.exception)
    assert "not complete" in str(result.exception)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("option", ["-?", "--help"])
def test_help_is_asked_for_with_a_question_mark(option: str) -> None:
    result = run(option)
    assert result.exit_code == 0
    assert "Nothing is overwritten" in " ".join(result.output.split())
