"""Read PostgreSQL Anonymizer's masking rules, which are security labels of columns, as masks of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from pydantic import ValidationError

from devdb.catalog.model import Name
from devdb.catalog.source import ask
from devdb.settings.mask import Mask
from devdb.sqltext.templates import Templates

_MASKED = re.compile(r"\s*MASKED\s+WITH\s+(?P<what>FUNCTION|VALUE)\s+(?P<said>.+?)\s*", re.IGNORECASE | re.DOTALL)
_NOT_MASKED = re.compile(r"\s*NOT\s+MASKED\s*", re.IGNORECASE)

Arguments = Sequence[Any]
Said = str | Mapping[str, Any]


@dataclass(frozen=True)
class Label:
    """What the source says of a column: `MASKED WITH FUNCTION anon.fake_email()`, for example."""

    table: Name
    column: str
    text: str

    @property
    def is_unmasking(self) -> bool:
        """Whether it says that everybody may see the values."""
        return _NOT_MASKED.fullmatch(self.text) is not None


def read_labels(connection: psycopg.Connection[Any], templates: Templates) -> list[Label]:
    """The labels of the provider anon on columns. Raises as every question to a catalog does."""
    rows = ask(connection, templates, "catalog/security_labels.sql")
    return [Label(Name(row.schema, row.table_name), row.column_name, row.label) for row in rows]


def mask_of(label: Label) -> Mask | None:
    """The mask that is nearest to what the label says; None when there is none."""
    if label.is_unmasking:
        return Mask.of("keep")
    match = _MASKED.fullmatch(label.text)
    if match is None:
        return None
    node = _parsed(match["said"])
    if node is None:
        return None
    said = _of_value(node) if match["what"].upper() == "VALUE" else _of_function(node)
    try:
        return None if said is None else Mask.of(said)
    except ValidationError:
        return None


class _NotConstant(Exception):
    """An argument is not written as a value."""


def _parsed(expression: str) -> dict[str, Any] | None:
    """The expression as the parser's tree; None when it is not one."""
    from pglast import parser

    try:
        statements = json.loads(parser.parse_sql_json(f"SELECT {expression}"))["stmts"]
    except parser.ParseError:
        return None
    targets = statements[0]["stmt"].get("SelectStmt", {}).get("targetList", [])
    if len(statements) != 1 or len(targets) != 1:
        return None
    value: dict[str, Any] | None = targets[0]["ResTarget"].get("val")
    return value


def _of_value(node: dict[str, Any]) -> Said | None:
    try:
        value = _constant(node)
    except _NotConstant:
        return None
    return "null" if value is None else {"kind": "constant", "value": value}


def _of_function(node: dict[str, Any]) -> Said | None:
    call = node.get("FuncCall")
    if call is None:
        return None
    *schema, name = (part["String"]["sval"] for part in call["funcname"])
    if schema != ["anon"]:
        return None
    of_arguments = _BY_ARGUMENTS.get(name)
    if of_arguments is None:
        prefix = _PREFIX.match(name)
        return _BY_NAME.get(name) if prefix is None else _THINGS.get(name[prefix.end() :])
    try:
        return of_arguments([_argument(argument) for argument in call.get("args", ())])
    except (_NotConstant, IndexError, TypeError, ValueError):
        return None


def _argument(node: dict[str, Any]) -> Any:
    """The value of an argument; None for a column, which is the masked one."""
    return None if "ColumnRef" in node else _constant(node)


def _constant(node: dict[str, Any]) -> str | int | float | bool | None:
    if "TypeCast" in node:
        return _constant(node["TypeCast"]["arg"])
    constant = node.get("A_Const")
    if constant is None:
        raise _NotConstant
    if constant.get("isnull"):
        return None
    for key, read in _READ.items():
        if key in constant:
            return read(constant[key])
    raise _NotConstant


_READ: Mapping[str, Callable[[dict[str, Any]], str | int | float | bool]] = {
    "sval": lambda held: str(held.get("sval", "")),
    "ival": lambda held: int(held.get("ival", 0)),
    "fval": lambda held: float(held["fval"]),
    "boolval": lambda held: bool(held.get("boolval", False)),
}

