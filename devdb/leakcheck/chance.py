"""How many raw values may be met by chance, in columns whose masks put out values of the same shape, or from lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from devdb.leakcheck.needles import Value
from devdb.settings.mask import Mask

# Masks that put out what looks like the raw values: of digits and letters, so many as there were.
SHAPED = frozenset(
    {"pattern", "phone", "number", "postal_code", "iban", "credit_card", "ip", "mac", "uuid", "username", "hash"}
) | {"noise", "bucket", "sql"}
# Masks that draw from lists, in which production's own names and places may be; a few of them are no leak.
DRAWN = frozenset({"first_name", "last_name", "full_name", "company", "street", "city", "country"})
# Values of these kinds belong to one person, who would be known by them in any column.
IDENTIFYING = frozenset({"email", "phone", "iban", "credit_card", "username", "ip", "mac"})
_FEW = 0.05
# Of the bits of a value: check digits follow from others, and prefixes are shared.
_FREE = 0.75
# How often what is met by chance is taken for a leak, of one column in another.
_ALARM = 1e-4
_MANY = 500


def allowed(values: Sequence[Value], masks: Iterable[Mask], rows: int) -> int:
    """How many different ones of `values` may stand in so many rows of a column that these masks filled.

    A value of b bits is met by chance in one row of 2^b; n values in r rows meet n x r / 2^b on average, distributed as
    Poisson says. Of 1,000 telephone numbers of 10 digits, in a million rows of masked ones (whose digits count as 7.5)
    about 32, so that 56 are a leak; all 1,000 of them are when the mask was forgotten. Of e-mail addresses none.
    Numbers alone are met in any column that holds some: of 1,000 with 8 digits, in 10,000 rows 2 or 3.
    """
    by_numbers = sum(rows / 2 ** value.bits() for value in values if value.is_number)
    most = _exceeded(by_numbers)
    for mask in masks:
        if mask.kind in SHAPED:
            skipped = int(getattr(mask.options, "keep", 0) or 0)
            by_mask = sum(rows / 2 ** (_FREE * value.bits(skipped=skipped)) for value in values)
            most = max(most, _exceeded(by_mask))
        elif mask.kind in DRAWN:
            most = max(most, math.floor(_FEW * len(values)))
    return most


def few(values: Sequence[Value]) -> int:
    """How many of these a column may hold that was kept on purpose, though they belong to one person each."""
    return max(1, math.floor(_FEW * len(values)))


def _exceeded(expected: float) -> int:
    """The number that is exceeded as rarely as that, where so many are expected."""
    if expected > _MANY:
        return math.ceil(expected + 5 * math.sqrt(expected))
    count = int(expected)
    while _tail(expected, count) > _ALARM:
        count += 1
    return count


def _tail(expected: float, count: int) -> float:
    """P(more than `count`) of a Poisson distribution, summed from its own terms: 1 - P loses what is small."""
    if not expected:
        return 0.0
    number = count + 1
    term = math.exp(-expected + number * math.log(expected) - math.lgamma(number + 1))
    total = 0.0
    while term > total * 1e-12 or number < expected:
        total += term
        number += 1
        term *= expected / number
    return total
