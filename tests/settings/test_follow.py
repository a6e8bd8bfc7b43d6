"""What the settings say of keys: children, cuts, keys that the schema does not declare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from devdb.errors import DevdbError, ScriptFailed, SettingsError
from devdb.settings import Follow, KeyRule, Sampling, Settings, VirtualKey, column_names, unknown_columns
from devdb.settings.document import parse

Load = Callable[..., Settings]
KEY = ("public", "item", ("order_id",), "item_fkey")


@pytest.mark.parametrize(
    ("written", "max_rows", "shown"),
    [
        ("all", None, "all"),
        ("none", 0, "none"),
        ({"max": 0}, 0, "none"),
        ({"max": 5}, 5, "{max: 5}"),
        ({"max": 5, "order_by": "a DESC", "of": "all"}, 5, "{max: 5, order_by: a DESC, of: all}"),
        ({"where": "a", "depth": 2, "of": "chosen"}, None, "{where: a, depth: 2}"),
        ({"max": None, "depth": 1}, None, "{depth: 1}"),
    ],
)
def test_children_are_said_by_a_word_or_a_mapping(written: object, max_rows: int | None, shown: str) -> None:
    follow = Follow.parse(written)
    assert (follow.max, follow.is_none, str(follow)) == (max_rows, max_rows == 0, shown)
    assert Follow.parse(follow.plain) == Follow.parse(yaml.safe_load(str(follow))) == follow


def test_the_last_pattern_that_matches_wins_and_default_is_for_the_rest(load: Load, tmp_path: Path) -> None:
    text = """\
sampling:
  follow:
    public.item(order_id): all
    public.*: {max: 3}
    default: {max: 7}
    public.a.a_fkey: none
  keys:
    public.item: {on_missing: set_null}
    public.item.other: {on_missing: fetch}
"""
    settings = load(text)
    sampling = settings.sampling
    wanted = sampling.follow_for(*KEY)
    assert wanted is not None
    assert (str(wanted), wanted.path, wanted.line) == ("{max: 3}", tmp_path / "devdb.yaml", 4)
    assert str(sampling.follow_for("public", "a", ["b"], "a_fkey")) == "none"
    assert str(sampling.follow_for("public", "a", ["b"], "b_fkey")) == "{max: 3}"
    assert str(sampling.follow_for("audit", "a", ["b"], "a_fkey")) == "{max: 7}"
    assert sampling.on_missing_for(*KEY) == "set_null"
    assert sampling.on_missing_for("public", "item", ["a"], "other") == "fetch"
    assert sampling.on_missing_for("public", "a", ["a"], "other") == "fetch"
    assert [rule.line for rule in sampling.keys.values()] == [8, 9]


def test_what_nobody_said_is_not_said() -> None:
    assert Sampling().follow_for(*KEY) is None
    assert Sampling().on_missing_for(*KEY) == "fetch"
    assert Sampling.model_validate({"follow": {"default": "none"}}).follow_for(*KEY) == Follow.parse("none")


def test_virtual_keys_know_their_tables_and_line(load: Load, tmp_path: Path) -> None:
    text = """\
sampling:
  virtual_keys:
    plain: {child: public.note, columns: [target_id], parent: public."Em.ployee", parent_columns: [id], when: a = 'b'}
    event: {child: public.event, columns: ["doc->>'customer_id'"], parent: public.customer}