# Functions whose arguments do not matter, by their whole names.
_BY_NAME: Mapping[str, Said] = {
    "hash": "hash",
    "digest": "hash",
    "lorem_ipsum": "text",
    "image_blur": {"kind": "bytes", "content": "png"},
    "shuffle": "shuffle",
}
# What stands behind fake_, pseudo_, dummy_, random_ or partial_ in the names of other such functions.
_THINGS: Mapping[str, Said] = {
    "email": "email",
    "free_email": "email",
    "safe_email": "email",
    "first_name": "first_name",
    "first_name_female": "first_name",
    "first_name_male": "first_name",
    "last_name": "last_name",
    "name": "full_name",
    "name_female": "full_name",
    "name_male": "full_name",
    "company": "company",
    "company_name": "company",
    "address": "street",
    "street_name": "street",
    "city": "city",
    "city_name": "city",
    "postcode": "postal_code",
    "zip": "postal_code",
    "zip_code": "postal_code",
    "country": "country",
    "country_name": "country",
    "phone": "phone",
    "phone_number": "phone",
    "cell_number": "phone",
    "user_name": "username",
    "username": "username",
    "iban": "iban",
    "credit_card_number": "credit_card",
    "siret": "pattern",
    "siren": "pattern",
    "vat": "pattern",
    "ip": "ip",
    "ipv4": "ip",
    "ipv6": "ip",
    "mac_address": "mac",
    "uuidv1": "uuid",
    "uuidv3": "uuid",
    "uuidv4": "uuid",
    "uuidv5": "uuid",
    "date": {"kind": "date_shift", "days": 3650},
    "date_between": {"kind": "date_shift", "days": 3650},
    "hash": "hash",
    "int": "number",
    "bigint": "number",
}
_PREFIX = re.compile(r"(?:fake|pseudo|dummy|random|partial)_")
_PARTS = ("year", "quarter", "month", "week", "day", "hour")


def _partial(arguments: Arguments) -> Said:
    _, first, fill, last = arguments
    characters = set(str(fill))
    # Its padding has a length of its own; ours is a character for each that it stands for.
    said = {"first": int(first), "last": int(last), "fill": characters.pop() if len(characters) == 1 else "*"}
    return {"kind": "partial", **said} if said["first"] or said["last"] else "redact"


def _generalized(arguments: Arguments) -> Said:
    return {"kind": "bucket", "size": arguments[1] if len(arguments) > 1 else 10}


def _generalized_date(arguments: Arguments) -> Said | None:
    to = str(arguments[1]) if len(arguments) > 1 else "decade"
    return {"kind": "truncate_date", "to": to} if to in _PARTS else None


def _between(arguments: Arguments) -> Said:
    low, high = arguments
    return {"kind": "number", "min": int(low), "max": int(high)}


def _shifted(arguments: Arguments) -> Said | None:
    """anon.dnoise(column, '2 weeks'): an interval of one unit."""
    units = {"day": 1, "week": 7, "mon": 30, "month": 30, "year": 365}
    match = re.fullmatch(r"\s*(\d+)\s*([a-z]+?)s?\s*", str(arguments[1]))
    return {"kind": "date_shift", "days": int(match[1]) * units[match[2]]} if match and match[2] in units else None


_BY_ARGUMENTS: Mapping[str, Callable[[Arguments], Said | None]] = {
    "partial": _partial,
    "noise": lambda arguments: {"kind": "noise", "percent": 100 * float(arguments[1])},
    "dnoise": _shifted,
    "random_string": lambda arguments: {"kind": "hash", "length": int(arguments[0])},
    "random_int_between": _between,
    "random_bigint_between": _between,
    "generalize_int4range": _generalized,
    "generalize_int8range": _generalized,
    "generalize_numrange": _generalized,
    "generalize_daterange": _generalized_date,
    "generalize_tsrange": _generalized_date,
    "generalize_tstzrange": _generalized_date,
}
