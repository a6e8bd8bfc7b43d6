"""Kinds that keep the form of a text: its length, its separators, which of its characters are letters and digits."""

from __future__ import annotations

from typing import Any

from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.kinds import accounts, digits, lists, redaction
from devdb.masking.kinds.patterned import either, patterned, refusal
from devdb.masking.kinds.people import chosen, list_refusal
from devdb.masking.kinds.steps import stepwise, text, text_once
from devdb.sqltext.quoting import literal

_TEXT = frozenset({Family.TEXT})
# So many digits, at least, change in a telephone number of which the beginning stays.
_LEAST_CHANGED = 3
_MOST_REPEATED = 255  # in a regular expression


class Redact(Kind):
    """Letters become X and x, digits 0: nothing but the form is left, and no key is needed."""

    name = "redact"
    families = _TEXT

    def refusal(self, fit: Fit, options: Any) -> str | None:
        return (
            "redact makes one value of many; where they must stay different use pattern or hash" * fit.is_unique or None
        )

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return redaction.redacted(text(value), fit.encoding)


class Partial(Kind):
    """The first and last characters stay; of a value that has no others, none."""

    name = "partial"
    families = _TEXT

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if len(options.fill) != 1:
            return f"partial fills with one character, not with {options.fill!r}: the length of the value stays"
        if not lists.is_writable(options.fill, fit.encoding):
            return f"{options.fill!r} cannot be written in {fit.encoding}; fill with another character, such as *"
        if fit.is_unique:
            return "partial makes one value of many; where they must stay different use pattern or hash"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        shown, fill = options.first + options.last, literal(options.fill)
        count = "pg_catalog.char_length(v)"
        return stepwise(
            {"v": text(value)},
            result=f"CASE WHEN {count} <= {shown} THEN pg_catalog.repeat({fill}, {count})"
            f" ELSE pg_catalog.left(v, {options.first}) || pg_catalog.repeat({fill}, {count} - {shown})"
            f" || pg_catalog.right(v, {options.last}) END",
        )


class Permutation(Kind):
    """What becomes of a value takes no other's place, and it can be told where letters and digits can."""

    families = _TEXT

    def refusal(self, fit: Fit, options: Any) -> str | None:
        return refusal(self.name, fit)

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return True


class Pattern(Permutation):
    """Digits become digits and letters letters, of the same case and script; all else stays."""

    name = "pattern"

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return patterned(value, self.label, fit, keep=options.keep)


class PostalCode(Kind):
    """Digits become other digits, any of as many, and else it is as pattern; with a locale named, codes as there."""

    name = "postal_code"
    families = _TEXT

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if options.locale is not None:
            return list_refusal(self.name, fit, options.locale)
        if fit.is_unique:
            return "postal_code makes one value of many; where they must stay different use pattern"
        return refusal(self.name, fit)

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        if options.locale is not None:
            return chosen(self.name, value, fit, options.locale, self.label)

        def masked(v: str) -> str:
            other = patterned(v, self.label, fit)
            return f"CASE WHEN {digits.is_plain(v)} THEN {digits.drawn(v, self.label)} ELSE {other} END"

        return text_once(value, masked)


class Phone(Permutation):
    """As pattern; what says that a number is international stays, with two digits of the country, or that it is not."""

    name = "phone"

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        def changing(v: str, d: str) -> str:
            # The fewest digits whose loss could turn a number of one sort into one of another: of +… none, of 00… two,
            # of 0… one, of others none. What follows a single 0, or begins the others, is not 0 and does not become it.
            return (
                f"CASE WHEN pg_catalog.strpos({v}, '+') > 0 THEN {_changing(d, 0, 2, options.keep)}"
                f" WHEN {d} LIKE '00%' THEN {_changing(d, 2, 4, options.keep)}"
                f" WHEN {d} LIKE '0%' THEN {_changing(d, 1, 1, options.keep, nonzero=True)}"
                f" ELSE {_changing(d, 0, 0, options.keep, nonzero=True)} END"
            )

        # With letters in it: up to the last digit to keep, if enough others are left.
        head = f"(?:[^0-9]*[0-9]){{{options.keep}}}(?=(?:[^0-9]*[0-9]){{{_LEAST_CHANGED}}})"

        def start(v: str) -> str:
            found = f"COALESCE(pg_catalog.char_length(pg_catalog.substring({v}, '^{head}')), 0)"
            if not 0 < options.keep <= _MOST_REPEATED:
                found = "0"
            return f"GREATEST({found}, CASE WHEN {v} ~ '^[+][0-9][0-9].*[0-9]' THEN 3 ELSE 0 END)"

        return either(value, self.label, fit, start, changing)


def _changing(d: str, least: int, most: int, keep: int, *, nonzero: bool = False) -> str:
    """SQL (int), as digits.Changing: all but `most`, or `keep` digits, or but the `least`, if too few are left."""
    count, most = f"pg_catalog.octet_length({d})", max(most, keep)
    fewest = f"2 * {count} - {2 * least - nonzero}"
    if most == least:
        return fewest
    return f"CASE WHEN {count} < {most + _LEAST_CHANGED} THEN {fewest} ELSE 2 * {count} - {2 * most} END"


KINDS = (Redact(), Partial(), Pattern(), Phone(), PostalCode(), *accounts.KINDS)
