"""Numbers change places with others of their range, move a little, or become rounder; none of them fails."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from masked import OTHER_KEY, Masks, is_injective, refusal

from devdb.server.cluster import Cluster

RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
# What may be greater than any number has a sum greater than any number.
_EXACT = 2000

few = settings(max_examples=12, deadline=None)


@pytest.fixture(scope="module")
def masks(cluster: Cluster) -> Iterator[Masks]:
    with psycopg.connect(cluster.conninfo("postgres"), autocommit=True) as connection:
        yield Masks(connection)


def integers(type_name: str) -> st.SearchStrategy[list[int]]:
    end = RANGES[type_name]
    near = st.sampled_from([-end, -end + 1, -1, 0, 1, end - 2, end - 1])
    return st.lists(st.integers(-end, end - 1) | near, min_size=1, max_size=200)


def exact(unscaled: int, scale: int) -> Decimal:
    """Decimal's arithmetic would round it."""
    return Decimal((int(unscaled < 0), tuple(map(int, str(abs(unscaled)))), -scale))


def decimals(precision: int, scale: int) -> st.SearchStrategy[list[Decimal]]:
    end = 10**precision - 1
    unscaled = st.integers(-end, end) | st.sampled_from([-end, -1, 0, 1, end])
    return st.lists(unscaled.map(lambda number: exact(number, scale)), min_size=1, max_size=200)


