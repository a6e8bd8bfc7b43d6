"""A keyed permutation of the digits in short texts of digits and separators, in a few microseconds each.

A Feistel network of two halves, each a bigint: in turns one is shifted by a keyed hash of the other. So it is a
bijection by construction, whatever the hash is like.
"""

from __future__ import annotations

from collections.abc import Iterable

from devdb.masking import keyed
from devdb.masking.kinds.steps import Step, stepwise
from devdb.sqltext.quoting import literal

ROUNDS = 6
SEPARATORS = " +-()/."
MOST_DIGITS = 36  # two halves of 18, each a bigint
_BIGINT_DIGITS = 18
POSITIVE = 2**63 - 1


def is_digits(text: str) -> str:
    """SQL (boolean): whether `text` is short, and of digits and separators alone."""
    return f"pg_catalog.char_length({text}) <= {MOST_DIGITS} AND {text} !~ '[^0-9 +()/.-]'"


def powers(exponent: str) -> str:
    """SQL (bigint): ten to the power of `exponent`, from 0 to 18; exact, unlike power()."""
    return f"({array(10**n for n in range(_BIGINT_DIGITS + 1))}::bigint[])[{exponent} + 1]"


def seeds(label: str) -> Step:
    """The two secrets of a network, as columns k and again of its first step."""
    return {"k": keyed.seed(label), "again": keyed.seed(f"{label}, again")}


def network(start: Step) -> tuple[Step, ...]:
    """Steps after one with `seeds`: they permute what is in `start`, and what they make of it is in l3 and r3.

    `start` has l0, below size_l, r0, below size_r, and a tweak w, with which the network changes: all SQL of bigints.
    """
    steps = [start]
    for n in range(1, ROUNDS // 2 + 1):
        shifted = _shifted(f"l{n - 1}", f"r{n - 1}", "size_l", 2 * n - 1)
        steps.append({f"l{n}": shifted, f"r{n}": _shifted(f"r{n - 1}", shifted, "size_r", 2 * n)})
    return tuple(steps)


def halves(start: str, count: str, tweak: str, *, nonzero: str | None = None) -> tuple[Step, ...]:
    """Steps after one with `seeds` and the digits as column d: they permute `count` of d after `start`.

    `nonzero` says when the first of them is not 0 and is not to become it. Afterwards `permuted()` is their text.
    """
    left, right = f"(({count} + 1) / 2)", f"({count} / 2)"
    first = f"('0' || pg_catalog.substr(d, {start} + 1, {left}))::bigint"
    second = f"('0' || pg_catalog.substr(d, {start} + {left} + 1, {right}))::bigint"
    sizes: Step = {"half_l": left, "half_r": right, "size_r": powers(right), "r0": second, "w": tweak}
    if nonzero is None:
        return network({**sizes, "size_l": powers(left), "l0": first})
    least: Step = {"ten": powers(left), "least": f"CASE WHEN {nonzero} THEN {powers(f'{left} - 1')} ELSE 0 END"}
    return (least, *network({**sizes, "size_l": "ten - least", "l0": f"{first} - least"}))


def permuted_halves() -> tuple[str, str]:
    """The columns that have what the steps of a `network` made of both halves."""
    return f"l{ROUNDS // 2}", f"r{ROUNDS // 2}"


def permuted(*, least: str | None = None) -> str:
    """SQL (text): what the steps of `halves` made of the digits; `least` is the column of that name, if any."""
    left, right = permuted_halves()
    left = left if least is None else f"({left} + {least})"
    return (
        f"(pg_catalog.lpad({left}::pg_catalog.text, half_l, '0')"
        f" || pg_catalog.lpad({right}::pg_catalog.text, half_r, '0'))"
    )


def strip(text: str) -> str:
    """SQL (text): the digits of a text that `is_digits`."""
    # Faster than translate(), which compares each character with each of the separators.
    for separator in SEPARATORS:
        text = f"pg_catalog.replace({text}, '{separator}', '')"
    return text


def filled(text: str, digits: str, count: str) -> str:
    """SQL (text): a text without letters with its `count` digits replaced by as many `digits`, one after the other.

    Of other signs it may have separators and ,:_#? alone.
    """
    # For to_char() some are decimal points, and all others are themselves. It shows a blank for the sign of a positive
    # number, unless FM says otherwise.
    zeros = text
    for digit in range(1, 10):
        zeros = f"pg_catalog.replace({zeros}, '{digit}', '0')"
    quoted = zeros
    for point in ".,":
        quoted = f"pg_catalog.replace({quoted}, '{point}', '\"{point}\"')"
    picture = f"'FM' || {quoted}"
    return (
        f"CASE WHEN {count} = 0 THEN {text}"
        f" WHEN {count} = pg_catalog.char_length({text}) THEN {digits}"
        f" WHEN {count} <= {_BIGINT_DIGITS} THEN pg_catalog.to_char(({digits})::bigint, {picture})"
        f" ELSE pg_catalog.to_char(({digits})::numeric, {picture}) END"
    )


def tweak(kept: str) -> str:
    """SQL (bigint): of a text that stays as it is, and with which the network changes."""
    return f'pg_catalog.hashtextextended({kept} COLLATE pg_catalog."C", 0)'


def masked(text: str, label: str, *, kept: str = "0", nonzero: str | None = None) -> str:
    """SQL (text): a text that `is_digits`, its digits permuted after the first `kept` of them.

    `kept` and `nonzero` may name the columns v, the text, d, its digits, and n, how many; `nonzero` also kept.
    """
    steps: list[Step] = [{"v": text, **seeds(label)}, {"d": strip("v")}, {"n": "pg_catalog.char_length(d)"}]
    if kept == "0":
        steps += halves("0", "n", "n::bigint", nonzero=nonzero)
        return stepwise(*steps, result=filled("v", permuted(least=nonzero and "least"), "n"))
    steps += [
        {"kept": kept},
        *halves("kept", "(n - kept)", f"n # {tweak('pg_catalog.left(d, kept)')}", nonzero=nonzero),
    ]
    whole = f"pg_catalog.left(d, kept) || {permuted(least=nonzero and 'least')}"
    return stepwise(*steps, result=filled("v", whole, "n"))


def _shifted(what: str, by: str, size: str, number: int) -> str:
    """SQL: `what` plus a keyed hash of `by`, modulo `size`."""
    hashed = f"pg_catalog.hashint8extended(({by}) # w, k # {number})"
    # Both are below the size, so that their sum is a bigint.
    return f"(({what} + (pg_catalog.hashint8extended({hashed}, again) & {POSITIVE}) % {size}) % {size})"


def array(numbers: Iterable[int]) -> str:
    """SQL: an array of `numbers`, still to be cast."""
    return literal("{" + ",".join(map(str, numbers)) + "}")
