"""A foreign key is named by its columns, by its name, or with all the others of its table."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devdb.settings import Sampling, Settings, key_pattern_for, parse_key_pattern
from devdb.settings.document import parse
from devdb.settings.patterns import PatternError

Key = tuple[str, str, tuple[str, ...], str]

ORDER: Key = ("public", "item", ("order_id",), "item_order_id_fkey")
LINE: Key = ("public", "part", ("order_id", "line_no"), "part_order_id_line_no_fkey")
ODD: Key = ("public", "odd(name)", ("a b", "c"), "of, this.")
KEYS = (ORDER, LINE, ODD)


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("public.item(order_id)", {ORDER}),
        ("public.item (order_id)", {ORDER}),
        ("public.item", {ORDER}),
        ("public.item.item_order_id_fkey", {ORDER}),
        ("public.*(order_id)", {ORDER}),
        ("public.*(*)", {ORDER}),
        ("*.*(*, *)", {LINE, ODD}),
        ("public.part( order_id ,line_no )", {LINE}),
        ("public.part(line_no, order_id)", set()),
        ("public.part(order_id)", set()),
        ("*.*.*_fkey", {ORDER, LINE}),
        ("*.*", set(KEYS)),
        ("Public.item", set()),
        ('public."odd(name)"("a b", c)', {ODD}),
        ('public."odd(name)"(a b, c)', {ODD}),
        ('"public"."odd(name)"."of, this."', {ODD}),
        ('public."*"', set()),
        ('public.part("*", line_no)', set()),
    ],
)
def test_a_pattern_matches_keys_as_they_are_written(pattern: str, matching: set[Key]) -> None:
    parsed = parse_key_pattern(pattern)
    assert {key for key in KEYS if parsed.matches(*key)} == matching


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("item", "write public.item"),
        ("item(order_id)", "has no schema"),
        ("", "is not a foreign key's name"),
        ("(a)", "is not a foreign key's name"),
        ("public.item(a", "is not closed"),
        ("public.item)", "was not opened"),
        ("public.item)(", "is not closed"),
        ("public.item()", "no column in the parentheses"),
        ("public.item(a)b", "stands behind"),
        ("public.item(a).b", "stands behind"),
        ("public.item((a))", "is not a foreign key's name"),
        ("public.item(a)(b)", "is not a foreign key's name"),
        ("public.item(a,)", "is not a foreign key's name"),
        ("public.item(a.b)", "is not a foreign key's name"),
        ("public.a,b", "is not a foreign key's name"),
        ("public..a", "is not a foreign key's name"),
        ("public.a.", "is not a foreign key's name"),
        ("public.a.b(c)", "too many parts"),
        ("public.a.b.c", "too many parts"),
        ('public."a', "is empty or not closed"),
        ('public.""(a)', "is empty or not closed"),
        ('public."a" "b"', "is not a foreign key's name"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(PatternError, match=words):
        parse_key_pattern(text)


odd_characters = st.sampled_from('aB.,()*?" []é\n%_') | st.characters(codec="utf-8", exclude_characters="\0")
odd_names = st.text(odd_characters, min_size=1)
odd_keys = st.tuples(odd_names, odd_names, st.lists(odd_names, min_size=1, max_size=3).map(tuple), odd_names)


@given(odd_keys, odd_keys)
def test_any_key_can_be_named_and_nothing_else_is_meant(key: Key, other: Key) -> None:
    schema, table, columns, constraint = key
    by_columns = parse_key_pattern(key_pattern_for(schema, table, columns))
    by_name = parse_key_pattern(key_pattern_for(schema, table, constraint=constraint))
    whole = parse_key_pattern(key_pattern_for(schema, table))
    assert all(pattern.exact and pattern.matches(*key) for pattern in (by_columns, by_name, whole))
    assert by_columns.matches(*other) == (key[:3] == other[:3])
    assert by_name.matches(*other) == ((*key[:2], key[3]) == (*other[:2], other[3]))
    assert whole.matches(*other) == (key[:2] == other[:2])


@given(st.text(odd_characters))
def test_any_text_is_a_pattern_or_is_refused(text: str) -> None:
    with suppress(PatternError):
        assert parse_key_pattern(text).text == text


def unmatched(text: str, schemas: str = "") -> tuple[str, str | None]:
    document = parse(f"{schemas}\nsampling:\n  {text}\n", Path("devdb.yaml"))
    settings = Settings.model_validate(document.value)
    [error] = settings.with_sampling(Sampling.from_document(document)).unmatched_keys(KEYS)
    assert (error.path, error.line) == (Path("devdb.yaml"), 3)
    return error.message, error.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "follow: {public.item(ordr_id): all}",
            "sampling.follow.public.item(ordr_id): there is no such foreign key in the source",
            "did you mean public.item(order_id)?",
        ),
        (
            "follow: {public.itm(order_id): all}",
            "sampling.follow.public.itm(order_id): there is no such foreign key in the source",
            "did you mean public.item(order_id)?",
        ),
        (
            "keys: {public.item.item_fkey: {on_missing: fetch}}",
            "sampling.keys.public.item.item_fkey: there is no such foreign key in the source",
            "did you mean public.item.item_order_id_fkey?",
        ),
        (
            "follow: {public.item(zzzzzzzzzzzzzzzz): all}",
            "sampling.follow.public.item(zzzzzzzzzzzzzzzz): there is no such foreign key in the source",
            "there is public.item(order_id)",
        ),
        (
            "follow: {public.items: all}",
            "sampling.follow.public.items: there is no such table with a foreign key in the source",
            "did you mean public.item?",
        ),
        (
            "follow: {'public.*(boss_*)': all, default: all}",
            "sampling.follow.public.*(boss_*): no foreign key matches in the source",
            'there is public.item(order_id), public.part(order_id, line_no), public."odd(name)"(a b, c)',
        ),
        (
            "follow: {zz.qq: all}",
            "sampling.follow.zz.qq: there is no such table with a foreign key in the source",
            None,
        ),
    ],
)
def test_a_pattern_without_a_key_is_named_with_the_nearest_one(text: str, message: str, hint: str | None) -> None:
    assert unmatched(text) == (f"devdb.yaml:3: {message}", hint)


def test_a_pattern_for_a_schema_that_is_left_out_says_so() -> None:
    assert (
        unmatched("follow: {audit.log: all}", "source: {schemas: [public]}")[1] == "audit is not among source.schemas"
    )