wild = st.lists(
    st.builds(
        exact,
        st.integers(-(10**60), 10**60) | st.integers(10**990, 10**1000),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=100,
)


def floats(type_name: str) -> st.SearchStrategy[list[float]]:
    finite = st.floats(width=32 if type_name == "real" else 64, allow_nan=False, allow_infinity=False)
    return st.lists(finite, min_size=1, max_size=200)


def written(numbers: list[Any]) -> list[str]:
    return [f"{number:f}" if isinstance(number, Decimal) else str(number) for number in numbers]


def test_every_smallint_takes_the_place_of_another(masks: Masks) -> None:
    count, least, most, signs, quarters = masks.row(
        "number",
        "smallint",
        "SELECT count(DISTINCT m), min(m), max(m), bool_and((x < 0) = (m < 0)), bool_and(x >> 14 = m >> 14)"
        " FROM (SELECT x, {mask} AS m FROM generate_series(-32768, 32767) AS f (x)) AS masked",
    )
    assert (count, least, most, signs, quarters) == (65536, -32768, 32767, True, True)


@pytest.mark.parametrize("type_name", RANGES)
def test_whole_numbers_stay_apart_and_far_from_the_end(masks: Masks, type_name: str) -> None:
    bits = {"smallint": 14, "integer": 30, "bigint": 52}[type_name]

    @few
    @given(integers(type_name))
    def check(numbers: list[int]) -> None:
        masked = [int(number) for number in masks("number", type_name, written(numbers))]
        assert len(set(masked)) == len(set(numbers))
        assert [number >> bits for number in masked] == [number >> bits for number in numbers]

    check()
    assert is_injective("number", type_name)


def test_a_key_is_masked_alike_whatever_whole_number_holds_it(masks: Masks) -> None:
    numbers = written(list(range(-300, 300)))
    for type_name in RANGES:
        alike = [masks("number", "smallint", numbers, as_type=other)[:300] for other in RANGES if type_name]
        assert alike[0] == alike[1] == alike[2]
    small = masks("number", "bigint", numbers, as_type="smallint")
    assert small == masks("number", "bigint", numbers)


def test_numbers_hardly_ever_stay_and_differ_by_key(masks: Masks) -> None:
    numbers = written(list(range(2000)))
    masked = masks("number", "integer", numbers)
    assert masked == masks("number", "integer", numbers)
    assert sum(a == b for a, b in zip(numbers, masked, strict=True)) <= 1
    assert (
        sum(a == b for a, b in zip(masked, masks.with_key(OTHER_KEY)("number", "integer", numbers), strict=True)) <= 1
    )


@pytest.mark.parametrize("least", [-(2**31), -5, 0, 100, 2**31 - 1 - 10_006])
@pytest.mark.parametrize("count", [2, 3, 4, 7, 10, 97, 256, 1000, 10_007])
def test_a_range_is_permuted(masks: Masks, least: int, count: int) -> None:
    most = least + count - 1
    mask = {"kind": "number", "min": least, "max": most}
    found = masks.row(
        mask,
        "integer",
        f"SELECT count(DISTINCT m), min(m), max(m) FROM (SELECT {{mask}} AS m"
        f" FROM generate_series({least}::bigint, {most}) AS f (x)) AS masked",
    )
    assert found == (count, least, most)


@pytest.mark.parametrize(
    ("type_name", "step", "end"),
    [
        ("numeric(4,1)", "0.1", 9999),
        ("numeric(2)", "1", 99),
        ("numeric(3,-2)", "100", 999),
        ("numeric(3,5)", "0.00001", 999),
    ],
)
def test_every_decimal_number_takes_the_place_of_another(masks: Masks, type_name: str, step: str, end: int) -> None:
    found = masks.row(
        "number",
        type_name,
        f"SELECT count(DISTINCT m), min(m) / {step}, max(m) / {step}, bool_and((x < 0) = (m < 0)),"
        f" bool_and(m % {step} = 0)"
        " FROM (SELECT x, {mask} AS m FROM"
        f" (SELECT n * {step}::numeric AS x FROM generate_series(-{end}, {end}) AS n) AS f) AS masked",
    )
    assert found == (2 * end + 1, -end, end, True, True)


@pytest.mark.parametrize("type_name", ["numeric(5,1)", "numeric"])
def test_a_range_of_decimal_numbers_is_permuted_and_finer_ones_stay_in_it(masks: Masks, type_name: str) -> None:
    step = "0.1" if type_name == "numeric(5,1)" else "1"
    # Finer than the type has them: as a key that refers to this one may.
    found = masks.row(
        {"kind": "number", "min": -3, "max": 40},
        type_name,
        f"SELECT count(DISTINCT m) = count(*), min(m) >= -3, max(m) <= 40, bool_and((x - m) % {step} = 0)"
        " FROM (SELECT x, {mask} AS m FROM (SELECT n * 0.01 AS x FROM generate_series(-300, 4000) AS n) AS f) AS masked"
        if type_name == "numeric"
        else f"SELECT count(DISTINCT m) = count(*), min(m) >= -3, max(m) <= 40, bool_and((x - m) % {step} = 0)"
        " FROM (SELECT x, {mask} AS m FROM (SELECT n * 0.1 AS x FROM generate_series(-30, 400) AS n) AS f) AS masked",
    )
    assert found == (True, True, True, True)


@pytest.mark.parametrize(("precision", "scale"), [(9, 2), (18, 0), (18, 18), (19, 1), (38, 10), (1000, 500)])
def test_decimal_numbers_of_a_precision_stay_apart(masks: Masks, precision: int, scale: int) -> None:
    type_name = f"numeric({precision},{scale})"

    @few
    @given(decimals(precision, scale))
    def check(numbers: list[Decimal]) -> None:
        masked = [Decimal(number) for number in masks("number", type_name, written(numbers))]
        assert len(set(masked)) == len(set(numbers))
        assert [number < 0 for number in masked] == [number < 0 for number in numbers]
        assert {number.as_tuple().exponent for number in masked} == {-scale}

    check()


@few
@given(wild)
def test_wild_decimal_numbers_stay_apart_with_their_fractions(masks: Masks, numbers: list[Decimal]) -> None:
    masked = [Decimal(number) for number in masks("number", "numeric", written(numbers))]
    assert len(set(masked)) == len(set(numbers))
    with localcontext() as context:
        context.prec = _EXACT
        assert all((one - other) % 1 == 0 for one, other in zip(numbers, masked, strict=True))
    assert [n.as_tuple().exponent for n in masked] == [n.as_tuple().exponent for n in numbers]
    assert all(one >= 0 or other < 0 for one, other in zip(numbers, masked, strict=True))


def test_a_number_is_masked_alike_as_bigint_and_as_numeric(masks: Masks) -> None:
    numbers = written([*range(-50, 50), 2**60, -(2**63)])
    assert masks("number", "bigint", numbers) == masks("number", "numeric", numbers)


@pytest.mark.parametrize(
    ("type_name", "value"), [("integer", "4711"), ("numeric", "4711"), ("numeric(8,2)", "4711.5"), ("numeric", "0.5")]
)
def test_a_value_outside_of_its_range_fails_and_is_not_shown(masks: Masks, type_name: str, value: str) -> None:
    with pytest.raises(psycopg.Error) as failure:
        masks({"kind": "number", "min": 1, "max": 100}, type_name, ["5", value])
    assert "outside of the range of its mask" in str(failure.value)
    assert value not in str(failure.value)


def test_nan_and_infinity_stay(masks: Masks) -> None:
    endless = ["NaN", "Infinity", "-Infinity"]
    ranged = {"kind": "number", "min": 1, "max": 5}
    assert masks(ranged, "numeric", ["NaN", None]) == ["NaN", None]
    for mask in ("number", "noise", {"kind": "bucket", "size": 7}):
        assert masks(mask, "numeric(5,2)", ["NaN"]) == ["NaN"]
        if masks.connection.info.server_version >= 140000:
            assert masks(mask, "numeric", endless) == endless
    for type_name in ("real", "double precision"):
        for mask in ("noise", {"kind": "bucket", "size": 7}):
            assert masks(mask, type_name, [*endless, "0"]) == [*endless, "0"]


@pytest.mark.parametrize(
    "mask", ["number", "noise", {"kind": "noise", "percent": 99.9}, {"kind": "bucket", "size": 1000}]
)
def test_the_greatest_of_numbers_does_not_overflow(masks: Masks, mask: Any) -> None:
    greatest = ["9" * 131_072, "-" + "9" * 131_072, "1" + "0" * 131_071 + ".5", "0." + "0" * 16_382 + "1"]
    assert None not in masks(mask, "numeric", greatest)


@pytest.mark.parametrize("percent", [0.001, 10, 99.5])
@pytest.mark.parametrize("type_name", RANGES)
def test_noise_is_bounded_and_keeps_the_sign_of_whole_numbers(masks: Masks, type_name: str, percent: float) -> None:
    part = Decimal(str(percent)) / 100

    @few
    @given(integers(type_name))
    def check(numbers: list[int]) -> None:
        masked = masks({"kind": "noise", "percent": float(percent)}, type_name, written(numbers))
        for number, noisy in zip(numbers, map(int, masked), strict=True):
            assert abs(noisy - number) <= abs(number) * part
            assert (noisy > 0) - (noisy < 0) == (number > 0) - (number < 0)

    check()


@pytest.mark.parametrize("type_name", ["numeric(7,2)", "numeric(3,-2)", "numeric(1000,3)", "numeric"])
def test_noise_is_bounded_and_keeps_the_scale_of_decimal_numbers(masks: Masks, type_name: str) -> None:
    sizes = {"numeric(7,2)": (7, 2), "numeric(3,-2)": (3, -2), "numeric(1000,3)": (1000, 3)}
    numbers_of = decimals(*sizes[type_name]) if type_name in sizes else wild

    @few
    @given(numbers_of)
    def check(numbers: list[Decimal]) -> None:
        masked = [Decimal(text) for text in masks({"kind": "noise", "percent": 50.0}, type_name, written(numbers))]
        for number, noisy in zip(numbers, masked, strict=True):
            with localcontext() as context:
                context.prec = _EXACT
                assert abs(noisy - number) * 2 <= abs(number)
            assert (noisy > 0) - (noisy < 0) == (number > 0) - (number < 0)
            assert noisy.as_tuple().exponent == min(number.as_tuple().exponent, 0)

    check()


def test_noise_moves_most_and_does_so_by_the_key(masks: Masks) -> None:
    prices = [f"{number * 13.37:.2f}" for number in range(1, 500)]
    noisy = masks("noise", "numeric(8,2)", prices)
    assert noisy == masks("noise", "numeric(8,2)", prices)
    for other in (prices, masks.with_key(OTHER_KEY)("noise", "numeric(8,2)", prices)):
        assert sum(a == b for a, b in zip(noisy, other, strict=True)) < 25
    # As one value, however it is written.
    plain, with_point = map(Decimal, masks("noise", "numeric", ["70000", "70000.0"]))
    assert abs(plain - with_point) < 1
    assert plain != 70000


@pytest.mark.parametrize("type_name", ["real", "double precision"])
def test_noise_is_bounded_in_floating_point(masks: Masks, type_name: str) -> None:
    tolerance, tiny = (1e-6, 1e-38) if type_name == "real" else (1e-12, 1e-300)

    @few
    @given(floats(type_name))
    def check(numbers: list[float]) -> None:
        masked = masks({"kind": "noise", "percent": 20.0}, type_name, [repr(number) for number in numbers])
        for number, noisy in zip(numbers, map(float, masked), strict=True):
            assert math.isfinite(noisy)
            assert abs(noisy - number) <= abs(number) * (0.2 + tolerance) + tiny
            assert math.copysign(1, noisy) == math.copysign(1, number)

    check()


@pytest.mark.parametrize("size", [1, 7, 1000, 2**62])
@pytest.mark.parametrize("type_name", RANGES)
def test_a_bucket_is_a_multiple_at_or_below_the_value(masks: Masks, type_name: str, size: int) -> None:
    lowest = -RANGES[type_name]

    @few
    @given(integers(type_name))
    def check(numbers: list[int]) -> None:
        masked = masks({"kind": "bucket", "size": size}, type_name, written(numbers))
        assert [int(number) for number in masked] == [max(number // size * size, lowest) for number in numbers]

    check()


@pytest.mark.parametrize(
    ("type_name", "size"), [("numeric(7,2)", 0.25), ("numeric(7,2)", 1000), ("numeric(3,-2)", 500)]
)
def test_a_bucket_of_decimal_numbers(masks: Masks, type_name: str, size: float) -> None:
    precision, scale = (7, 2) if type_name == "numeric(7,2)" else (3, -2)
    lowest = -Decimal(10**precision - 1).scaleb(-scale)

    @few
    @given(decimals(precision, scale))
    def check(numbers: list[Decimal]) -> None:
        masked = masks({"kind": "bucket", "size": size}, type_name, written(numbers))
        exact = Decimal(str(size))
        expected = [max((number / exact).to_integral_value("ROUND_FLOOR") * exact, lowest) for number in numbers]
        assert [Decimal(number) for number in masked] == expected

    check()


@pytest.mark.parametrize("size", [1e-30, 0.1, 1, 12.5, 2.0**62])
@pytest.mark.parametrize("type_name", ["real", "double precision"])
def test_a_bucket_of_floating_point_numbers_is_near_and_never_above(masks: Masks, type_name: str, size: float) -> None:

    @few
    @given(floats(type_name))
    def check(numbers: list[float]) -> None:
        masked = masks({"kind": "bucket", "size": size}, type_name, [repr(number) for number in numbers])
        for number, bucket in zip(numbers, map(float, masked), strict=True):
            slack = abs(number) * 1e-6 + size * 1e-6
            assert number - size - slack <= bucket <= number + slack

    check()


def test_what_cannot_be_a_range_is_refused() -> None:
    assert "outside of smallint" in refusal({"kind": "number", "min": 0, "max": 70000}, "smallint")
    assert "outside of numeric(4,2)" in refusal({"kind": "number", "max": 100}, "numeric(4,2)")
    assert "too wide" in refusal({"kind": "number", "min": -(2**62), "max": 2**62}, "bigint")
    assert "multiples of 100" in refusal({"kind": "number", "min": 5, "max": 1000}, "numeric(3,-2)")
    assert "must be less than" in refusal({"kind": "number", "min": 2**60}, "bigint")
    assert refusal({"kind": "number", "min": 1}, "bigint") == ""
    assert "whole number" in refusal({"kind": "bucket", "size": 0.5}, "integer")
    assert "multiple of 0.01" in refusal({"kind": "bucket", "size": 0.125}, "numeric(8,2)")
    assert "outside of real" in refusal({"kind": "bucket", "size": 1e-40}, "real")
    assert "cannot serve text" in refusal("number", "text")
    assert "cannot serve double precision" in refusal("number", "double precision")
