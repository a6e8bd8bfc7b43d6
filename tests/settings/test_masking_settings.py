"""Masks and classes are what the user said, or an error that names the line and the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from devdb.errors import DevdbError, ScriptFailed, SettingsError
from devdb.settings import KINDS, Mask, Settings
from devdb.settings.column_patterns import ColumnLookup, column_pattern_for, parse_column_pattern
from devdb.settings.json_paths import parse_json_path
from devdb.settings.patterns import PatternError
from devdb.settings.type_names import is_built_in, parse_type_name

Load = Callable[..., Settings]
DOCS = Path(__file__).parents[2] / "docs"
KEY = "0123456789abcdef" * 4


def refused(load: Load, text: str) -> str:
    with pytest.raises(SettingsError) as failure:
        load(text)
    return str(failure.value)


# Masks

NEEDED: dict[str, dict[str, Any]] = {
    "constant": {"value": "x"},
    "partial": {"first": 1},
    "bucket": {"size": 10},
    "json": {"paths": {"$.a": "email"}},
    "array": {"element": "email"},
    "sql": {"sql": "left(a, 1)"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_with_what_it_needs_and_read_back(kind: str) -> None:
    needed = NEEDED.get(kind, {})
    mask = Mask.of({"kind": kind, **needed} if kind != "sql" else needed)
    assert (mask.kind, type(mask.options)) == (kind, KINDS[kind])
    assert Mask.of(mask.plain) == mask
    assert hash(Mask.of(mask.plain)) == hash(mask)
    if not needed:
        assert Mask.of(kind) == mask
        assert (str(mask), mask.plain) == (kind, kind)


@pytest.mark.parametrize("kind", [kind for kind in NEEDED if kind != "sql"])
def test_what_a_kind_cannot_do_without_must_be_given(kind: str) -> None:
    with pytest.raises(ValidationError):
        Mask.of(kind)


def test_the_reference_lists_every_kind_with_its_options() -> None:
    rows = re.findall(r"^\| (`.*?`) \| (.*?) \|", (DOCS / "settings.md").read_text(), flags=re.MULTILINE)
    documented = {
        kind: set(re.findall(r"`([a-z]+)`", options))
        for kinds, options in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    for kind, model in KINDS.items():
        if kind != "sql":
            assert set(model.model_fields) <= documented[kind], kind


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ({"kind": None}, "null"),
        ({"kind": "phone", "keep": 4}, "phone(keep: 4)"),
        ({"kind": "phone", "keep": 0}, "phone"),
        ({"kind": "phone", "keep": None}, "phone"),
        ({"sql": "left(a, 1)"}, "sql(left(a, 1))"),
        ({"kind": "constant", "value": False}, "constant(value: false)"),
        ({"kind": "array", "element": None}, "array(element: null)"),
        ({"kind": "array", "element": {"kind": "phone", "keep": 1}}, "array(element: phone(keep: 1))"),
        ({"kind": "json", "paths": {"$.a": None, "$.b": "ip"}, "rest": None}, "json(paths: {$.a: null, $.b: ip})"),
        ({"kind": "email", "domain": "mail.example.com"}, "email(domain: mail.example.com)"),
        ({"kind": "url", "domain": "shop.test"}, "url(domain: shop.test)"),
    ],
)
def test_a_mask_is_shown_as_one_would_say_it(value: Any, text: str) -> None:
    assert str(Mask.of(value)) == text


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        ("emial", "there is no kind emial\nHint: did you mean email?"),
        ("{kind: emial}", "there is no kind emial\nHint: did you mean email?"),
        ("xyzzy", "there is no kind xyzzy\nHint: kinds are null, constant, keep, hash,"),
        ("sql", "sql needs its expression\nHint: write {sql: left(name, 1)}"),
        ("{kind: phone, kep: 4}", "columns.a.b.c.kep: phone has no option kep\nHint: did you mean keep?"),
        ("{kind: redact, first: 4}", "redact has no option first\nHint: write redact alone"),
        ("{kind: truncate_date, percent: 4}", "truncate_date has no option percent\nHint: it knows to"),
        ("{sql: a, keep: 4}", "sql has no option keep"),
        ("{kind: email, sql: a}", "kind and sql exclude each other"),
        ("{keep: 4}", "says neither kind nor sql\nHint: write email"),
        ("[email]", "expected a kind of mask, or a mapping with kind or sql, found a list"),
        ("5", "expected a kind of mask, or a mapping with kind or sql, found the number 5"),
        ("{kind: 5}", "expected the name of a kind, found"),
        ("{sql: }", "a.b.c.sql: must be given"),
        ("{sql: ' '}", "a.b.c.sql: must not be empty"),
        ("{kind: partial}", "partial keeps nothing: say how many characters, by first or last"),
        ("{kind: partial, first: -1}", "a.b.c.first: must be greater than or equal to 0"),
        ("{kind: partial, first: a}", "a.b.c.first: expected a whole number, found the text a"),
        ("{kind: partial, first: 1, fill: ''}", "a.b.c.fill: must not be empty"),
        ("{kind: constant}", "a.b.c.value: must be given"),
        ("{kind: constant, value: [1]}", "a.b.c.value: expected a text, a number, true or false, found a list"),
        ("{kind: hash, length: 0}", "a.b.c.length: must be greater than or equal to 1"),
        ("{kind: city, locale: de}", "a.b.c.locale: must be a language and a country, such as de_DE"),
        ("{kind: city, locale: de_XX}", "a.b.c.locale: Faker has no names of de_XX\nHint: there is de_AT"),
        ("{kind: email, domain: gmail.com}", "a.b.c.domain: must be a domain that nobody can own: example.com"),
        ("{kind: email, domain: notexample.com}", "must be a domain that nobody can own"),
        ("{kind: url, domain: 'a b.test'}", "must be a domain that nobody can own"),
        ("{kind: date_shift, days: 0}", "a.b.c.days: must be greater than or equal to 1"),
        ("{kind: truncate_date, to: moth}", "found the text moth\nHint: did you mean month?"),
        ("{kind: noise, percent: 0}", "a.b.c.percent: must be greater than 0"),
        ("{kind: noise, percent: 100}", "a.b.c.percent: must be less than 100"),
        ("{kind: bucket}", "a.b.c.size: must be given"),
        ("{kind: bucket, size: 0}", "a.b.c.size: must be greater than 0"),
        ("{kind: bucket, size: ten}", "a.b.c.size: expected a number, found the text ten"),
        ("{kind: number, min: 3, max: 3}", "min must be less than max"),
        ("{kind: bytes, content: pgn}", "found the text pgn\nHint: did you mean png?"),
        ("{kind: array}", "a.b.c.element: must be given"),
        ("{kind: array, element: emial}", "a.b.c.element: there is no kind emial"),
        ("{kind: json}", "a.b.c.paths: must be given"),
        ("{kind: json, paths: {}}", "a.b.c.paths: must not be empty"),
        ("{kind: json, paths: {$.a: emial}}", "a.b.c.paths.$.a: there is no kind emial"),
        ("{kind: json, paths: {$.a: {kind: phone, kep: 1}}}", "a.b.c.paths.$.a.kep: phone has no option kep"),
        ("{kind: json, paths: {person.email: email}}", "person.email is not a path: write $.person.email"),
        ("{kind: json, paths: {$.a.b: email, $.a: ip}}", "$.a.b lies within $.a: one of them is enough"),
        ("{kind: json, paths: {$.a: ip}, rest: keap}", "found the text keap\nHint: did you mean keep?"),
    ],
)
def test_a_mistake_in_a_mask_is_said_with_its_line(load: Load, mask: str, words: str) -> None:
    message = refused(load, f"masking:\n  columns:\n    a.b.c: {mask}\n")
    assert words in message
    assert "devdb.yaml:3: masking.columns.a.b.c" in message


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        ("{sql: a b c}", "a.b.c.sql: syntax error"),
        ("{sql: 'a, b'}", "a.b.c.sql: this is a list"),
        ("{sql: 'a) OR (b'}", "a parenthesis is closed that was not opened"),
        ("{sql: 'a FROM person'}", "syntax error"),
        ("{kind: array, element: {sql: 'a)'}}", "a parenthesis is closed"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_line(load: Load, mask: str, words: str) -> None:
    with pytest.raises(ScriptFailed) as failure:
        load(f"masking:\n  columns:\n    a.b.c: {mask}\n")
    assert words in str(failure.value)
    assert failure.value.line == 3


def test_masks_within_masks_know_their_lines(load: Load) -> None:
    settings = load("""\
