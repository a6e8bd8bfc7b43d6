"""Oracle's functions as PostgreSQL's: those that mean the same there, and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from devdb.dictionary.oracle_words import NotUnderstood

Sort = Literal["moment", "span", "other"]


@dataclass(frozen=True)
class Said:
    """SQL of PostgreSQL's, and the text of what is a literal. `sort` is known of dates and of intervals."""

    sql: str
    sort: Sort = "other"
    literal: str | None = None


Arguments = list[Said]

# By how many arguments they take.
_SAME = {
    "ABS": (1, 1), "CEIL": (1, 1), "EXP": (1, 1), "FLOOR": (1, 1), "INITCAP": (1, 1), "LENGTH": (1, 1), "LN": (1, 1),
    "LOWER": (1, 1), "LPAD": (2, 3), "LTRIM": (1, 2), "POWER": (2, 2), "ROUND": (1, 2), "RPAD": (2, 3),
    "RTRIM": (1, 2), "SIGN": (1, 1), "SQRT": (1, 1), "UPPER": (1, 1),
}  # fmt: skip
_RENAMED = {"INSTR": ("strpos", 2), "LENGTHB": ("octet_length", 1), "TRIM": ("btrim", 1)}
_DATE_PARTS = {
    "YYYY": "%Y", "RRRR": "%Y", "MON": "%b", "MM": "%m", "DD": "%d", "HH24": "%H", "MI": "%M", "SS": "%S",
}  # fmt: skip
_DATE_FORMAT = re.compile(f"({'|'.join(_DATE_PARTS)})|([^A-Z0-9%])")


def called(name: str, arguments: Arguments) -> Said:
    """The call of a function. Raises NotUnderstood."""
    made = _MADE.get(name)
    if made is not None:
        return made(arguments)
    fewest, most = _SAME.get(name, (1, 0))
    if fewest <= len(arguments) <= most:
        return _call(name.lower(), arguments)
    renamed, count = _RENAMED.get(name, ("", -1))
    if len(arguments) == count:
        return _call(renamed, arguments)
    raise NotUnderstood(name)


def joined(left: Said, right: Said) -> Said:
    """Texts put together, in Oracle's way: NULL adds nothing."""
    parts = [part.sql if part.literal else f"COALESCE({part.sql}, '')" for part in (left, right)]
    both = f"({parts[0]} || {parts[1]})"
    return Said(both if left.literal or right.literal else f"NULLIF({both}, '')")


def added(left: Said, sign: str, right: Said) -> Said:
    """A sum or a difference. A number added to a date counts days, and so would the difference of two."""
    if right.sort == "moment":
        raise NotUnderstood(sign)
    if left.sort == "moment":
        days = right.sql if right.sort == "span" else f"{right.sql} * INTERVAL '1 day'"
        return Said(f"({left.sql} {sign} {days})", "moment")
    return Said(f"({left.sql} {sign} {right.sql})", "span" if "span" in (left.sort, right.sort) else "other")


def _call(name: str, arguments: Arguments) -> Said:
    if any(argument.sort != "other" for argument in arguments):
        raise NotUnderstood(name)
    return Said(f"pg_catalog.{name}({', '.join(argument.sql for argument in arguments)})")


def _several(arguments: Arguments, *counts: int) -> Arguments:
    if len(arguments) not in counts:
        raise NotUnderstood(f"{len(arguments)} arguments")
    return arguments


def _written(form: str, count: int) -> Callable[[Arguments], Said]:
    """What a function of so many arguments becomes, by a format."""
    return lambda arguments: Said(form.format(*(argument.sql for argument in _several(arguments, count))))


def _nvl(arguments: Arguments) -> Said:
    value, otherwise = _several(arguments, 2)
    return Said(f"COALESCE({value.sql}, {otherwise.sql})", value.sort)


def _coalesce(arguments: Arguments) -> Said:
    return Said(f"COALESCE({', '.join(argument.sql for argument in arguments)})")


def _concat(arguments: Arguments) -> Said:
    left, right = _several(arguments, 2)
    return joined(left, right)


