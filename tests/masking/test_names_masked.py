"""Names and places come from lists, fit their columns, and are the same in every process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from databases import new_database
from masked import Masks, refusal

from devdb.masking.kinds import lists
from devdb.server.cluster import Cluster
from devdb.settings.mask import Mask

NAMES = ("first_name", "last_name", "full_name", "company", "street", "city", "country")


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with new_database(cluster, "CREATE EXTENSION IF NOT EXISTS citext") as made:
        yield Masks(made)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("locale", ["de_DE", "ja_JP", "pl_PL"])
def test_names_are_those_that_are_known(masks: Masks, kind: str, locale: str) -> None:
    masked = masks({"kind": kind, "locale": locale}, "text", [str(number) for number in range(500)])
    known = lists.known_values(Mask.of(kind), locale)
    assert len(set(masked)) > 25
    assert all(any(part in known for part in _parts(name, kind)) for name in masked)
    assert known == lists.known_values(Mask.of({"kind": kind, "locale": locale}), "en_US")


def _parts(name: str, kind: str) -> list[str]:
    """The name, or every first part of a full name whose rest is a known one, too."""
    return [name] if kind != "full_name" else [name[: found.start()] for found in re.finditer(" ", name)]


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8, 15])
@pytest.mark.parametrize("kind", NAMES)
def test_names_fit(masks: Masks, kind: str, length: int) -> None:
    type_name = f"character varying({length})"
    if why := refusal(kind, type_name, locale="de_DE"):
        assert f"{length} characters" in why
        return
    masked = masks(kind, "text", [str(number) for number in range(300)], length=length, locale="de_DE")
    assert 0 < max(map(len, masked)) <= length


def test_a_country_of_two_letters_is_a_code(masks: Masks) -> None:
    assert all(re.fullmatch("[A-Z]{2}", code) for code in masks("country", "character(2)", ["DE", "FR", "xx"]))
    assert set(masks("country", "character(3)", ["DEU"])) <= lists.known_values(Mask.of("country"), "en_US")


def test_lists_are_the_same_in_every_process() -> None:
    program = (
        "from devdb.masking.kinds.lists import entries\n"
        "print([entries(kind, locale) for locale in ('it_IT', 'de_DE') for kind in ('city', 'street', 'company')])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "es_CL", "en_PH", "hi_IN", "tr_TR", "az_AZ"])
def test_lists_are_long_enough_and_not_too_long(locale: str) -> None:
    for kind in ("first_name", "last_name", "city", "street", "company", "country", "postal_code"):
        found = lists.entries(kind, locale)
        assert 10 < len(found) <= lists.MOST
        assert all(0 < len(entry.encode()) < 64 and entry == entry.strip() for entry in found)
        assert list(found) == sorted(set(found))
