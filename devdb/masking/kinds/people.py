"""Names of people, companies and places: chosen from lists, so that several values can become one."""

from __future__ import annotations

from typing import Any

from devdb.masking import keyed
from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.kinds import lists
from devdb.masking.kinds.steps import subject
from devdb.sqltext.quoting import literal

# Where the name of the family comes first, and what stands between the two.
_FAMILY_FIRST = {"zh": "", "ko": "", "ja": " ", "hu": " ", "vi": " "}


class Listed(Kind):
    """An entry of the list that has this kind's name."""

    families = frozenset({Family.TEXT})

    def __init__(self, name: str) -> None:
        self.name = name  # type: ignore[misc]

    def refusal(self, fit: Fit, options: Any) -> str | None:
        return list_refusal(self.name, fit, options.locale)

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return chosen(self.name, value, fit, options.locale, self.label)


class FullName(Kind):
    """A first and a last name, chosen independently, in the order of the locale."""

    name = "full_name"
    families = frozenset({Family.TEXT})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if why := _refusal(self.name, fit, options.locale):
            return why
        if not all(_parts(fit, options.locale)[:2]):
            return _too_short(self.name, fit)
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        firsts, lasts, between = _parts(fit, options.locale)
        names = [
            element(firsts, value, fit, f"{self.label}, first"),
            element(lasts, value, fit, f"{self.label}, last"),
        ]
        if (options.locale or fit.locale).split("_")[0] in _FAMILY_FIRST:
            names.reverse()
        return f"({names[0]} || {literal(between)} || {names[1]})"


def list_refusal(name: str, fit: Fit, locale: str | None) -> str | None:
    """Why a kind that chooses from the list of its name cannot serve."""
    if why := _refusal(name, fit, locale):
        return why
    if not lists.entries(name, locale or fit.locale, encoding=fit.encoding, length=fit.length):
        return _too_short(name, fit)
    return None


def chosen(name: str, value: str, fit: Fit, locale: str | None, label: str) -> str:
    """SQL (text): an entry of the list `name` that fits, by a keyed number of the value."""
    found = lists.entries(name, locale or fit.locale, encoding=fit.encoding, length=fit.length)
    return element(found, value, fit, label)


def element(entries: tuple[str, ...], value: str, fit: Fit, label: str) -> str:
    """SQL (text): one of `entries`, which must not be empty, by a keyed number of the value."""
    quoted = ",".join('"' + entry.replace("\\", "\\\\").replace('"', '\\"') + '"' for entry in entries)
    number = keyed.number(subject(value, fit), label, fit.encoding)
    # All elements of the type name are of one length, so that any is found at once.
    array = f"{literal('{' + quoted + '}')}::pg_catalog.name[]"
    return f"({array})[1 + ({number} % {len(entries)})::int]::pg_catalog.text"


def _parts(fit: Fit, locale: str | None) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """First names, last names and what is between: of all ways to share out the length, that with most combinations."""
    wanted = locale or fit.locale
    between = _FAMILY_FIRST.get(wanted.split("_")[0], " ")
    firsts, lasts = (lists.entries(name, wanted, encoding=fit.encoding) for name in ("first_name", "last_name"))
    if fit.length is None:
        return firsts, lasts, between
    room = fit.length - len(between)
    shares = [
        (tuple(n for n in firsts if len(n) <= share), tuple(n for n in lasts if len(n) <= room - share))
        for share in range(1, max(2, room))
    ]
    return (*max(shares, key=lambda share: len(share[0]) * len(share[1])), between)


def _refusal(name: str, fit: Fit, locale: str | None) -> str | None:
    if fit.is_unique:
        return f"{name} makes one value of many; where they must stay different use username, hash or pattern"
    return lists.unknown(locale or fit.locale)


def _too_short(name: str, fit: Fit) -> str:
    where = f"in {fit.encoding}" if fit.length is None else f"with {fit.length} characters in {fit.encoding}"
    return f"{name} has nothing to put {where}; use pattern or redact, or another locale"


KINDS = (*map(Listed, ("first_name", "last_name", "company", "street", "city", "country")), FullName())