def _decode(arguments: Arguments) -> Said:
    of, *rest = arguments if len(arguments) > 2 else _several(arguments, 3)
    sql = "CASE"
    while len(rest) > 1:
        # NULL is equal to NULL here.
        same = f"{of.sql} = {rest[0].sql}" if rest[0].literal else f"{of.sql} IS NOT DISTINCT FROM {rest[0].sql}"
        sql += f" WHEN {same} THEN {rest[1].sql}"
        rest = rest[2:]
    return Said(sql + (f" ELSE {rest[0].sql}" if rest else "") + " END")


def _regexp_like(arguments: Arguments) -> Said:
    text, pattern, *said = _several(arguments, 2, 3)
    how = said[0].literal if said else "c"
    if not pattern.literal or how not in ("c", "i"):
        raise NotUnderstood("REGEXP_LIKE")
    return Said(f"({text.sql} {'~*' if how == 'i' else '~'} {pattern.sql})")


def _substr(arguments: Arguments) -> Said:
    text, start, *length = _several(arguments, 2, 3)
    # From the end, or from a place that is not known here: PostgreSQL counts otherwise.
    if start.literal is None or not start.literal.isdigit():
        raise NotUnderstood("SUBSTR")
    return _call("substr", [text, Said("1") if start.literal == "0" else start, *length])


def _mod(arguments: Arguments) -> Said:
    number, by = _several(arguments, 2)
    # By nothing, the number itself is Oracle's rest.
    if not (by.literal or "0").strip("0."):
        raise NotUnderstood("MOD")
    return _call("mod", [number, by])


def _replace(arguments: Arguments) -> Said:
    text, what, *by = _several(arguments, 2, 3)
    return _call("replace", [text, what, by[0] if by and by[0].sql != "NULL" else Said("''")])


def _moment(arguments: Arguments) -> Said:
    """A literal, by a format that names its parts in full."""
    text, form = (argument.literal for argument in _several(arguments, 2))
    parts = _DATE_FORMAT.findall((form or "").upper())
    if not text or "".join(part or mark for part, mark in parts) != (form or "").upper():
        raise NotUnderstood("TO_DATE")
    try:
        moment = datetime.strptime(text, "".join(_DATE_PARTS.get(part, mark) for part, mark in parts))
    except ValueError as exc:
        raise NotUnderstood(text) from exc
    return Said(f"TIMESTAMP '{moment.isoformat(' ')}'", "moment")


def _trunc(arguments: Arguments) -> Said:
    if len(arguments) == 1 and arguments[0].sort == "moment":
        return Said(f"pg_catalog.date_trunc('day', {arguments[0].sql})", "moment")
    return _call("trunc", _several(arguments, 1, 2))


def _add_months(arguments: Arguments) -> Said:
    moment, months = _several(arguments, 2)
    if moment.sort != "moment":
        raise NotUnderstood("ADD_MONTHS")
    return Said(f"({moment.sql} + {months.sql} * INTERVAL '1 month')", "moment")


def _sys_context(arguments: Arguments) -> Said:
    space, asked = _several(arguments, 2)
    if space.literal != "USERENV" or asked.literal not in ("SESSION_USER", "CURRENT_USER"):
        raise NotUnderstood("SYS_CONTEXT")
    return Said("CURRENT_USER")


_MADE: Mapping[str, Callable[[Arguments], Said]] = {
    "ADD_MONTHS": _add_months,
    "COALESCE": _coalesce,
    "CONCAT": _concat,
    "DECODE": _decode,
    "MOD": _mod,
    "NULLIF": _written("NULLIF({}, {})", 2),
    "NVL": _nvl,
    "NVL2": _written("CASE WHEN {} IS NOT NULL THEN {} ELSE {} END", 3),
    "REGEXP_LIKE": _regexp_like,
    "REPLACE": _replace,
    "SUBSTR": _substr,
    "SYS_CONTEXT": _sys_context,
    "TO_DATE": _moment,
    "TO_TIMESTAMP": _moment,
    "TRUNC": _trunc,
}
