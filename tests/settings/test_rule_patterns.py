"""A rule is for the tables that its pattern names, and its SQL is one expression."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devdb.errors import ScriptFailed
from devdb.settings import Rule, Sampling, Settings, pattern_for, unknown_columns
from devdb.settings.document import parse
from devdb.settings.patterns import PatternError, parse_pattern

Load = Callable[..., Settings]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("all", "all"),
        ("none", "none"),
        ("empty", "empty"),
        ({"limit": 0}, "none"),
        ({"limit": 5}, "limit"),
        ({"limit": 5, "order_by": "a", "where": "b"}, "limit"),
        ({"percent": 5}, "percent"),
        ({"percent": 0.1, "where": "a"}, "percent"),
        ({"where": "a"}, "where"),
    ],
)
def test_a_rule_knows_what_decides(written: object, kind: str) -> None:
    rule = Rule.of(written)
    assert rule.kind == kind
    assert Rule.of(yaml.safe_load(str(rule))) == rule


def test_a_rule_knows_its_line_and_is_the_same_on_another(load: Load, tmp_path: Path) -> None:
    settings = load("sampling:\n  default: none\n  tables:\n    public.a: all\n    public.b:\n      limit: 3\n")
    rules = [settings.sampling.rule_for("public", name) for name in ("a", "b", "c")]
    assert rules == [Rule.of("all"), Rule.of({"limit": 3}), Rule.of("none")]
    assert [(rule.path, rule.line) for rule in rules] == [(tmp_path / "devdb.yaml", line) for line in (4, 5, 2)]
    assert Rule.of("all").line is None
    assert len({rules[0], Rule.of("all")}) == 1
    assert len({Rule.of("empty"), Rule.of("none"), Rule.of("empty").at(tmp_path, 7)}) == 2


def test_nothing_of_a_rule_or_of_the_settings_can_be_changed(load: Load) -> None:
    settings = load("")
    with pytest.raises(ValidationError):
        settings.sampling.default.limit = 5
    with pytest.raises(ValidationError):
        settings.target.dbname = "x"


def test_the_last_pattern_that_matches_wins() -> None:
    sampling = Sampling.model_validate(
        {"tables": {"public.*": "none", "public.a*": "all", "public.abc": {"limit": 1}, "*.?": {"limit": 2}}}
    )
    names = ["x1", "ab", "abc", "a"]
    assert [str(sampling.rule_for("public", name)) for name in names] == ["none", "all", "{limit: 1}", "{limit: 2}"]
    assert sampling.rule_for("audit", "abc") == sampling.default


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("public.post", [("public", "post")], [("public", "posts"), ("Public", "post"), ("public", "Post")]),
        ("Public.Post", [("Public", "Post")], [("public", "post")]),
        ("audit.*", [("audit", "x"), ("audit", "a.b"), ("audit", "a\nb")], [("audit2", "x"), ("my.audit", "x")]),
        ("*.log_?", [("a", "log_1")], [("a", "log_"), ("a", "log_12")]),
        ("public.a[bc]", [("public", "a[bc]")], [("public", "ab")]),
        ("public.my table", [("public", "my table")], [("public", "my")]),
        ('"my.schema"."T"', [("my.schema", "T")], [("my", "schema")]),
        ('public."*"', [("public", "*")], [("public", "a")]),
        ('public."say ""hi"""', [("public", 'say "hi"')], [("public", 'say ""hi""')]),
        ('"x".*', [("x", "anything")], [("y", "anything")]),
        ("schéma.größe", [("schéma", "größe")], [("schema", "grosse")]),
    ],
)
def test_a_pattern_matches_names_as_they_are_written(
    pattern: str, matching: list[tuple[str, str]], others: list[tuple[str, str]]
) -> None:
    parsed = parse_pattern(pattern)
    assert all(parsed.matches(*table) for table in matching)
    assert not any(parsed.matches(*table) for table in others)


@pytest.mark.parametrize(
    "text", ["post", "", ".", "a.", ".a", "a..b", "a.b.c", 'a."b', 'a.b"c"', 'a."b"c', 'a.""', '"a.b"', "a.b."]
)
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(text)


odd_characters = st.sampled_from('aB.*?" []é\n%_') | st.characters(codec="utf-8", exclude_characters="\0")
odd_names = st.text(odd_characters, min_size=1)


