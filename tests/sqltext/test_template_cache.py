"""A template is compiled once, and what was compiled renders as the template itself would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from devdb.errors import ScriptFailed
from devdb.sqltext import templates
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates

TEXT = "SELECT 1;\n{% for x in xs %}\nSELECT {{ x | literal }};\n{% endfor %}\nSELECT {{ y | ident }};\n"


@pytest.fixture
def builtin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in place of the installed one; it holds the template t.sql."""
    directory = tmp_path / "sql"
    directory.mkdir()
    (directory / "t.sql").write_text(TEXT)
    monkeypatch.setattr(templates, "builtin_directory", lambda: directory)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return directory


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that were compiled, as they are."""
    names: list[str] = []
    visit: Callable[..., object] = templates._QuotingGenerator.visit_Template

    def noted(self: templates._QuotingGenerator, *args: object, **kwargs: object) -> None:
        names.append(str(self.name))
        visit(self, *args, **kwargs)

    monkeypatch.setattr(templates._QuotingGenerator, "visit_Template", noted)
    return names


def render(*directories: Path, name: str = "t.sql") -> Script:
    return Templates(directories).render(name, xs=[1, 2], y="Y z")


def test_it_is_compiled_once_and_renders_the_same(builtin: Path, compiled: list[str]) -> None:
    first = render()
    assert compiled == ["t.sql"]
    assert render() == first
    assert compiled == ["t.sql"]
    assert first.text == 'SELECT 1;\nSELECT 1;\nSELECT 2;\nSELECT "Y z";\n'
    assert [line for _, line in first.origins] == [1, 3, 3, 5, 6]
    (builtin / "t.sql").write_text("SELECT 2;")
    assert render().text == "SELECT 2;"
    assert compiled == ["t.sql", "t.sql"]


def test_what_it_refuses_is_refused_at_its_line_every_time(builtin: Path, compiled: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(ScriptFailed) as failure:
            Templates().render("t.sql", xs=[], y="")
        assert (failure.value.path, failure.value.line) == ("sql/t.sql", 5)
    assert compiled == ["t.sql"]
    (builtin / "t.sql").write_text("SELECT {{ y }};")
    for _ in range(2):
        with pytest.raises(ScriptFailed, match="a value needs a filter here"):
            render()


def test_the_same_file_by_another_name_is_another_template(builtin: Path) -> None:
    (builtin / "a.sql").write_text('{% include "builtin/t.sql" %}')
    (builtin / "b.sql").write_text('{% include "t.sql" %}')
    assert render(name="a.sql").origins == render(name="b.sql").origins == render(name="a.sql").origins


def test_a_site_s_directory_gets_no_files_of_ours(builtin: Path, tmp_path: Path, compiled: list[str]) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "t.sql").write_text(TEXT)
    assert render(site) == render(site)
    assert list(site.iterdir()) == [site / "t.sql"]
    assert compiled == ["t.sql", "t.sql"]
    assert not (builtin / "__pycache__").exists()


def test_nothing_is_kept_where_python_keeps_nothing(builtin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    render()
    assert list(builtin.iterdir()) == [builtin / "t.sql"]
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (builtin / "__pycache__").write_text("in the way")
    assert render() == render()


def test_a_file_that_is_cut_off_is_written_anew(builtin: Path, compiled: list[str]) -> None:
    first = render()
    (kept,) = (builtin / "__pycache__").iterdir()
    whole = kept.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        kept.write_bytes(whole[:size])
        assert render() == first
    assert len(compiled) == 5
    assert kept.read_bytes() == whole
