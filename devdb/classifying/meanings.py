"""What columns may hold, and for each of them the class and the mask that fit the column's type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devdb.catalog.model import Column, Table
from devdb.classifying.proposal import CONFIDENTIAL, INTERNAL, SECRET, Proposal, Written
from devdb.masking.families import Family, family_named, family_of

if TYPE_CHECKING:
    from devdb.classifying.names import Guess

TEXTS = frozenset({Family.TEXT})
_NUMBERS = frozenset({Family.INTEGER, Family.NUMERIC, Family.FLOAT})
_DATES = frozenset({Family.DATE, Family.TIMESTAMP})
_NOISE = dict.fromkeys(_NUMBERS, "noise")
_SHUFFLE = dict.fromkeys((Family.TEXT, Family.ENUM, Family.BOOLEAN, Family.INTEGER), "shuffle")
_DIGITS: dict[Family, Written] = {Family.INTEGER: "number", Family.NUMERIC: "number"}
_NUMBERED: dict[Family, Written] = {Family.TEXT: "pattern", **_DIGITS, Family.UUID: "uuid"}
# Masks under which different values stay different, for columns that must stay unique.
_INJECTIVE = frozenset(
    ("email", "hash", "username", "url", "uuid", "pattern", "phone", "number", "iban", "credit_card", "mac")
)
_UNIQUE = {Family.TEXT: "hash", Family.INTEGER: "number", Family.NUMERIC: "number", Family.UUID: "uuid"}
_NOWHERE = {"kind": "noise", "percent": 1}  # of degrees: some fifty kilometres


@dataclass(frozen=True)
class Meaning:
    """`values` is what the column holds, in the plural; `masks` has the mask for each family that can hold it."""

    name: str
    values: str
    masks: Mapping[Family, Written]
    classified: str = CONFIDENTIAL

    @property
    def families(self) -> frozenset[Family]:
        return frozenset(self.masks)


def _texts(name: str, values: str, mask: str | None = None) -> Meaning:
    return Meaning(name, values, {Family.TEXT: mask or name})


_ANYTHING: dict[Family, Written] = {
    Family.TEXT: "text",
    Family.INTEGER: "number",
    Family.NUMERIC: "noise",
    Family.FLOAT: "noise",
    Family.BOOLEAN: "shuffle",
    Family.ENUM: "shuffle",
    Family.DATE: "date_shift",
    Family.TIMESTAMP: "date_shift",
    Family.UUID: "uuid",
    Family.INET: "ip",
    Family.MAC: "mac",
    Family.JSON: "null",
    Family.BYTES: "bytes",
    Family.GEOMETRY: "geometry",
    Family.TIME: "null",
    Family.INTERVAL: "null",
    Family.OTHER: "null",
}

_MEANINGS = (
    Meaning(
        "secret",
        "secrets",
        {Family.TEXT: "hash", Family.UUID: "uuid", Family.BYTES: "bytes", Family.JSON: "null"},
        SECRET,
    ),
    Meaning("pin", "secret numbers", {Family.TEXT: "pattern", **_DIGITS}, SECRET),
    Meaning("sensitive", "what is said of health, beliefs or offences", {**_ANYTHING, Family.INTEGER: "shuffle"}),
    Meaning("credit_card", "card numbers", {Family.TEXT: "credit_card", **_DIGITS}),
    _texts("iban", "IBANs"),
    Meaning("account_number", "account numbers", {Family.TEXT: "pattern", **_DIGITS}),
    Meaning("national_id", "numbers of identity, tax or insurance", _NUMBERED),
    _texts("email", "e-mail addresses"),
    Meaning("phone", "phone numbers", {Family.TEXT: "phone", **_DIGITS}),
    Meaning("mac", "MAC addresses", {Family.TEXT: "mac", Family.MAC: "mac"}),
    Meaning("ip", "IP addresses", {Family.TEXT: "ip", Family.INET: "ip"}),
    Meaning("device", "numbers of devices or vehicles", _NUMBERED),
    _texts("url", "URLs"),
    _texts("username", "names of users"),
    Meaning(
        "birth",
        "dates of birth",
        {**dict.fromkeys(_DATES, "date_shift"), **dict.fromkeys(_NUMBERS, "noise"), Family.TEXT: "pattern"},
    ),
    _texts("birth_place", "places of birth", "city"),
    _texts("first_name", "first names"),
    _texts("last_name", "last names"),
    _texts("full_name", "names of persons"),
    _texts("person", "names of persons", "full_name"),
    _texts("street", "streets"),
    Meaning("postal_code", "postal codes", {Family.TEXT: "postal_code", **_DIGITS}),
    _texts("city", "places", "city"),
    _texts("address", "addresses", "street"),
    _texts("company", "names of companies"),
    Meaning("pay", "pay or wealth", {**_NOISE, Family.TEXT: "pattern"}),
    Meaning("trait", "traits of persons", {**_SHUFFLE, Family.NUMERIC: "noise", Family.FLOAT: "noise"}),
    Meaning(
        "place",
        "positions",
        {
            Family.NUMERIC: _NOWHERE,
            Family.FLOAT: _NOWHERE,
            Family.GEOMETRY: "geometry",
            Family.OTHER: "shuffle",
            Family.TEXT: "pattern",
        },
    ),
    Meaning("picture", "files or pictures", {Family.BYTES: "bytes", Family.TEXT: "hash"}),
    _texts("free_text", "free text", "text"),
    Meaning("identifier", "numbers of persons", _NUMBERED),
    Meaning("document", "documents that may hold anything", {Family.JSON: "null", Family.OTHER: "null"}),
    Meaning("personal", "personal data", _ANYTHING),
)
_BY_NAME = {one.name: one for one in _MEANINGS}


def meaning(name: str) -> Meaning:
    """The meaning of that name."""
    return _BY_NAME[name]


def family_name(column: Column, family: Family) -> str:
    """The type as reasons name it: the column's own, or an enum's kind."""
    return f"{column.type}, a list of values" if family is Family.ENUM else column.type


def proposed(guess: Guess, table: Table, column: Column) -> Proposal:
    """What to do with a column of which this is known."""
    if guess.is_label:
        return Proposal(INTERNAL, None, guess.reason)
    if guess.meaning is None:
        return Proposal(CONFIDENTIAL, mask_for("text", table, column), guess.reason)
    return Proposal(guess.meaning.classified, mask_of(guess.meaning, table, column), guess.reason)


def mask_of(about: Meaning, table: Table, column: Column) -> Written | None:
    """The mask for a column that holds this; None when no kind can serve its type as it is."""
    family = element_family(column)
    mask = about.masks.get(family, _ANYTHING.get(family))
    if about.name == "birth" and family in _NUMBERS and _is_year(column):
        mask = {"kind": "noise", "percent": 0.5}
    if mask == "date_shift" and len(table.primary_key) == 1 and not column.is_array:
        # All dates of a row together, so that they keep their order.
        mask = {"kind": "date_shift", "by": table.primary_key[0]}
    return None if mask is None else mask_for(mask, table, column)


def mask_for(mask: Written, table: Table, column: Column) -> Written | None:
    """The mask, or another one where the column must stay unique, may not be NULL, or is an array."""
    family = element_family(column)
    kind = mask if isinstance(mask, str) else str(mask["kind"])
    if is_unique(table, column) and kind not in _INJECTIVE:
        instead = _UNIQUE.get(family) or ("shuffle" if _is_unique_alone(table, column) else None)
        if instead is None or (instead == "shuffle" and column.is_array):
            return None
        mask = kind = instead
    if kind == "null" and column.not_null:
        if family is not Family.JSON or column.is_array:
            return None
        mask = {"kind": "constant", "value": "{}"}
    is_by_element = column.is_array and kind not in ("null", "shuffle")
    return {"kind": "array", "element": mask} if is_by_element else mask


def element_family(column: Column) -> Family:
    """The family of the type, or of an array's elements."""
    return family_named(column.base_type.removesuffix("[]")) if column.is_array else family_of(column)


def is_unique(table: Table, column: Column) -> bool:
    """Whether different values of the column must stay different."""
    return column.name in table.primary_key or any(column.name in key.columns for key in table.unique_keys)


def _is_unique_alone(table: Table, column: Column) -> bool:
    """Whether no other column is part of what must be unique: shuffled beside others, values could meet again."""
    of_keys = [table.primary_key, *(key.columns for key in table.unique_keys)]
    return all(key == (column.name,) for key in of_keys if column.name in key)


def _is_year(column: Column) -> bool:
    from devdb.classifying.splitting import split

    return bool(
        set(split(column.name))
        & {"year", "jahr", "annee", "ano", "anno", "jaar", "rok", "geburtsjahr", "geboortejaar", "birthyear"}
    )