masking:
  columns:
    a.b.c:
      kind: json
      paths:
        $.a: email
        $.b:
          kind: array
          element: ip
""")
    mask = settings.masking.columns["a.b.c"]
    assert [(inner.kind, inner.line) for inner in mask.walk()] == [("json", 3), ("email", 6), ("array", 7), ("ip", 9)]
    assert mask.path == settings.path


# Sections


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("masking: {colums: {}}", "masking.colums: unknown key\nHint: did you mean columns?"),
        ("masking: {columns: {b.c: email}}", "b.c has 2 of three parts: write schema.table.column"),
        ("masking: {columns: {a.b.c.d: email}}", "a.b.c.d has 4 parts"),
        ("masking: {columns: {a..c: email}}", "a..c is not a column's name"),
        ("masking: {types: {a.b.c: email}}", "a.b.c is not a type's name"),
        ("masking: {types: {'*': email}}", "* is not a type's name"),
        ("masking: {locale: german}", "masking.locale: must be a language and a country"),
        ("masking: {key_file: ''}", "masking.key_file: must not be empty"),
        ("classification: {policy: strickt}", "found the text strickt\nHint: did you mean strict?"),
        ("classification: {classes: [low, high]}", "kept must say up to which values stay\nHint: kept: low"),
        ("classification: {classes: [low, low], kept: low}", "classification.classes: low is named twice"),
        ("classification: {classes: []}", "classification.classes: must not be empty"),
        ("classification: {kept: intern}", "there is no class intern\nHint: did you mean internal?"),
        ("classification: {columns: {a.b.c: sekret}}", "columns.a.b.c: there is no class sekret\nHint: did you mean"),
        ("classification: {columns: {a.b.c: 5}}", "expected the name of a class, found the number 5"),
        ("classification: {columns: {a.b.c: }}", "expected the name of a class, found nothing"),
        ("classification: {files: classes.csv}", "found the text classes.csv\nHint: write [classes.csv]"),
        ("leakcheck: {value: 5}", "leakcheck.value: unknown key\nHint: did you mean values?"),
        ("leakcheck: {values: 0}", "leakcheck.values: must be greater than or equal to 1"),
        ("leakcheck: never", "leakcheck: expected a mapping, found the text never"),
    ],
)
def test_a_mistake_in_these_sections_is_said_with_its_line(load: Load, text: str, words: str) -> None:
    message = refused(load, f"# a comment\n{text}\n")
    assert words in message
    assert "devdb.yaml:2: " in message


@pytest.mark.parametrize("name", ["key", "Key", "mask_key", "secret", "salt"])
def test_a_key_in_the_settings_is_refused_and_not_repeated(load: Load, name: str) -> None:
    message = refused(load, f"masking:\n  locale: de_DE\n  {name}: {KEY}\n")
    assert f"devdb.yaml:3: masking.{name}: a key must not stand in the settings" in message
    assert "DEVDB_MASK_KEY" in message
    assert KEY not in message
    message = refused(load, f"masking: {{key_file: {KEY}}}")
    assert "the name of a file belongs here" in message
    assert KEY not in message


@pytest.mark.parametrize(
    ("text", "is_masking", "is_strict"),
    [
        ("", False, False),
        ("masking:\n  #columns:\nclassification:", False, False),
        ("leakcheck: {enabled: true}", False, False),
        ("masking: {}", True, True),
        ("masking: {columns: {a.b.c: email}}", True, True),
        ("classification: {kept: public}", True, True),
        ("classification: {policy: open}", True, False),
        ("masking: {locale: de_DE}\nclassification: {policy: open}", True, False),
    ],
)
def test_strict_is_the_default_as_soon_as_anything_is_said(
    load: Load, text: str, is_masking: bool, is_strict: bool
) -> None:
    settings = load(text)
    assert (settings.is_masking, settings.is_strict) == (is_masking, is_strict)


@pytest.mark.parametrize(
    ("text", "enabled"), [("off", False), ("false", False), ("on", True), ("{enabled: no}", False), ("", True)]
)
def test_the_leak_check_can_be_switched_off_in_a_word(load: Load, text: str, enabled: bool) -> None:
    leakcheck = load(f"leakcheck: {text}").leakcheck
    assert (leakcheck.enabled, leakcheck.values, leakcheck.min_length) == (enabled, 1000, 8)


def test_classes_go_from_the_least_to_the_most(load: Load) -> None:
    classification = load("").classification
    assert [name for name in classification.classes if classification.is_kept(name)] == ["public", "internal"]
    assert classification.lowest_masked == "confidential"
    own = load("classification: {classes: [low, mid, high], kept: low}").classification
    assert [own.rank(name) for name in own.classes] == [0, 1, 2]
    assert own.lowest_masked == "mid"
    assert load("classification: {kept: secret}").classification.lowest_masked is None


def test_the_last_pattern_counts(load: Load) -> None:
    settings = load("""\
