"""A keyed permutation of texts that keep their form: digits become digits, letters letters, separators stay.

A text of digits goes one way, any other text another. It goes the same way as what becomes of it, so both together are
one bijection; it is one for each way of keeping a beginning, too, since that shows.
"""

from __future__ import annotations

from collections.abc import Callable

from devdb.masking.kind import Fit
from devdb.masking.kinds import codes, digits
from devdb.masking.kinds.alphabets import is_known
from devdb.masking.kinds.characters import characters
from devdb.masking.kinds.steps import text_once


def refusal(name: str, fit: Fit) -> str | None:
    """Why a kind cannot serve that masks some values, or all, as pattern does."""
    if is_known(fit.encoding):
        return None
    return f"{name} cannot tell letters from digits in {fit.encoding}; use hash or redact"


def patterned(value: str, label: str, fit: Fit, *, keep: int = 0) -> str:
    """SQL (text): the value in the same form; its first `keep` characters stay, if it has more of them."""
    if not keep:
        return either(value, label, fit)

    def start(v: str) -> str:
        return f"CASE WHEN pg_catalog.char_length({v}) > {keep} THEN {keep} ELSE 0 END"

    def changing(v: str, _: str) -> str:
        return f"2 * pg_catalog.octet_length({digits.strip(f'pg_catalog.substr({v}, {start(v)} + 1)')})"

    return either(value, label, fit, start, changing)


def either(
    value: str,
    label: str,
    fit: Fit,
    start: Callable[[str], str] = lambda _: "0",
    changing: digits.Changing | None = None,
) -> str:
    """SQL (text): a value of digits, those that are `changing` permuted, and any other after `start` characters."""

    def masked(v: str) -> str:
        of_digits = digits.masked(v, label, changing=changing)
        code, other = codes.masked(v, label, kept=start("v")), characters(v, label, fit.encoding, kept=start("v"))
        masked = f"WHEN {digits.is_digits(v)} THEN {of_digits} WHEN {codes.is_code(v)} THEN {code} ELSE {other} END"
        if changing is None:
            # The most frequent have a shorter way.
            masked = f"WHEN {digits.is_plain(v)} THEN {digits.plain(v, label)} {masked}"
        return f"CASE {masked}"

    return text_once(value, masked)
