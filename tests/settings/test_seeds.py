"""Rows named on the command line: one table, one condition, and where it was said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devdb.errors import DevdbError, ScriptFailed, SettingsError, UsageError
from devdb.settings import Settings

Load = Callable[..., Settings]


@pytest.mark.parametrize(
    ("text", "table", "where"),
    [
        ("public.orders: id IN (42, 4711)", ("public", "orders"), "id IN (42, 4711)"),
        ("public.orders:true", ("public", "orders"), "true"),
        (" public.Orders : day = '10:30'::time ", ("public", "Orders"), "day = '10:30'::time"),
        ('public."a:b.""c": x', ("public", 'a:b."c'), "x"),
        ("public.a: x # 1 = 2", ("public", "a"), "x # 1 = 2"),
        ("public.a: x = 1\n  OR x = 2", ("public", "a"), "x = 1\n  OR x = 2"),
    ],
)
def test_a_seed_is_a_table_and_a_condition(load: Load, text: str, table: tuple[str, str], where: str) -> None:
    (seed,) = load("", seeds=[text]).sampling.seeds
    assert (seed.table_name, seed.where, seed.origin, seed.line) == (table, where, "--seed", None)


def test_seeds_of_a_file_know_their_line(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "seeds"
    path.write_text("# two orders\npublic.orders: id = 1\r\n\n  # and\n public.orders: note = '#'\n")
    seeds = load("", seeds=["public.a: b"], seed_file=path).sampling.seeds
    assert [(seed.pattern, seed.where, seed.origin) for seed in seeds] == [
        ("public.a", "b", "--seed"),
        ("public.orders", "id = 1", f"{path}:2"),
        ("public.orders", "note = '#'", f"{path}:5"),
    ]
    assert load("").sampling.seeds == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("public.orders", "public.orders has no colon: write TABLE: CONDITION, such as public.orders: id IN"),
        ('public."a: b', "has no colon"),
        (": a", "there is no table before the colon"),
        ("public.orders: ", "public.orders: there is no condition after the colon"),
        ("orders: a", "orders has no schema: write public.orders"),
        ("public.*: a", "public.* may be several tables: here, one is named"),
        ("public.a.b: c", "public.a.b has 3 parts"),
    ],
)
def test_what_is_no_seed_is_refused_where_it_was_said(load: Load, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as usage:
        load("", seeds=["public.a: b", text])
    assert str(usage.value).startswith("--seed: ")
    assert words in str(usage.value)
    path = tmp_path / "seeds"
    path.write_text(f"public.a: b\n{text}\n")
    with pytest.raises(SettingsError) as failure:
        load("", seed_file=path)
    assert str(failure.value).startswith(f"{path}:2: ")
    assert words in str(failure.value)


def test_every_malformed_line_is_listed(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "seeds"
    path.write_text("a\npublic.b: c\nd: e\n")
    with pytest.raises(SettingsError) as failure:
        load("", seed_file=path)
    assert f"{path}:1: a has no colon" in str(failure.value)
    assert f"{path}:3: d has no schema" in str(failure.value)


@pytest.mark.parametrize("content", ["", "\n\n", "# public.a: b\n"])
def test_a_file_without_a_seed_is_refused(load: Load, tmp_path: Path, content: str) -> None:
    path = tmp_path / "seeds"
    path.write_text(content)
    with pytest.raises(SettingsError, match="seeds: there is no seed in this file\nHint: on each line, write TABLE: "):
        load("", seed_file=path)


def test_a_file_that_cannot_be_read_is_named(load: Load, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nope: no such file"):
        load("", seed_file=tmp_path / "nope")
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load("", seed_file=tmp_path)
    (tmp_path / "latin").write_bytes(b"public.a: b\npublic.gr\xfc\xdfe: c\n")
    with pytest.raises(SettingsError, match="latin:2: this is not UTF-8"):
        load("", seed_file=tmp_path / "latin")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("public.a: b =", "public.a: syntax error at end of input"),
        ("public.a: b, c", "public.a: this is a list, not a condition"),
        ("public.a: id IN (1", "public.a: a parenthesis is not closed"),
        ("public.a: true; DROP TABLE b", "public.a: syntax error"),
    ],
)
def test_a_condition_that_is_no_sql_fails_as_a_script(load: Load, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScriptFailed) as failure:
        load("", seeds=[text])
    assert str(failure.value).startswith(f"--seed: {words}")
    path = tmp_path / "seeds"
    path.write_text(f"\n{text}\n")
    with pytest.raises(ScriptFailed) as failure:
        load("", seed_file=path)
    assert str(failure.value).startswith(f"{path}:2: {words}")


def test_a_seed_of_no_table_is_named_with_the_nearest_one(load: Load) -> None:
    [error] = load("", seeds=["public.order: true", "public.a: b"]).unmatched_patterns(
        [("public", "orders"), ("public", "a")]
    )
    assert error.message == "--seed: public.order: there is no such table in the source"
    assert error.hint == "did you mean public.orders?"


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"seeds": ["public.a: b"], "percent": 5}, "--seed and --percent exclude each other"),
        ({"seeds": ["public.a: b"], "plan": Path("p")}, "--seed and --plan exclude each other"),
        ({"seed_file": Path("s"), "percent": 5}, "--seed-file and --percent exclude each other"),
        ({"percent": 5, "plan": Path("p")}, "--percent and --plan exclude each other"),
        ({"percent": 0}, "--percent: 0 is not more than 0 and at most 100"),
        ({"percent": 100.5}, "--percent: 100.5 is not"),
        ({"percent": -1}, "--percent: -1 is not"),
        ({"percent": float("nan")}, "--percent: nan is not"),
    ],
)
def test_options_that_contradict_each_other_are_refused(load: Load, overrides: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load("", **overrides)


def test_a_percentage_on_the_command_line_goes_over_the_file(load: Load) -> None:
    assert load("sampling: {percent: 5}").sampling.percent == 5
    assert load("sampling: {percent: 5}", percent=0.5).sampling.percent == 0.5
    with pytest.raises(DevdbError):
        load("sampling: {percent: none}", percent=5)
