"""A keyed permutation of texts that keep their form: digits become digits, letters letters, separators stay.

A text of digits goes one way, any other text another. It goes the same way as what becomes of it, so both together are
one bijection; it is one for each way of keeping a beginning, too, since that shows.
"""

from __future__ import annotations

from devdb.masking.kind import Fit
from devdb.masking.kinds import codes, digits
from devdb.masking.kinds.alphabets import is_known
from devdb.masking.kinds.characters import characters
from devdb.masking.kinds.steps import stepwise, text


def refusal(name: str, fit: Fit) -> str | None:
    """Why a kind cannot serve that masks some values, or all, as pattern does."""
    if is_known(fit.encoding):
        return None
    return f"{name} cannot tell letters from digits in {fit.encoding}; use hash or redact"


def patterned(value: str, label: str, fit: Fit, *, keep: int = 0) -> str:
    """SQL (text): the value in the same form; its first `keep` characters stay, if it has more of them."""
    start = f"CASE WHEN pg_catalog.char_length(v) > {keep} THEN {keep} ELSE 0 END" if keep else "0"
    kept = f"pg_catalog.char_length({digits.strip(f'pg_catalog.left(v, {start})')})" if keep else "0"
    return either(value, digits.masked("v", label, kept=kept), label, fit, start)


def either(value: str, of_digits: str, label: str, fit: Fit, start: str) -> str:
    """SQL (text): `of_digits` for a value of digits, or else what becomes of it after its first `start` characters.

    Both are SQL over the value as column v.
    """
    code, other = codes.masked("v", label, kept=start), characters("v", label, fit.encoding, kept=start)
    return stepwise(
        {"v": text(value)},
        result=f"CASE WHEN {digits.is_digits('v')} THEN {of_digits}"
        f" WHEN {codes.is_code('v')} THEN {code} ELSE {other} END",
    )
