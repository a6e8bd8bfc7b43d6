"""A check digit proves nothing by itself: a tenth of all numbers have the right one."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from devdb.classifying import numbers
from devdb.classifying.texts import look


def digits(count: int, *, of: int = 1000, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices("0123456789", k=count)) for _ in range(of)]


@pytest.mark.parametrize("length", range(5, 20))
def test_random_numbers_are_nothing(length: int) -> None:
    assert numbers.recognized(digits(length)) is None


@pytest.mark.parametrize(
    "values",
    [
        [str(1_000_000_000 + number) for number in range(1000)],
        [f"2{number % 24:03}{1 + number % 12:02}{1 + number % 28:02}{number % 100:02}" for number in range(1000)],
        [f"A-{number:06}" for number in range(1000)],
        ["79927398713"] * 500,
    ],
    ids=["serial", "dates", "codes", "one again and again"],
)
def test_nor_are_numbers_that_somebody_counted(values: list[str]) -> None:
    assert numbers.recognized(values) is None


def _luhn(text: str) -> bool:
    return numbers.checks("luhn")(text)


@pytest.mark.parametrize(
    ("meaning", "name", "is_one"),
    [
        ("identifier", "numbers with a Luhn check digit", _luhn),
        ("national_id", "PESEL numbers (PL)", numbers.checks("pl.pesel")),
        ("national_id", "BSN numbers (NL)", numbers.checks("nl.bsn")),
        (None, "EAN numbers", numbers.checks("ean")),
    ],
    ids=["luhn", "pesel", "bsn", "ean"],
)
def test_more_than_chance_would_make_is_something(
    meaning: str | None, name: str, is_one: Callable[[str], bool]
) -> None:
    length = {"BSN numbers (NL)": 9, "EAN numbers": 13}.get(name, 11)
    values = [value for value in digits(length, of=20000) if is_one(value)][:60]
    found = numbers.recognized(values)
    assert found is not None
    assert (found.meaning, found.name, found.matched) == (meaning, name, len(values))


def test_a_twelfth_of_matches_is_what_a_tenth_of_chance_makes() -> None:
    assert not numbers.is_beyond_chance(120, 1000, 0.1)
    assert numbers.is_beyond_chance(200, 1000, 0.1)
    assert not numbers.is_beyond_chance(3, 3, 0.1)
    assert numbers.is_beyond_chance(8, 8, 0.1)


def test_a_few_numbers_are_no_proof() -> None:
    valid = [value for value in digits(11, of=200) if _luhn(value)][:4]
    assert numbers.recognized(valid) is None


def test_telephone_numbers_by_region_and_international() -> None:
    german = [f"030 {number}" for number in range(2312500, 2312600)]
    assert any(match.meaning == "phone" for match in look(german, region="DE").matches)
    abroad = [f"+44 20 7946 0{number:03}" for number in range(100)]
    assert look(abroad, region=None).matches[0].matched == 100
    assert not look([f"{number}" for number in range(100000, 101000)], region="DE").matches


@pytest.mark.parametrize(
    "values",
    [
        ["1.2.3.4", "1.0.0.12", "2.11.0.3", "10.4.20.1"],
        ["10:30", "11:45", "08:00", "23:59"],
        ["2024-01-31", "1999-12-31", "2001-05-05", "1970-01-01"],
        ["+02:00", "+1.5", "-3", "+05:30"],
    ],
    ids=["versions", "times", "dates", "offsets"],
)
def test_what_only_looks_like_an_address_or_a_number(values: list[str]) -> None:
    assert [match.what for match in look(values * 10, region="US").matches] == []
