"""Masks of numbers: another number of the same range, one nearby, or a rounder one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from devdb.masking import keyed
from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.once import cast, once
from devdb.masking.permutation import MOST, permuted, permuted_bits
from devdb.sqltext.quoting import literal

_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
# Those that are permuted; the others and the sign stay, so that the largest number stays as far from the type's end as
# it was, and a sequence finds numbers behind it. 52: whatever is no greater can be told apart in floating point.
_PERMUTED_BITS = {"smallint": 14, "integer": 30, "bigint": 52}
_EXACT_FLOAT = 2**53 - 1
_MOST_DIGITS = 18
# Beyond it, to add anything may overflow the type.
_HUGE = "1e131000"
_BILLION = 10**9


class Number(Kind):
    """A permutation: of the low bits or digits, or of a range, outside of which the expression fails."""

    name = "number"
    families = frozenset({Family.INTEGER, Family.NUMERIC})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if options.min is None and options.max is None:
            return None
        least, most = _range(fit, options)
        for end in (options.min, options.max):
            if end is not None and not _lowest(fit) <= end <= _highest(fit):
                return f"number: {end} is outside of {fit.type}"
        if least >= most:
            return f"number: min {least} must be less than max {most}"
        if (fit.scale or 0) < 0 and any(end % _step(fit) for end in (least, most)):
            return f"number: min and max must be multiples of {_step(fit):f}, as {fit.type} rounds to it"
        if _count(fit, least, most) > MOST:
            return f"number: the range from {least} to {most} is too wide, it may have 2^62 values: say min and max"
        return None

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return True

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        is_whole = fit.family is Family.INTEGER
        if options.min is not None or options.max is not None:
            least, most = _range(fit, options)
            of_range = _whole_within if is_whole else _decimal_within
            value = cast(value, "bigint") if is_whole else value
            return once(value, lambda number: of_range(number, fit, least, most))
        if is_whole:
            bits = _PERMUTED_BITS[fit.base_type]
            return once(cast(value, "bigint"), lambda number: _low_bits(number, bits))
        of_digits = _low_whole_bits if fit.precision is None else _low_digits
        return once(value, lambda number: of_digits(number, fit))


class Noise(Kind):
    """The value, moved by a part of itself; the sign and the digits after the point stay, and zero stays zero."""

    name = "noise"
    families = frozenset({Family.INTEGER, Family.NUMERIC, Family.FLOAT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if not 0 < options.percent <= 100:
            return "noise: percent must be greater than 0 and at most 100, else signs would change"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        # In billionths, so that arithmetic stays exact.
        most = max(int(Decimal(str(options.percent)) * _BILLION / 100), 1)
        if fit.family is Family.INTEGER:
            return once(cast(value, "bigint"), lambda number: _noisy_whole(number, fit, most))
        if fit.family is Family.NUMERIC:
            return once(value, lambda number: _noisy_decimal(number, fit, most))
        return once(cast(value, "double precision"), lambda number: _noisy_float(number, fit, most))


class Bucket(Kind):
    """The largest multiple of a size that is not above the value; the type's least value where there is none."""

    name = "bucket"
    families = frozenset({Family.INTEGER, Family.NUMERIC, Family.FLOAT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        size = Decimal(str(options.size))
        if fit.family is Family.INTEGER and size % 1:
            return f"bucket: the size must be a whole number, as {fit.base_type} is"
        if fit.family is Family.NUMERIC and fit.precision is not None and size % _step(fit):
            return f"bucket: the size must be a multiple of {_step(fit):f}, as {fit.type} rounds to it"
        if fit.base_type == "real" and not Decimal("1e-37") < size < Decimal("3e38"):
            return "bucket: the size is outside of real"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        size = Decimal(str(options.size))
        if fit.family is Family.INTEGER:
            return once(cast(value, "bigint"), lambda number: _floor_whole(number, fit, int(size)))
        if fit.family is Family.NUMERIC:
            return once(value, lambda number: _floor_decimal(number, fit, size))
        return once(cast(value, "double precision"), lambda number: _floor_float(number, fit, float(size)))


def _step(fit: Fit) -> Decimal:
    """The difference of a numeric's neighbours."""
    return Decimal(1).scaleb(-(fit.scale or 0))


def _lowest(fit: Fit) -> int | Decimal:
    return -(2 ** (_BITS[fit.base_type] - 1)) if fit.family is Family.INTEGER else -_highest(fit)


def _highest(fit: Fit) -> int | Decimal:
    if fit.family is Family.INTEGER:
        return int(2 ** (_BITS[fit.base_type] - 1)) - 1
    if fit.precision is None:
        return Decimal("Infinity")
    return Decimal(10**fit.precision - 1) * _step(fit)


def _range(fit: Fit, options: Any) -> tuple[int, int]:
    """Both ends, which belong to it. A wide type's open end is where floating point ceases to tell numbers apart."""
    least = options.min if options.min is not None else max(int(max(_lowest(fit), -_EXACT_FLOAT)), -_EXACT_FLOAT)
    most = options.max if options.max is not None else min(int(min(_highest(fit), _EXACT_FLOAT)), _EXACT_FLOAT)
    return least, most


def _count(fit: Fit, least: int, most: int) -> int:
    return int((most - least) / _step(fit)) + 1


def _low_bits(number: str, bits: int) -> str:
    mask = 2**bits - 1
    return f"(({number} & {~mask}) | {permuted_bits(f'({number} & {mask})', bits, f'number of {bits} bits')})"


def _outside(number: str) -> str:
    """Fails, when it is reached, and does not show the number. Not constant: the planner would evaluate it."""
    return f"pg_catalog.concat('outside of the range of its mask', pg_catalog.left(({number})::text, 0))"


def _whole_within(number: str, _: Fit, least: int, most: int) -> str:
    low, count = f"{literal(str(least))}::bigint", most - least + 1
    moved = permuted(f"({number} - {low})", count, f"number of {count}")
    return (
        f"CASE WHEN {number} BETWEEN {low} AND {literal(str(most))}::bigint THEN {low} + {moved}"
        f" WHEN {number} IS NOT NULL THEN {_outside(number)}::bigint END"
    )


def _decimal_within(number: str, fit: Fit, least: int, most: int) -> str:
    """What is finer than the type's digits stays, so that no two values meet; the last place of the range has none."""
    count, step = _count(fit, least, most), _step(fit)
    scaled = f"(({number} - {literal(Decimal(least))}) * {1 / step:f})"
    place = f"pg_catalog.floor({scaled})::bigint"
    moved = once(
        place,
        lambda x: f"({permuted(x, count, f'number of {count}', without_last=f'{x} <> {scaled}')} - {x})",
        "devdb_place",
    )
    return (
        f"CASE WHEN {number} BETWEEN {literal(Decimal(least))} AND {literal(Decimal(most))}"
        f" THEN {number} + {moved} * {step:f} WHEN {number} = 'NaN'::numeric THEN {number}"
        f" WHEN {number} IS NOT NULL THEN {_outside(number)}::numeric END"
    )


def _is_usual(number: str) -> str:
    """Neither NaN nor infinite, whose literal older servers do not know; and not at the very end of the type."""
    return f"{number} - {number} = 0 AND pg_catalog.abs({number}) < {_HUGE}"


def _low_whole_bits(number: str, _: Fit) -> str:
    """As a bigint, where the number is one; the digits after the point stay."""
    bits = _PERMUTED_BITS["bigint"]
    # mod() has the sign of what is divided, as few want it.
    low = f"pg_catalog.mod(pg_catalog.mod(pg_catalog.floor({number}), {2**bits}) + {2**bits}, {2**bits})::bigint"
    moved = once(low, lambda x: f"({permuted_bits(x, bits, f'number of {bits} bits')} - {x})", "devdb_low")
    return f"CASE WHEN {_is_usual(number)} THEN {number} + {moved} ELSE {number} END"


def _low_digits(number: str, fit: Fit) -> str:
    """The low 18 digits, or all, of a number of known precision; its sign stays.

    Nothing becomes zero but zero or, among numbers without a sign, another: -0 is none.
    """
    assert fit.precision is not None
    count, step = 10 ** min(fit.precision, _MOST_DIGITS), _step(fit)
    scaled = f"(pg_catalog.abs({number}) * {1 / step:f})"
    # Negative, and such that zero digits would be zero.
    signed = f"({number} < 0 AND {scaled} < {count} AND {scaled} = pg_catalog.trunc({scaled}))"
    place = f"(pg_catalog.mod(pg_catalog.trunc({scaled}), {count})::bigint - {signed}::integer)"
    moved = once(
        place, lambda x: f"({permuted(x, count, f'number of {count}', without_last=signed)} - {x})", "devdb_place"
    )
    return (
        f"CASE WHEN {_is_usual(number)} THEN"
        f" {number} + CASE WHEN {number} < 0 THEN -1 ELSE 1 END * {moved} * {step:f} ELSE {number} END"
    )


def _billionths(hashed: str, most: int) -> str:
    """SQL (bigint): from -(most - 1) to most - 1, by a number that stands for the value."""
    return f"({keyed.number_of(hashed, 'noise')} % {2 * most - 1} - {most - 1})"


def _noisy_whole(number: str, fit: Fit, most: int) -> str:
    part = _billionths(f"{number}::bigint", most)
    # Two steps, neither of which overflows; both cut towards zero, and so does their sum.
    by = f"({number} / {_BILLION}::bigint * {part} + {number} % {_BILLION}::bigint * {part} / {_BILLION})"
    lowest, highest = (f"{literal(str(end))}::bigint" for end in (_lowest(fit), _highest(fit)))
    return once(
        by,
        lambda d: (
            f"({number} + CASE WHEN {d} > 0 AND {number} > {highest} - {d} OR {d} < 0 AND {number} < {lowest} - {d}"
            f" THEN -{d} ELSE {d} END)"
        ),
        "devdb_by",
    )


def _noisy_decimal(number: str, fit: Fit, most: int) -> str:
    part = _billionths(f"pg_catalog.hash_numeric_extended({number}, 0)", most)
    digits = f"pg_catalog.scale({number})" if fit.scale is None or fit.scale >= 0 else f"{fit.scale}"
    by = f"pg_catalog.trunc({number} * ({part} * 0.000000001), {digits})"
    if fit.precision is None:
        fits = f"pg_catalog.abs({number}) < {_HUGE}"
    else:
        fits = f"pg_catalog.abs({number} + devdb_by.value) < {Decimal(1).scaleb(fit.precision - (fit.scale or 0)):f}"
    inwards = f"- pg_catalog.sign({number}) * pg_catalog.abs(devdb_by.value)"
    moved = once(by, lambda d: f"({number} + CASE WHEN {fits} THEN {d} ELSE {inwards} END)", "devdb_by")
    return f"CASE WHEN {number} - {number} = 0 THEN {moved} ELSE {number} END"


def _noisy_float(number: str, fit: Fit, most: int) -> str:
    part = f"{_billionths(f'pg_catalog.hashfloat8extended({number}, 0)', most)}::double precision / {_BILLION}"
    least, greatest = ("1e-37", "1.6e38") if fit.base_type == "real" else ("1e-300", "8e307")
    size = f"pg_catalog.abs({number})"
    return (
        # NaN is greater than anything.
        f"(CASE WHEN {size} = 'Infinity' OR {size} = 'NaN' OR {size} < {least}::double precision THEN {number}"
        f" WHEN {size} > {greatest}::double precision THEN {number} * (1 - pg_catalog.abs({part}))"
        f" ELSE {number} * (1 + {part}) END)::{fit.base_type}"
    )


def _floor_whole(number: str, fit: Fit, size: int) -> str:
    lowest = f"{literal(str(_lowest(fit)))}::bigint"
    down = f"{number} - {number} % {size}::bigint"
    return (
        f"CASE WHEN {number} % {size}::bigint >= 0 THEN {down} WHEN {down} < {lowest} + {size} THEN {lowest}"
        f" ELSE {down} - {size} END"
    )


def _floor_decimal(number: str, fit: Fit, size: Decimal) -> str:
    rest = f"pg_catalog.mod({number}, {size:f})"
    floor = f"{number} - {rest} - CASE WHEN {rest} < 0 THEN {size:f} ELSE 0 END"
    if fit.precision is not None:
        floor = f"GREATEST({floor}, {literal(_lowest(fit))})"
    return f"CASE WHEN {_is_usual(number)} THEN {floor} ELSE {number} END"


def _floor_float(number: str, fit: Fit, size: float) -> str:
    lowest = "-3.4028234663852886e38" if fit.base_type == "real" else "-1.7976931348623157e308"
    bucket, lowest = f"{literal(repr(size))}::double precision", f"{literal(lowest)}::double precision"
    return (
        # No division where its result would be nothing, and none that has no effect.
        f"(CASE WHEN {number} >= 0 AND {number} < {bucket} THEN 0::double precision"
        f" WHEN {number} < 0 AND {number} >= -{bucket} THEN -{bucket}"
        f" WHEN pg_catalog.abs({number}) >= {literal(repr(size * 2.0**53))}::double precision THEN {number}"
        f" WHEN {number} < {lowest} + {bucket} THEN {lowest}"
        f" ELSE pg_catalog.floor({number} / {bucket}) * {bucket} END)::{fit.base_type}"
    )


KINDS = (Number(), Noise(), Bucket())
