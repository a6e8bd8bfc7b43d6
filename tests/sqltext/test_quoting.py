"""Any name survives `ident`, any text survives `literal`: the server gives back what went in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devdb.server.cluster import Cluster
from devdb.sqltext.quoting import ident, literal

# Characters that something in SQL, Jinja, Python or psql gives a meaning, more often than others.
TEXT = st.text(
    st.one_of(st.sampled_from("'\"\\$%{};:-/*\n\r\t aAé"), st.characters(codec="utf-8", exclude_characters="\0"))
)


@pytest.fixture(scope="module", name="connection")
def _connection(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("standard_strings", ["on", "off"])
def test_any_text_survives_literal(connection: psycopg.Connection[Any], standard_strings: str) -> None:
    connection.execute(f"SET standard_conforming_strings = {standard_strings}")

    @settings(max_examples=150, deadline=None)
    @given(TEXT)
    @example("$devdb$; $x$ $$")
    @example("100% {{ x }} {% y %} :v \\' '' \\")
    def check(text: str) -> None:
        query = f"SELECT {literal(text)}"
        assert connection.execute(query.encode()).fetchone() == (text,)

    check()


@settings(max_examples=150, deadline=None)
@given(TEXT.filter(lambda name: 0 < len(name.encode()) < 64))
@example("select")
@example("Mixed")
@example("$devdb$ $$")
@example('"')
def test_any_name_survives_ident(connection: psycopg.Connection[Any], name: str) -> None:
    cursor = connection.execute(f"SELECT 1 AS {ident(name)}".encode())
    assert cursor.description is not None
    assert cursor.description[0].name == name


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["'", "$devdb$", "$", "\\", "devdb", "$$"]), TEXT), max_size=5))
def test_a_value_cannot_end_the_body_around_it(
    connection: psycopg.Connection[Any], pieces: list[tuple[str, str]]
) -> None:
    text = "".join(special + other for special, other in pieces)
    body = f"DO $devdb$ BEGIN PERFORM set_config('devdb.x', {literal(text)}, false); END $devdb$"
    connection.execute(body.encode())
    assert connection.execute("SELECT current_setting('devdb.x')").fetchone() == (text,)


@pytest.mark.parametrize(
    "value",
    [None, True, False, 0, -5, 2**70, 1.5, -1e300, 5e-324, Decimal("-1.10"), Decimal("1E+5"), math.inf, -math.inf],
)
def test_other_values_survive(connection: psycopg.Connection[Any], value: object) -> None:
    kind = float if isinstance(value, float) else lambda found: found
    assert [kind(found) for found in connection.execute(f"SELECT {literal(value)}").fetchone() or ()] == [value]
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        assert [kind(found) for found in connection.execute(f"SELECT 0-{literal(value)}").fetchone() or ()] == [-value]


def test_what_is_no_number(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(f"SELECT {literal(math.nan)}, {literal(Decimal('NaN'))}").fetchone()
    assert row is not None
    assert all(map(math.isnan, row))


def test_plain_names_stay_plain() -> None:
    assert [ident(name) for name in ("orders", "x_1", "_")] == ["orders", "x_1", "_"]
    assert [ident(name) for name in ("order", "Orders", "1x", "a-b", "left", "int")] == [
        '"order"', '"Orders"', '"1x"', '"a-b"', '"left"', '"int"'
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800"])
def test_impossible_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a name must"):
        ident(name)


@pytest.mark.parametrize(
    ("value", "error"), [("a\0", ValueError), ("\ud800", ValueError), ([1], TypeError), (b"x", TypeError)]
)
def test_impossible_values_are_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        literal(value)