masking:
  columns: {"*.*.email": hash, a.b.email: email, "a.b.*": redact, c.d.x: ip}
classification:
  columns: {"*.*.*": secret, a.b.id: public}
""")
    masks = [settings.masking.mask_for("a", "b", "email"), settings.masking.mask_for("x", "y", "email")]
    assert [str(mask) for mask in masks] == ["redact", "hash"]
    assert settings.masking.mask_for("x", "y", "z") is None
    classes = [settings.classification.class_for("a", "b", name) for name in ("id", "other")]
    assert [(str(said), said.line) for said in classes if said] == [("public", 4), ("secret", 4)]
    lookup = ColumnLookup(settings.masking.patterns())
    for column in [("a", "b", "email"), ("x", "y", "email"), ("a", "b", "q"), ("c", "d", "x"), ("c", "d", "y")]:
        assert lookup.find(*column) == settings.masking.mask_for(*column)


@pytest.mark.parametrize("names", [("a", "b", "c"), ("Odd.Name", 'a"b', "*"), ("ä", " x", "?")])
def test_a_column_is_found_by_the_pattern_that_names_it(names: tuple[str, str, str]) -> None:
    pattern = parse_column_pattern(column_pattern_for(*names))
    assert (pattern.name, pattern.exact, pattern.matches(*names)) == (names, True, True)
    assert not pattern.matches(names[0], names[1], names[2] + "x")


@pytest.mark.parametrize(
    ("said", "spelled"),
    [
        ("varchar", "character varying(20)"),
        ("character varying", "character varying"),
        ("TIMESTAMPTZ", "timestamp(3) with time zone"),
        ("int4[]", "integer[]"),
        ("numeric(10, 2)", "numeric"),
        ("pg_catalog.inet", "inet"),
        ("public.email_address", "public.email_address"),
        ('public."Odd Type"', 'public."Odd Type"'),
        ("public.geometry", "public.geometry(Point,4326)"),
        ('"char"', '"char"'),
    ],
)
def test_a_type_is_the_same_however_it_is_written(load: Load, said: str, spelled: str) -> None:
    masking = load(f"masking: {{types: {{'{said}': hash}}}}").masking
    found = masking.mask_for_type(spelled)
    assert found is not None
    assert found[0] == said
    assert masking.mask_for_type("box") is None
    assert is_built_in(said) == (parse_type_name(said)[0] == "pg_catalog")
    assert parse_type_name("char") != parse_type_name('"char"')


def test_the_first_of_several_types_counts(load: Load) -> None:
    masking = load("masking: {types: {text: text, public.email_address: email}}").masking
    found = masking.mask_for_type("public.email_address", "text")
    assert found is not None
    assert found[1].kind == "email"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.a.b_c", ("a", "b_c")),
        ("$.items[*].phone", ("items", None, "phone")),
        ("$[*][*]", (None, None)),
        ('$."odd name"."a\\"b"', ("odd name", 'a"b')),
        ("$.größe-1", ("größe-1",)),
    ],
)
def test_a_path_leads_into_a_document(text: str, steps: tuple[str | None, ...]) -> None:
    assert parse_json_path(text) == steps


@pytest.mark.parametrize("text", ["", "a", "$a", "$.", "$.a.", "$.a b", "$[0]", '$."a', "$..a", "$.*", '$."\\x"'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        parse_json_path(text)


def test_columns_that_are_called_password_may_be_masked(load: Load) -> None:
    load(
        "masking: {columns: {a.b.password: {sql: \"'password=' || id\"}}}\nclassification: {columns: {a.b.pwd: secret}}"
    )


def test_all_mistakes_of_all_sections_are_listed_at_once(load: Load) -> None:
    with pytest.raises(DevdbError) as failure:
        load("source: {port: x}\nmasking:\n  columns:\n    a.b.c: emial\nclassification: {kept: x}\n")
    assert str(failure.value).startswith("3 mistakes in the settings:")
