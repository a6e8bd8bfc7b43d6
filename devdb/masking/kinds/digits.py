"""A keyed permutation of the digits in short texts of digits and separators, in a microsecond or two each.

A Feistel network of the two halves of a bigint: in turns each is shifted by a keyed hash of the other. So it is a
bijection by construction, whatever the hash is like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from devdb.masking import keyed
from devdb.masking.kinds.steps import Step, stepwise
from devdb.sqltext.quoting import literal

SEPARATORS = " +-()/."
MOST_DIGITS = 18  # of a bigint
_MOST = 36  # characters
_HASHED = 2**61 - 1  # with what is below ten to the power of 18 added, still a bigint


# SQL (int) of what changes, of a text and its digits: twice how many digits do, after those that stay, and one more
# when the first of them is not 0 and is not to become it.
Changing = Callable[[str, str], str]


def is_plain(text: str) -> str:
    """SQL (boolean): whether `text` is short, and of digits alone."""
    return f"pg_catalog.octet_length({text}) <= {MOST_DIGITS} AND {text} !~ '[^0-9]'"


def is_digits(text: str) -> str:
    """SQL (boolean): whether `text` is short, and of separators and few digits alone."""
    short, few = (f"pg_catalog.octet_length({of}) <= {MOST_DIGITS}" for of in (text, strip(text)))
    return f"pg_catalog.octet_length({text}) <= {_MOST} AND {text} !~ '[^0-9 +()/.-]' AND ({short} OR {few})"


def powers(exponent: str) -> str:
    """SQL (bigint): ten to the power of `exponent`, from 0 to 18; exact, unlike power()."""
    return _looked_up(exponent, lambda n: 10**n)


def network(start: Step, label: str, *, left: str = "l0", right: str = "r0") -> tuple[Step, ...]:
    """Steps that permute `left`, below size_l, and `right`, below size_r; what becomes of them is in l2 and r2.

    `start` has what they name, both sizes, and a tweak w, with which the network changes: all SQL of bigints.
    """
    l1, l2 = (_shifted(of, by, "size_l", f"{label}, {n}") for of, by, n in ((left, right, 1), ("l1", "r1", 3)))
    r1, r2 = (_shifted(of, by, "size_r", f"{label}, {n}") for of, by, n in ((right, l1, 2), ("r1", l2, 4)))
    # To work out a shift twice costs less than a step.
    return start, {"l1": l1, "r1": r1}, {"l2": l2, "r2": r2}


def permuted(number: str, count: str, tweak: str, label: str) -> tuple[tuple[Step, ...], str]:
    """Steps that permute a number of `count` digits, at most 18, and SQL (bigint) of what becomes of it."""
    sizes = {
        "size_l": _looked_up(count, lambda n: 10 ** ((n + 1) // 2)),
        "size_r": _looked_up(count, lambda n: 10 ** (n // 2)),
    }
    return _of_halves({"y": number, **sizes, "w": tweak}, label)


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
    picture = _picture(text)
    return (
        f"CASE WHEN {count} = 0 THEN {text}"
        f" WHEN {count} = pg_catalog.octet_length({text}) THEN {digits}"
        f" WHEN {count} <= {MOST_DIGITS} THEN pg_catalog.to_char(({digits})::bigint, {picture})"
        f" ELSE pg_catalog.to_char(({digits})::numeric, {picture}) END"
    )


def written(number: str, count: str) -> str:
    """SQL (text): a bigint in `count` digits."""
    return f"pg_catalog.lpad(({number})::pg_catalog.text, {count}, '0')"


def tweak(kept: str) -> str:
    """SQL (bigint): of a text that stays as it is, and with which the network changes."""
    return f'pg_catalog.hashtextextended({kept} COLLATE pg_catalog."C", 0)'


def plain(v: str, label: str) -> str:
    """SQL (text): a text that `is_plain`, permuted."""
    count = f"pg_catalog.octet_length({v})"
    network, number = permuted(f"('0' || {v})::bigint", count, f"{count}::bigint", label)
    return stepwise(*network, result=written(number, count))


def masked(v: str, label: str, *, changing: Changing | None = None) -> str:
    """SQL (text): a text that `is_digits`, its digits permuted, or as many as are `changing`."""
    steps: list[Step] = [{"d": strip(v)}, {"x": "('0' || d)::bigint", "n": "pg_catalog.octet_length(d)"}]
    if changing is None:
        network, number = permuted("x", "n", "n::bigint", label)
    else:
        steps[-1] = {**steps[-1], "c": changing(v, "d")}
        network, number = _of_halves(_changing(), label)
        number = f"stays + {number}"
    zeros = literal("FM" + "0" * MOST_DIGITS)
    picture = (
        f"CASE WHEN n = pg_catalog.octet_length({v}) THEN pg_catalog.left({zeros}, n + 2) ELSE {_picture(v, '.')} END"
    )
    return stepwise(
        *steps, *network, result=f"CASE WHEN n = 0 THEN {v} ELSE pg_catalog.to_char({number}, {picture}) END"
    )


def drawn(v: str, label: str) -> str:
    """SQL (text): as many digits as a text that `is_plain` has, of which different ones may become the same."""
    count = f"pg_catalog.octet_length({v})"
    # Digits are the same in every encoding.
    return written(f"{keyed.number(v, label, 'UTF8')} % {powers(count)}", count)


def array(numbers: Iterable[int], *, first: int = 1) -> str:
    """SQL: an array of `numbers`, still to be cast; `first` is the place of the first of them."""
    elements = "{" + ",".join(map(str, numbers)) + "}"
    return literal(elements if first == 1 else f"[{first}:{first + elements.count(',')}]={elements}")


def _of_halves(start: Step, label: str) -> tuple[tuple[Step, ...], str]:
    *steps, last = network(start, label, left="(y / size_r)", right="(y % size_r)")
    return tuple(steps), f"{last['l2']} * size_r + {last['r2']}"


def _changing() -> Step:
    """The start of a network that permutes of x, a number of n digits, what c says; the rest of x is in stays."""

    def of_twice(of: Callable[[int], int]) -> str:
        return _looked_up("c", of, 2 * MOST_DIGITS + 1)

    ten = of_twice(lambda c: 10 ** (c // 2))
    # What the first digit, if it is not 0, adds at least.
    least = of_twice(lambda c: 10 ** (c // 2 - 1) if c % 2 and c > 1 else 0)
    return {
        "y": f"x % {ten} - {least}",
        "stays": f"x - x % {ten} + {least}",
        "size_l": of_twice(lambda c: (9 if c % 2 and c > 1 else 10) * 10 ** ((c // 2 + 1) // 2) // 10),
        "size_r": of_twice(lambda c: 10 ** (c // 4)),
        "w": f"pg_catalog.hashint8extended(x / {ten}, n)",
    }


def _shifted(what: str, by: str, size: str, label: str) -> str:
    """SQL: `what` plus a keyed hash of `by`, modulo `size`."""
    hashed = f"pg_catalog.hashint8extended(({by}) # w, {keyed.seed(label)})"
    return f"(({what} + (pg_catalog.hashint8extended({hashed}, {keyed.seed(f'{label}, again')}) & {_HASHED})) % {size})"


def _looked_up(number: str, of: Callable[[int], int], most: int = MOST_DIGITS) -> str:
    """SQL (bigint): what a function gives of a `number` from 0 to `most`: to look it up takes no longer than to add."""
    return f"({array(map(of, range(most + 1)), first=0)}::bigint[])[{number}]"


def _picture(text: str, points: str = ".,") -> str:
    """SQL (text): the format by which to_char() writes digits where `text` has them."""
    for digit in range(1, 10):
        text = f"pg_catalog.replace({text}, '{digit}', '0')"
    # Some are decimal points to it, all others are themselves. FM: no blank for the sign of a positive number.
    for point in points:
        text = f"pg_catalog.replace({text}, '{point}', '\"{point}\"')"
    return f"'FM' || {text}"
