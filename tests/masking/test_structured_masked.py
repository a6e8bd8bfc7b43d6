"""Documents, arrays and texts keep their shape, and nothing else of what they held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masked import OTHER_KEY, Masks, is_injective, refusal

from devdb.server.cluster import Cluster

few = settings(max_examples=15, deadline=None)
characters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.text(characters, max_size=40)

PATHS = {
    "$.name": "text",
    "$.person.email": "text",
    "$.person.born": {"kind": "date_shift", "days": 30},
    "$.items[*].price": "noise",
    "$.items[*].id": "number",
    "$.tags[*]": "text",
    "$.grid[*][*]": "number",
    '$."odd \\"key\\""': {"kind": "constant", "value": "odd"},
    "$.gone": None,
}
# Put the same for everything but null.
FIXED = ('$."odd \\"key\\""', "$.gone")
KEYS = ["name", "person", "items", "tags", "grid", 'odd "key"', "gone", "email", "born", "price", "id", "other", "Ünï"]


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        yield Masks(connection)


def by_paths(rest: str, paths: Any = None) -> dict[str, Any]:
    return {"kind": "json", "paths": paths or PATHS, "rest": rest}


def documents(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(KEYS) | texts
    return st.recursive(
        leaves,
        lambda below: st.lists(below, max_size=4) | st.dictionaries(keys, below, max_size=7),
        max_leaves=25,
    )


# Values that are found again wherever they are left; by type.
telling = st.sampled_from(["rawtext-91", 917_263_549, 8271.5529, "1987-06-05", "1987-06-05T12:00:00Z"])


def masked_documents(masks: Masks, mask: Any, found: list[Any], type_name: str = "jsonb") -> list[Any]:
    texts = [json.dumps(document, ensure_ascii=False) for document in found]
    return [json.loads(text) for text in masks(mask, type_name, texts)]


@pytest.mark.parametrize("type_name", ["json", "jsonb"])
@pytest.mark.parametrize("rest", ["null", "keep"])
def test_any_document_can_be_masked(masks: Masks, type_name: str, rest: str) -> None:
    leaves = (
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
    )

    @few
    @given(st.lists(documents(leaves | texts), min_size=1, max_size=20))
    def check(found: list[Any]) -> None:
        mask = by_paths(rest, {path: kind for path, kind in PATHS.items() if path not in FIXED})
        masked = masked_documents(masks, mask, found, type_name)
        assert masked == masked_documents(masks, mask, found, type_name)
        for before, after in zip(found, masked, strict=True):
            _same_outline(before, after)

    check()


def _same_outline(before: Any, after: Any) -> None:
    """Objects keep their keys and arrays their length, unless they are emptied; what is null stays null."""
    if before is None:
        assert after is None
    elif isinstance(before, dict) and after:
        assert before.keys() == after.keys()
        for key in before:
            _same_outline(before[key], after[key])
    elif isinstance(before, list) and after:
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            _same_outline(one, other)
    elif isinstance(before, dict | list):
        assert after in ({}, [])
        assert type(after) is type(before)
    else:
        assert not isinstance(after, dict | list)


@few
@given(st.lists(documents(telling), min_size=1, max_size=20))
def test_no_value_is_left_when_the_rest_is_null(masks: Masks, found: list[Any]) -> None:
    text = json.dumps(masked_documents(masks, by_paths("null"), found))
    assert "rawtext-91" not in text
    assert "917263549" not in text
    assert "8271.5529" not in text
    assert "1987-06-05" not in text


@few
@given(st.lists(documents(telling), min_size=1, max_size=20))
def test_no_value_is_left_at_a_path_or_where_one_was_expected(masks: Masks, found: list[Any]) -> None:
    def look(document: Any, steps: tuple[str | None, ...]) -> None:
        """Down the path as far as the document goes."""
        if not steps or not isinstance(document, dict | list):
            assert _values(document).isdisjoint({"rawtext-91", 917_263_549, 8271.5529, "1987-06-05"})
        elif steps[0] is None and isinstance(document, list):
            for element in document:
                look(element, steps[1:])
        elif steps[0] is not None and isinstance(document, dict):
            if steps[0] in document:
                look(document[steps[0]], steps[1:])
        else:
            assert document in ({}, [])

    ways: list[tuple[str | None, ...]] = [
        ("name",),
        ("person", "email"),
        ("person", "born"),
        ("items", None, "price"),
        ("items", None, "id"),
        ("tags", None),
        ("grid", None, None),
        ('odd "key"',),
        ("gone",),
    ]
    for document in masked_documents(masks, by_paths("keep"), found):
        for way in ways:
            look(document, way)


def _values(document: Any) -> set[Any]:
    if isinstance(document, dict):
        return set().union(*map(_values, document.values()))
    if isinstance(document, list):
        return set().union(*map(_values, document))
    return {document}


def test_what_no_path_names_stays_or_goes(masks: Masks) -> None:
    document = {"name": "Ann", "other": {"a": [1, "x"]}, "list": [1], "n": 1, "t": "x", "b": True, "nothing": None}
    (kept,) = masked_documents(masks, by_paths("keep"), [document])
    assert {**kept, "name": "Ann"} == document
    assert kept["name"] != "Ann"
    (gone,) = masked_documents(masks, by_paths("null"), [document])
    assert gone == {
        "name": kept["name"],
        "other": {},
        "list": [],
        "n": None,
        "t": None,
        "b": None,
        "nothing": None,
    }


def test_values_are_masked_as_their_types_are(masks: Masks) -> None:
    document = {
        "name": "Ann Lee",
        "person": {"email": 4711, "born": "1980-02-29"},
        "items": [{"id": 5, "price": 100.50, "x": 1}, {"id": "A5", "price": None}, {"id": True}, 7],
        "tags": ["a", 15, False, None, ["b"], {"c": "d"}],
        "grid": [[1, 2], [], [3]],
        'odd "key"': 7,
        "gone": [1],
    }
    (masked,) = masked_documents(masks, by_paths("keep"), [document])
    assert len(masked["name"]) == len("Ann Lee")
    assert len(masked["person"]["email"]) == len("4711")
    assert masked["person"]["born"] != "1980-02-29"
    assert masked["person"]["born"].startswith("1980-")
    first, *others = masked["items"]
    assert [first["id"]] == [int(n) for n in masks("number", "bigint", ["5"])]
    assert 90 <= first["price"] <= 111
    assert first["x"] == 1
    assert others == [{"id": None, "price": None}, {"id": None}, None]
    assert [type(tag) for tag in masked["tags"]] == [str, str, type(None), type(None), list, dict]
    assert masked["tags"][4:] == [[], {}]
    assert [len(line) for line in masked["grid"]] == [2, 0, 1]
    assert masked['odd "key"'] == "odd"
    assert masked["gone"] is None


@pytest.mark.parametrize(
    ("text", "length"),
    [("1980-02-28", 10), ("1980-12-31T23:59:59.123+02:00", 29), ("1980-01-01 00:00Z", 17), ("0001-01-31", None)],
)
def test_days_in_texts_move(masks: Masks, text: str, length: int | None) -> None:
    (moved,) = masked_documents(masks, by_paths("null", {"$": "date_shift"}), [text])
    assert moved[10:] == text[10:]
    assert moved[:10] != text[:10]
    assert length is None or len(moved) == length


@pytest.mark.parametrize("text", ["1981-13-01", "1981-04-31", "0000-01-01", "1981-1-1", "yesterday", "1981-01-01x", ""])
def test_what_is_no_day_is_no_more(masks: Masks, text: str) -> None:
    for kind in ("date_shift", "truncate_date"):
        assert masked_documents(masks, by_paths("keep", {"$": kind}), [text]) == [None]


def test_dates_of_a_person_move_alike_in_documents_and_columns(masks: Masks) -> None:
    mask = {"kind": "date_shift", "by": "by", "days": 300}
    people = [str(number) for number in range(50)]
    column = masks(mask, "date", ["1980-05-06"] * 50, by=people)
    inside = masks(by_paths("null", {"$.d": mask}), "jsonb", ['{"d": "1980-05-06"}'] * 50, by=people)
    assert [json.loads(document)["d"] for document in inside] == column


def test_a_whole_document_and_the_elements_of_one(masks: Masks) -> None:
    assert masks(by_paths("null", {"$": "null"}), "jsonb", ['{"a": 1}', "5", None]) == ["null", "null", None]
    assert masks(by_paths("null", {"$": "keep"}), "json", ['{"a":1}', None]) == ['{"a": 1}', None]
    assert masks(by_paths("null", {"$[*]": {"kind": "constant", "value": 1}}), "jsonb", ['["a", null, {}]', "{}"]) == [
        "[1, null, 1]",
        "{}",
    ]
    assert masks(
        by_paths("null", {"$.a": "keep", "$.b[*].c": "keep"}), "jsonb", ['{"a": {"x": 1}, "b": [{"c": 2, "d": 3}]}']
    ) == ['{"a": {"x": 1}, "b": [{"c": 2, "d": null}]}']


def test_what_only_json_takes_is_masked_too(masks: Masks) -> None:
    texts = [
        r'{"name": "a\u0000b", "x": "\ud83d\ude00"}',
        r'{"name": 1, "x": "\ud800"}',
        r'{"name": 1, "x": "\ude00 \\u0000"}',
        '{"name": 1e999999, "x": 1E-999999}',
        '{"name": 1, "name": 2, "x": "e12345678"}',
        ' [1 , {"a":{}} ] ',
    ]
    masked = [json.loads(text) for text in masks(by_paths("keep"), "json", texts)]
    assert [document["x"] for document in masked[:3]] == ["😀", "\ufffd", "\ufffd \\ufffd"]
    assert masked[5] == []


def test_masks_that_no_document_can_have_are_refused() -> None:
    def refused(mask: Any) -> str:
        return refusal(by_paths("null", {"$.a.b": mask}), "jsonb")

    assert refused("text") == refused("number") == refused("date_shift") == refused("null") == ""
    assert refused("shuffle").startswith("json: $.a.b: shuffle is for whole columns")
    assert "whole columns" in refused({"sql": "a"})
    assert "$.tags[*]" in refused({"kind": "array", "element": "text"})
    assert "name the whole path" in refused(by_paths("null"))
    assert "texts, numbers, and days" in refused("geometry")
    assert "a date has no hour" in refused({"kind": "truncate_date", "to": "hour"})
    assert "cannot serve text" in refusal(by_paths("null"), "text")


integers = st.none() | st.integers(-(2**31), 2**31 - 1)


@st.composite
def arrays(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], list[int | None]]:
    lengths = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=draw(st.sampled_from([1, 1, 2, 6])))))
    bounds = tuple(draw(st.lists(st.sampled_from([1, 1, 0, -3, 7]), min_size=len(lengths), max_size=len(lengths))))
    count = 1
    for length in lengths:
        count *= length
    return lengths, bounds, draw(st.lists(integers, min_size=count, max_size=count))


def _literal(lengths: tuple[int, ...], bounds: tuple[int, ...], elements: list[int | None]) -> str:
    parts = ["NULL" if element is None else str(element) for element in elements]
    for length in reversed(lengths):
        parts = ["{" + ",".join(parts[at : at + length]) + "}" for at in range(0, len(parts), length)]
    dimensions = "".join(f"[{bound}:{bound + length - 1}]" for bound, length in zip(bounds, lengths, strict=True))
    return parts[0] if set(bounds) == {1} else f"{dimensions}={parts[0]}"


@few
@given(st.lists(arrays(), min_size=1, max_size=30))
def test_arrays_keep_their_shape_and_each_element_its_place(masks: Masks, found: list[Any]) -> None:
    everything = [element for _, _, elements in found for element in elements]
    each = masks("number", "integer", [None if element is None else str(element) for element in everything])
    expected = []
    for lengths, bounds, elements in found:
        mine, each = each[: len(elements)], each[len(elements) :]
        expected.append(_literal(lengths, bounds, [None if text is None else int(text) for text in mine]))
    texts = [_literal(*parts) for parts in found]
    assert masks({"kind": "array", "element": "number"}, "integer[]", texts) == expected


def test_arrays_of_anything_keep_what_cannot_be_masked(masks: Masks) -> None:
    keep = {"kind": "array", "element": "keep"}
    values: dict[str, list[str | None]] = {
        "text[]": ["{}", '{"",NULL,"NULL","a\\"b","c\\\\d","{,}"," "}', '[0:1][5:5]={{"a,\\"b"},{NULL}}', None],
        "double precision[]": ["[0:1]={NaN,-Infinity}", "{0.1,1e-300}"],
        "bytea[]": ['[2:2]={"\\\\x00ff"}'],
        "jsonb[]": ['[2:2]={"{\\"a\\": \\"b\\\\\\\\c\\"}"}'],
        "box[]": ["[2:3]={(1,1),(0,0);(3,3),(2,2)}"],
        "timestamp with time zone[]": ['[2:2]={"1999-01-01 00:00:00+00"}'],
    }
    masks.connection.execute("SET TimeZone = 'UTC'")
    for type_name, literals in values.items():
        assert masks(keep, type_name, literals) == literals


def test_elements_keep_within_the_length_of_their_type(masks: Masks) -> None:
    mask = {"kind": "array", "element": "text"}
    for type_name in ("character varying(3)[]", "bpchar[]", "text[]"):
        (masked,) = masks(mask, type_name, ['{abc,"",x,NULL}'])
        lengths = [None if e == "NULL" else len(e.strip('"')) for e in masked[1:-1].split(",")]
        assert lengths == [3, 0, 1, None]
    assert "do not fit" in refusal(
        {"kind": "array", "element": {"kind": "constant", "value": "abcd"}}, "character varying(3)[]"
    )
    numbers = {"kind": "array", "element": "number"}
    (masked,) = masks(numbers, "numeric(3,1)[]", ["{99.9,-99.9,0.1}"])
    assert all(len(number) <= 5 for number in masked[1:-1].split(","))


def test_an_array_is_as_unique_as_its_elements() -> None:
    assert is_injective({"kind": "array", "element": "number"}, "integer[]")
    assert not is_injective({"kind": "array", "element": "noise"}, "integer[]")
    assert not is_injective({"kind": "array", "element": "null"}, "integer[]")
    assert "noise cannot serve text" in refusal({"kind": "array", "element": "noise"}, "text[]")
    assert "whole columns" in refusal({"kind": "array", "element": "shuffle"}, "text[]")
    assert "cannot serve integer" in refusal({"kind": "array", "element": "number"}, "integer")


@few
@given(st.lists(st.text(characters, max_size=60), min_size=1, max_size=200))
def test_a_text_becomes_as_many_letters_of_latin(masks: Masks, found: list[str]) -> None:
    masked = masks("text", "text", found)
    assert [len(text) for text in masked] == [len(text) for text in found]
    assert all(text == text.strip() and text.replace(" ", "a").isalpha() for text in masked if text)


def test_long_texts_keep_their_length_and_differ(masks: Masks) -> None:
    found = ["ü" * length for length in (975, 976, 977, 1952, 1953, 10_000, 100_000)]
    masked = masks("text", "text", [*found, None])
    assert [len(text) for text in masked[:-1]] == [len(text) for text in found]
    assert masked[-1] is None
    notes = [f"note {number}" * 20 for number in range(100)]
    assert len(set(masks("text", "text", notes))) > 30
    assert masks("text", "text", notes) == masks("text", "text", notes)
    assert masks("text", "text", notes) != masks.with_key(OTHER_KEY)("text", "text", notes)
    assert [len(text) for text in masks("text", "bpchar", ["ab   ", "", "a b"])] == [2, 0, 3]
    assert not is_injective("text", "text")