@given(odd_names, odd_names, odd_names, odd_names)
def test_any_table_can_be_named_and_nothing_else_is_meant(schema: str, table: str, schema2: str, table2: str) -> None:
    pattern = parse_pattern(pattern_for(schema, table))
    assert pattern.exact
    assert pattern.matches(schema, table)
    assert pattern.matches(schema2, table2) == ((schema, table) == (schema2, table2))


@given(odd_names, odd_names)
def test_the_pattern_for_a_table_survives_yaml(schema: str, table: str) -> None:
    text = yaml.safe_dump({"sampling": {"tables": {pattern_for(schema, table): "none"}}})
    sampling = Settings.model_validate(parse(text, Path("devdb.yaml")).value).sampling
    assert sampling.rule_for(schema, table) == Rule.of("none")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("public.order", "did you mean public.orders?"),
        ("Public.Orders", "did you mean public.orders?"),
        ("public.wells", "did you mean registry.wells?"),
        ("regstry.*", "did you mean registry?"),
        ('public."a b"', "did you mean public.a_b?"),
        ("zzz.qqq", None),
    ],
)
def test_a_pattern_without_a_table_is_named_with_the_nearest_one(load: Load, text: str, hint: str | None) -> None:
    settings = load(f"sampling:\n  tables:\n    public.orders: all\n    {text}: none\n")
    [error] = settings.unmatched_patterns([("public", "orders"), ("registry", "wells"), ("public", "a_b")])
    assert f"sampling.tables.{text}: " in error.message
    assert (error.line, error.hint) == (4, hint)


def test_a_pattern_for_a_schema_that_is_left_out_says_so(load: Load) -> None:
    settings = load("source: {schemas: [public]}\nsampling: {tables: {audit.log: none, 'public.*': all}}")
    [error] = settings.unmatched_patterns([("public", "orders")])
    assert error.hint == "audit is not among source.schemas"


# The SQL of rules


@pytest.mark.parametrize(
    "expression",
    [
        "a = 1",
        "hashint8(id) % 100 = 0",
        "(a, b) = (1, 2)",
        "a = ')'",
        "a = $$)$$",
        "x IN (SELECT 1)",
        "a -- why",
        "{{a}}",
    ],
)
def test_an_expression_is_taken_as_written(load: Load, expression: str) -> None:
    if expression == "{{a}}":
        expression = "a = '{{ b }} %s'"
    text = yaml.safe_dump({"sampling": {"tables": {"public.a": {"where": expression}}}})
    assert load(text).sampling.rule_for("public", "a").where == expression


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"where": "a ="}, "where: syntax error at end of input"),
        ({"where": "a b"}, 'where: syntax error at or near "b"'),
        ({"where": "true) OR (true"}, "where: a parenthesis is closed that was not opened"),
        ({"where": "f(a"}, "where: a parenthesis is not closed"),
        ({"where": "true; DROP TABLE x"}, 'where: syntax error at or near ";"'),
        ({"where": "a, b"}, "where: this is a list"),
        ({"where": "a = 'x"}, "where: unterminated quoted string"),
        ({"where": "a /* b"}, "where: unterminated /* comment"),
        ({"limit": 1, "order_by": "a LIMIT 5"}, "order_by: there is more here"),
        ({"limit": 1, "order_by": "a; DROP TABLE x"}, "order_by: there is more here"),
        ({"limit": 1, "order_by": "a FOR UPDATE"}, "order_by: there is more here"),
        ({"limit": 1, "order_by": "a DESCENDING"}, "order_by: syntax error"),
    ],
)
def test_what_is_not_one_expression_fails_as_a_script_with_its_line(
    load: Load, rule: dict[str, Any], words: str
) -> None:
    text = yaml.safe_dump({"sampling": {"tables": {"public.a": rule}}})
    with pytest.raises(ScriptFailed) as failure:
        load(text)
    assert f"sampling.tables.public.a.{words}" in str(failure.value)
    assert (failure.value.line, failure.value.exit_status) == (3, 3)


def test_columns_that_a_table_does_not_have_are_named() -> None:
    rule = Rule.of(
        {"where": 'idd = 1 AND "A" = f(b) AND x IN (SELECT y FROM z) AND t.q = 1', "limit": 1, "order_by": "ctid"}
    )
    errors = unknown_columns(rule, table="public.t", columns=["id", "b", "x"])
    assert [error.message for error in errors] == [
        "where of public.t: there is no column idd",
        "where of public.t: there is no column A",
    ]
    assert errors[0].hint == "did you mean id?"
