"""Numbers with check digits: those of what becomes of them are right, and wrong where they were wrong."""

from __future__ import annotations

from typing import Any

from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.kinds import digits
from devdb.masking.kinds.patterned import patterned, refusal
from devdb.masking.kinds.steps import stepwise, text

# An octet for each digit: the digit itself, 3, which takes 5 and more beyond 8, and 1.
_DIGITS, _THREES, _ONES = 0x0F0F0F0F0F0F0F0F, 0x0303030303030303, 0x0101010101010101
# What has this form is one, whether its check digits are right or not. To count within a regular expression would take
# ten times as long.
_CARD = (
    "v ~ '^[0-9][0-9 -]*[0-9]$' AND pg_catalog.char_length(v) <= 36"
    f" AND pg_catalog.char_length({digits.strip('v')}) BETWEEN 13 AND 19"
)
_IBAN = (
    "v ~ '^[A-Za-z][A-Za-z][0-9][0-9][ A-Za-z0-9]*[A-Za-z0-9]$'"
    " AND pg_catalog.char_length(pg_catalog.replace(v, ' ', '')) BETWEEN 15 AND 34"
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Checked(Kind):
    """What has not the form of such a number is masked as pattern does, and stays without it.

    A number keeps the distance of its check digits from the right ones, which is 0 for valid ones. So the function is
    injective on all of them, and none becomes valid that was not.
    """

    families = frozenset({Family.TEXT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        return refusal(self.name, fit)

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return True


class CreditCard(_Checked):
    """The first two digits stay, so that it is of the same scheme; the last one is by Luhn's formula."""

    name = "credit_card"

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        middle, number = digits.permuted(
            "pg_catalog.substr(d, 3, n - 3)::bigint",
            "(n - 3)",
            f"n # {digits.tweak('pg_catalog.left(d, 2)')}",
            self.label,
        )
        masked = stepwise(
            {"d": digits.strip("v")},
            {"n": "pg_catalog.octet_length(d)"},
            {"d": "d", "n": "n", **middle[0]},
            *middle[1:],
            {"old": "pg_catalog.left(d, n - 1)", "new": f"pg_catalog.left(d, 2) || {digits.written(number, 'n - 3')}"},
            {"old_bits": _bits("old"), "new_bits": _bits("new")},
            {"last": f"(pg_catalog.right(d, 1)::int + {_luhn('old')} - {_luhn('new')} + 1000) % 10"},
            result=digits.filled("v", "(new || last)", "n"),
        )
        return stepwise(
            {"v": text(value)},
            result=f"CASE WHEN {_CARD} THEN {masked} ELSE {patterned('v', self.label, fit)} END",
        )


class Iban(_Checked):
    """The country stays; so does what is a digit and what a letter."""

    name = "iban"

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        number = stepwise(
            {"v": "v", "rest": "rest", "moved": "moved", "country": f"{_code('v', 1)} || {_code('v', 2)}"},
            {"given": "pg_catalog.substr(v, 3, 2)::int", "distance": f"{_mod97('rest')} - {_mod97('moved')}"},
            # Check digits are 02 to 98; others are nobody's, and stay.
            {"checked": "CASE WHEN given BETWEEN 2 AND 98 THEN 2 + (given - 2 + distance + 97) % 97 ELSE given END"},
            result="pg_catalog.left(v, 2) || pg_catalog.lpad(checked::pg_catalog.text, 2, '0') || moved",
        )
        return stepwise(
            {"v": text(value)},
            {"is_iban": _IBAN},
            {"rest": "CASE WHEN is_iban THEN pg_catalog.substr(v, 5) ELSE v END"},
            {"moved": patterned("rest", self.label, fit)},
            result=f"CASE WHEN is_iban THEN {number} ELSE moved END",
        )


def _bits(payload: str) -> str:
    """SQL (bigint): the last 16 digits of `payload`, four bits each."""
    return f"('x' || pg_catalog.lpad(pg_catalog.right({payload}, 16), 16, '0'))::bit(64)::bigint"


def _luhn(payload: str) -> str:
    """SQL: Luhn's sum over at most 18 digits before the check digit; its 16 last ones are in the column {payload}_bits.

    The last digit counts twice, then every other one; of two digits, their sum counts. An octet is 256, which is 1
    modulo 255: so the remainder is the sum of all octets.
    """
    twice = f"({payload}_bits & {_DIGITS})"
    large = f"((({twice} + {_THREES}) >> 3) & {_ONES})"
    once = f"(({payload}_bits >> 4) & {_DIGITS})"
    first = f"('0' || pg_catalog.left({payload}, -16))::int"
    of_first = f"({first} / 10 + 2 * ({first} % 10) - CASE WHEN {first} % 10 > 4 THEN 9 ELSE 0 END)"
    return f"((2 * ({twice} % 255) - 9 * ({large} % 255) + {once} % 255)::int + {of_first})"


def _code(text: str, position: int) -> str:
    """SQL (text): the number of a letter in an IBAN: 10 for A, 35 for Z."""
    return f"(pg_catalog.ascii(pg_catalog.upper(pg_catalog.substr({text}, {position}, 1))) - 55)::pg_catalog.text"


def _mod97(rest: str) -> str:
    """SQL (int): what is left of the number of an IBAN with check digits 00, by ISO 7064; `country` is a column."""
    compact = numbers = f"pg_catalog.upper(pg_catalog.replace({rest}, ' ', ''))"
    for number, letter in enumerate(_LETTERS, 10):
        numbers = f"pg_catalog.replace({numbers}, '{letter}', '{number}')"
    numbers = f"CASE WHEN {rest} ~ '[A-Za-z]' THEN {numbers} ELSE {compact} END"
    return f"(({numbers} || country || '00')::numeric % 97)::int"


KINDS = (Iban(), CreditCard())
