"""Templates: nothing reaches SQL unquoted, and every rendered line knows where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devdb.errors import ScriptFailed
from devdb.sqltext.parameters import declared_parameters, used_parameters
from devdb.sqltext.script import Script
from devdb.sqltext.templates import Templates, builtin_directory


class Secret:
    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        return self._value


def render(directory: Path, text: str, /, **values: object) -> Script:
    (directory / "t.sql").write_text(text)
    return Templates([directory]).render("t.sql", **values)


def test_values_arrive_as_names_and_literals(tmp_path: Path) -> None:
    script = render(
        tmp_path,
        "GRANT {{ a | ident }} TO {{ b | idents }} IN {{ c | literal }}, ({{ d | literals }}) {{ e | sql }}",
        a="Odd",
        b=["x", "Y z"],
        c="{{ it's }}\\",
        d=[1, "a", None],
        e="WHERE x = '{{ y }}'",
    )
    assert script.text == "GRANT \"Odd\" TO x, \"Y z\" IN E'{{ it''s }}\\\\', (1, 'a', NULL) WHERE x = '{{ y }}'"


def test_parameters_may_have_any_name(tmp_path: Path) -> None:
    assert render(tmp_path, "{{ name | ident }} {{ self_ | ident }}", name="a", self_="b").text == "a b"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("SELECT 1;\nSELECT {{ x }};", 2, "a value needs a filter here"),
        ("SELECT 1;\n{% for y in xs %}\n  {{ y | upper }}\n{% endfor %}", 3, "a value needs a filter here"),
        ("{{ x | ident | upper }}", 1, "a value needs a filter here"),
        ("SELECT\n\n{{ nope | literal }}", 3, "'nope' is undefined"),
        ("\n{{ nope | idents }}", 2, "'nope' is undefined"),
        ("\n{{ nope | secret }}", 2, "'nope' is undefined"),
        ("\n{% if nope %}{% endif %}", 2, "'nope' is undefined"),
        ("\n{{ x.nope | literal }}", 2, "has no attribute 'nope'"),
        ("SELECT 1;\n{% if x %}\n", 2, "Unexpected end of template"),
        ("\n{{ x | nofilter }}", 2, "a value needs a filter here"),
        ("\n\n{{ zero | literal }}", 3, "must not hold the character NUL"),
        ("\n\n{{ zero | sql }}", 3, "must not hold the character NUL"),
        ("\n\n{{ empty | ident }}", 3, "must not be empty"),
        ("\n{{ xs | literal }}", 2, "no SQL literal is known for a list"),
        ("\n{{ x | idents }}", 2, "a list is needed here"),
        ("\n{{ 5 | ident }}", 2, "must be text"),
        ("\n{% include 'nowhere.sql' %}", 2, "there is no template nowhere.sql"),
        ("{% include '../t.sql' %}", 1, "there is no template ../t.sql"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(ScriptFailed) as failure:
        render(tmp_path, text, x="x", xs=["a"], zero="\0", empty="")
    assert (failure.value.path, failure.value.line) == (str(tmp_path / "t.sql"), line)
    assert reason in failure.value.reason
    assert failure.value.exit_status == 3


def test_a_mistake_in_an_included_file_is_named_there(tmp_path: Path) -> None:
    (tmp_path / "inner.sql").write_text("SELECT\n{{ y | literal }}\n")
    with pytest.raises(ScriptFailed, match=r"inner.sql:2: 'y' is undefined"):
        render(tmp_path, "\n\n\n{% include 'inner.sql' %}")
    (tmp_path / "inner.sql").write_text("SELECT\n{{ y }}\n")
    with pytest.raises(ScriptFailed, match=r"inner.sql:2: a value needs a filter"):
        render(tmp_path, "\n\n\n{% include 'inner.sql' %}")


def test_every_line_knows_its_origin(tmp_path: Path) -> None:
    (tmp_path / "inner.sql").write_text("one {{ n | literal }}\ntwo\n")
    script = render(
        tmp_path,
        "a\n{# gone\n #}\n{% for n in ns %}\n  {% include 'inner.sql' %}\n{% endfor %}\n{% if ns %}\n"
        "{{ v | literal }} b\n{% endif %}\n{%- set x = 1 %}\n{% raw %}{{ c }}\n{% endraw %}\nd {{ v | literal }}\ne",
        ns=[1, 2],
        v="x\ny",
    )
    text = (script.text or "").split("\n")
    places = [(Path(name).name, line) for name, line in script.origins]
    assert len(text) == len(places)
    assert [(text, name, line) for text, (name, line) in zip(text, places, strict=True) if text] == [
        ("a", "t.sql", 1),
        ("one 1", "inner.sql", 1),
        ("two", "inner.sql", 2),
        ("one 2", "inner.sql", 1),
        ("two", "inner.sql", 2),
        ("'x", "t.sql", 8),
        ("y' b", "t.sql", 8),
        ("{{ c }}", "t.sql", 11),
        ("d 'x", "t.sql", 13),
        ("y'", "t.sql", 13),
        ("e", "t.sql", 14),
    ]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")))
def test_text_without_braces_is_rendered_as_it_is(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    text = text.replace("{", "(")
    assert render(tmp_path_factory.mktemp("t"), "A" + text).text == "A" + text


def test_what_a_block_captured_can_be_written(tmp_path: Path) -> None:
    script = render(
        tmp_path,
        "{% set part %}\nSELECT {{ x | literal }}\n{% endset %}\n{% macro twice(y) %}\n"
        "{{ y | ident }}, {{ y | ident }}\n{% endmacro %}\n"
        "A {{ part | sql }}{{ twice('b') | sql }}{{ part | literal }}",
        x=1,
    )
    assert script.text == "A SELECT 1\nb, b\n'SELECT 1\n'"


def test_a_secret_is_no_part_of_the_script(tmp_path: Path) -> None:
    script = render(
        tmp_path, "PASSWORD {{ a | secret }}, {{ b | secret }}, {{ c | secret }}", a="one's", b=Secret("two"), c=None
    )
    assert "one" not in repr(script) + str(script.text)
    assert "two" not in repr(script) + str(script.text)
    text = script.text or ""
    for placeholder, value in script.secrets.items():
        text = text.replace(placeholder, value)
    assert text == "PASSWORD 'one''s', 'two', NULL"
    with pytest.raises(ScriptFailed, match="no SQL literal is known for a Secret"):
        render(tmp_path, "{{ a | literal }}", a=Secret("x"))


def test_a_site_replaces_templates_and_may_include_the_builtin_one(tmp_path: Path) -> None:
    name = "catalog/tables.sql"
    (tmp_path / "catalog").mkdir()
    (tmp_path / name).write_text("-- mine\n{% include 'builtin/" + name + "' %}\n")
    mine, builtin = Templates([tmp_path]), Templates()
    values = {key: ["x"] for key in builtin.used_parameters(name)}
    script = mine.render(name, **values)
    assert (script.text or "").startswith("-- mine\n-- What:")
    assert (script.name, script.directory) == (str(tmp_path / name), tmp_path / "catalog")
    assert [script.origins[line][0] for line in (0, 1)] == [str(tmp_path / name), f"sql/{name}"]
    assert builtin.render(name, **values).name == f"sql/{name}"


def test_headers_and_uses() -> None:
    source = (
        "-- What:         x\n-- Parameters:   schema (str)    schema to create: any\n"
        "--               readers (list)  roles;\n"
        "--                               may be empty\n-- Transaction:  yes\n\n"
        "-- Parameters:   other (str)  no header\n{% for r in readers %}{{ r | ident }}{{ schema | ident }}{% endfor %}"
    )
    assert declared_parameters(source) == {"schema": "str", "readers": "list"}
    assert used_parameters(source) == {"schema", "readers"}
    assert declared_parameters("-- Parameters:   none\n-- Transaction: no\n") == {}
    with pytest.raises(ValueError, match="lacks"):
        declared_parameters("-- What: x\nSELECT 1;")
    with pytest.raises(ValueError, match="a parameter is written"):
        declared_parameters("-- Parameters:  schema str\n")


def test_what_includes_need_is_used_too(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("{% for x in xs %}{% include 'b.sql' %}{% endfor %}")
    (tmp_path / "b.sql").write_text("{{ x | literal }} {{ y | literal }} {% include 'a.sql' %}")
    assert Templates([tmp_path]).used_parameters("a.sql") == {"xs", "y"}


@pytest.mark.parametrize(
    "name",
    sorted(
        str(path.relative_to(builtin_directory()))
        for path in builtin_directory().rglob("*.sql")
        if path.read_text(encoding="utf-8").startswith("-- What:")  # else it is a piece for others to include
    ),
)
def test_a_template_declares_the_parameters_that_it_uses(name: str) -> None:
    templates = Templates()
    assert set(declared_parameters(templates.source(name))) == templates.used_parameters(name)