"""
    keys = load(text).sampling.virtual_keys
    plain, event = keys["plain"], keys["event"]
    assert (plain.child_name, plain.parent_name) == (("public", "note"), ("public", "Em.ployee"))
    assert (plain.columns, plain.parent_columns, plain.when) == (("target_id",), ("id",), "a = 'b'")
    assert (event.columns, event.parent_columns, event.when) == (("doc->>'customer_id'",), None, None)
    assert (event.path, event.line) == (tmp_path / "devdb.yaml", 4)
    assert VirtualKey.model_validate(event.plain) == event
    assert column_names('coalesce("A", b) || (SELECT c FROM d) || b') == ("A", "b")


FOLLOW = "sampling: {follow: {public.item(order_id): %s}}"
VIRTUAL = "sampling: {virtual_keys: {k: {child: public.a, parent: public.b, columns: %s}}}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FOLLOW % "{maxx: 1}", "sampling.follow.public.item(order_id).maxx: unknown key\nHint: did you mean max?"),
        (FOLLOW % "{max: -1}", "sampling.follow.public.item(order_id).max: must be greater than or equal to 0"),
        (FOLLOW % "{max: 1.5}", "max: expected a whole number, found the number 1.5"),
        (FOLLOW % "{order_by: a}", "sampling.follow.public.item(order_id): order_by needs a max"),
        (FOLLOW % "{depth: 0}", "sampling.follow.public.item(order_id).depth: must be greater than or equal to 1"),
        (FOLLOW % "{of: seeds}", "of: expected chosen or all, found the text seeds"),
        (FOLLOW % "{where: ' '}", "where: must not be empty"),
        (FOLLOW % "{}", "says nothing: write all, none, or one of max, where, depth, of"),
        (FOLLOW % "al", "found the text al\nHint: did you mean all?"),
        (
            FOLLOW % "no",
            "expected all, none or a mapping with max, order_by, where, depth or of, found the truth value no",
        ),
        (FOLLOW % "", "found nothing"),
        ("sampling: {follow: all}", "sampling.follow: expected a mapping, found the text all"),
        ("sampling: {follow: {'public.item(': all}}", "sampling.follow.public.item(: a parenthesis is not closed"),
        ("sampling: {follow: {item: all}}", "sampling.follow.item: item has no schema: write public.item"),
        ("sampling: {keys: {default: {}}}", "default has no schema"),
        ("sampling: {keys: {a.b: {on_missing: setnull}}}", "found the text setnull\nHint: did you mean set_null?"),
        ("sampling: {keys: {a.b: {onmissing: set_null}}}", "onmissing: unknown key\nHint: did you mean on_missing?"),
        ("sampling: {keys: {a.b: set_null}}", "sampling.keys.a.b: expected a mapping, found the text set_null"),
        (VIRTUAL % "a", "sampling.virtual_keys.k.columns: expected a list, found the text a\nHint: write [a]"),
        (VIRTUAL % "[]", "sampling.virtual_keys.k.columns: must not be empty"),
        (VIRTUAL % "[a], wen: b", "sampling.virtual_keys.k.wen: unknown key\nHint: did you mean when?"),
        (VIRTUAL % "[a, b], parent_columns: [c]", "sampling.virtual_keys.k: columns has 2 and parent_columns 1"),
        (VIRTUAL % "[a, b], parent_columns: [c, c]", "parent_columns names a column twice"),
        ("sampling: {virtual_keys: {k: {child: public.a, columns: [a]}}}", "virtual_keys.k.parent: must be given"),
        (
            "sampling: {virtual_keys: {k: {child: public.*, columns: [a], parent: public.b}}}",
            "sampling.virtual_keys.k.child: public.* may be several tables",
        ),
        (
            "sampling: {virtual_keys: {k: {child: public.a, columns: [a], parent: b}}}",
            "sampling.virtual_keys.k.parent: b has no schema: write public.b",
        ),
    ],
)
def test_a_mistake_is_said_plainly_with_its_line(load: Load, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as failure:
        load(f"# a comment\n{text}\n")
    assert words in str(failure.value)
    assert "devdb.yaml:2: " in str(failure.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FOLLOW % "{where: a =}", "sampling.follow.public.item(order_id).where: syntax error at end of input"),
        (FOLLOW % "{where: 'true) OR (true'}", "where: a parenthesis is closed that was not opened"),
        (FOLLOW % "{max: 1, order_by: a LIMIT 5}", "order_by: there is more here than one expression"),
        (VIRTUAL % "[a b]", 'sampling.virtual_keys.k.columns: syntax error at or near "b"'),
        (VIRTUAL % "['a, b']", "sampling.virtual_keys.k.columns: this is a list; each column is an item of its own"),
        (VIRTUAL % "[a, b AS c]", 'sampling.virtual_keys.k.columns[2]: syntax error at or near "AS"'),
        (VIRTUAL % "['*']", 'columns: syntax error at or near "*"'),
        (VIRTUAL % "[a FROM b]", 'columns: syntax error at or near "FROM"'),
        (VIRTUAL % "[a], when: 'b; c'", 'sampling.virtual_keys.k.when: syntax error at or near ";"'),
    ],
)
def test_what_is_not_one_expression_fails_as_a_script_with_its_line(load: Load, text: str, words: str) -> None:
    with pytest.raises(ScriptFailed) as failure:
        load(text)
    assert words in str(failure.value)
    assert (failure.value.line, failure.value.exit_status) == (1, 3)


@pytest.mark.parametrize(
    ("holder", "places"),
    [
        (Follow.parse({"max": 1, "where": "idd = 1", "order_by": "idd"}), ["where", "order_by"]),
        (
            VirtualKey.model_validate(
                {"child": "a.b", "parent": "a.c", "columns": ["id", "idd->>'id'"], "when": "idd IS NULL"}
            ),
            ["columns[2]", "when"],
        ),
    ],
)
def test_columns_that_a_table_does_not_have_are_named(holder: Any, places: list[str]) -> None:
    errors = unknown_columns(holder, table="a.b", columns=["id", "b"])
    assert [error.message for error in errors] == [f"{place} of a.b: there is no column idd" for place in places]
    assert {error.hint for error in errors} == {"did you mean id?"}


# Such a section in another file


EVERYTHING: dict[str, Any] = {
    "default": {"where": "a", "percent": 5.0},
    "percent": 2.0,
    "seed": 7,
    "tables": {"a.b": "empty", "a.c": {"limit": 5}},
    "follow": {"default": "none", "a.b(c, d)": {"max": 3, "depth": 2}},
    "keys": {"a.b": {"on_missing": "set_null"}},
    "virtual_keys": {"k": {"child": "a.b", "columns": ["c"], "parent": "a.d", "parent_columns": ["e"]}},
    "on_violation": "not_valid",
}


def test_the_section_can_be_written_down_and_read_back() -> None:
    sampling = Sampling.model_validate(EVERYTHING)
    assert sampling.plain == EVERYTHING
    text = yaml.safe_dump({"format": 1, "sampling": sampling.plain})
    again = Sampling.from_document(parse(text, Path("plan.yaml")))
    assert again == sampling
    key = again.virtual_keys["k"]
    assert key.line is not None
    assert text.splitlines()[key.line - 1].strip() == "k:"
    assert Settings().with_sampling(again).sampling is again


def test_mistakes_in_another_file_are_said_as_those_in_the_settings() -> None:
    text = "a:\n  b:\n    folow: {}\n    tables:\n      public.x: {limt: 1}\n    follow:\n      x: all\n"
    with pytest.raises(SettingsError) as failure:
        Sampling.from_document(parse(text, Path("plan.yaml")), ("a", "b"))
    for line in (
        "plan.yaml:3: a.b.folow: unknown key (did you mean follow?)",
        "plan.yaml:5: a.b.tables.public.x.limt: unknown key (did you mean limit?)",
        "plan.yaml:7: a.b.follow.x: x has no schema: write public.x",
    ):
        assert line in str(failure.value)
    assert Sampling.from_document(parse("format: 1", Path("plan.yaml"))) == Sampling()
    with pytest.raises(DevdbError, match="syntax error"):
        Settings().with_sampling(Sampling.model_validate({"follow": {"default": {"where": "a b"}}}))


def test_values_are_equal_wherever_they_stand() -> None:
    assert KeyRule().at(Path("x"), 3) == KeyRule()
    assert len({Follow.parse("all"), Follow.parse({"of": "chosen"}, path=Path("x"), line=1), Follow.parse("none")}) == 2
    assert Follow.parse("all") != KeyRule()
