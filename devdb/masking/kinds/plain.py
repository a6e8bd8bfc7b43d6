"""Masks that are no functions of the value: nothing, something fixed, the value itself, or what a person wrote."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from devdb.masking.families import Family
from devdb.masking.kind import Fit, Kind, Row
from devdb.sqltext.quoting import literal

_ALL = frozenset(Family)
# Types whose names hold so many octets and no more.
_NAME_BYTES = 63
_INTEGER_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
_BOOLEANS = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0"})


class Null(Kind):
    name = "null"
    families = _ALL

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if fit.not_null:
            return "null cannot serve a column that is NOT NULL: constant, or a kind for its type, can"
        return None

    def is_injective(self, fit: Fit, options: Any) -> bool:
        # A unique index lets any number of NULLs be.
        return not fit.not_null

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return f"NULL::{fit.base_type}"


class Constant(Kind):
    """One value for all; NULL stays NULL."""

    name = "constant"
    families = _ALL
    is_strict = False

    def refusal(self, fit: Fit, options: Any) -> str | None:
        said = spelled(options.value)
        if fit.family is Family.TEXT:
            if fit.length is not None and len(said) > fit.length:
                return f"constant: {len(said)} characters do not fit into {fit.type}, which takes {fit.length}"
            if fit.base_type == "name" and len(said.encode()) > _NAME_BYTES:
                return f"constant: {len(said.encode())} octets do not fit into name, which takes {_NAME_BYTES}"
        elif fit.family in (Family.INTEGER, Family.NUMERIC, Family.FLOAT):
            return _number_refusal(said, fit)
        elif fit.family is Family.BOOLEAN and said.strip().lower() not in _BOOLEANS:
            return "constant: a boolean is true or false"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        if fit.family is Family.JSON:
            return f"{literal(json.dumps(options.value, ensure_ascii=False))}::{fit.type}"
        return f"{literal(spelled(options.value))}::{fit.type}"


class Keep(Kind):
    name = "keep"
    families = _ALL

    def is_injective(self, fit: Fit, options: Any) -> bool:
        return True

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return value


class Shuffle(Keep):
    """A marker: the values stay, and change places among the rows of the sample, which no expression can do.

    Whoever loads the rows has to permute them; the expression itself is the raw value.
    """

    name = "shuffle"


class Sql(Kind):
    """What a person wrote, over the columns of the row: it decides about NULL by itself."""

    name = "sql"
    families = _ALL

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        # On lines of its own: it may end in a comment.
        return f"(\n{options.sql}\n)"


def spelled(value: Any) -> str:
    """A value of the settings as PostgreSQL reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number_refusal(said: str, fit: Fit) -> str | None:
    try:
        number = Decimal(said.strip())
    except InvalidOperation:
        return f"constant: {fit.base_type} takes a number"
    if not number.is_finite():
        return None if fit.family is not Family.INTEGER else f"constant: {fit.base_type} takes a finite number"
    if fit.family is Family.INTEGER:
        bits = _INTEGER_BITS.get(fit.base_type, 64)
        if number != int(number):
            return f"constant: {fit.base_type} takes a whole number"
        if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            return f"constant: {number} is outside of {fit.base_type}"
    elif fit.precision is not None and abs(number) >= Decimal(10) ** (fit.precision - (fit.scale or 0)):
        return f"constant: {number} does not fit into {fit.type}"
    return None


KINDS = (Null(), Constant(), Keep(), Shuffle(), Sql())
