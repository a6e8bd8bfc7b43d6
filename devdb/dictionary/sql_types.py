"""PostgreSQL's types by their spelling: which there are keys of, and which of several holds the values of all."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

# Types without an operator class for B-trees: nothing of them can be a key.
_UNORDERED = frozenset(
    {"json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "xid", "jsonpath", "aclitem"}
)
_ORDERED = frozenset({
    "bool", "int2", "int4", "int8", "numeric", "float4", "float8", "money", "text", "varchar", "bpchar", "char", "name",
    "bytea", "uuid", "bit", "varbit", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "jsonb", "inet",
    "cidr", "macaddr", "macaddr8", "oid",
})  # fmt: skip
# Within a family each type holds the values of those before it, as far as keys go.
_FAMILIES = (
    ("bool", "int2", "int4", "int8", "float4", "float8", "numeric"),
    ("date", "timestamp"),
    ("uuid", "bytea"),
    ("bpchar", "varchar", "text"),
)
_SPELLED = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float8": "double precision",
    "timestamp": "timestamp without time zone",
    "varchar": "character varying",
}
_INTEGERS = frozenset({"int2", "int4", "int8"})
_ALIASES = {"character": "bpchar", "decimal": "numeric"}


@dataclass(frozen=True)
class SqlType:
    """A type. `base` is PostgreSQL's own name of it (int8, bpchar), `sizes` what stands in parentheses."""

    base: str
    sizes: str = ""
    is_array: bool = False

    @property
    def family(self) -> str:
        """Types of one family can stand in one key, once they are made the same."""
        if not self.is_array:
            for family in _FAMILIES:
                if self.base in family:
                    return family[0]
        return f"{self.base}[]" if self.is_array else self.base

    @property
    def is_integer(self) -> bool:
        return self.base in _INTEGERS and not self.is_array

    @property
    def is_number(self) -> bool:
        return self.base in _FAMILIES[0][1:] and not self.is_array

    @property
    def can_be_key(self) -> bool | None:
        """None if that is not known here."""
        if self.base in _UNORDERED:
            return False
        return True if self.base in _ORDERED else None


@lru_cache(maxsize=1024)
def parsed(spelling: str) -> SqlType:
    """The type that this SQL names; of no family if it is not SQL of a type."""
    from pglast import parser

    try:
        tree = json.loads(parser.parse_sql_json(f"SELECT NULL::{spelling}"))
        cast = tree["stmts"][0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]["TypeCast"]["typeName"]
    except (parser.ParseError, KeyError):
        return SqlType(spelling)
    names = [part["String"]["sval"] for part in cast["names"]]
    base = names[-1] if len(names) == 1 or names[0] == "pg_catalog" else ".".join(names)
    sizes = re.search(r"\(([^()]*)\)", spelling)
    return SqlType(_ALIASES.get(base, base), sizes[1].strip() if sizes else "", "arrayBounds" in cast)


def widest(types: Collection[SqlType], *, counted: bool = False) -> str | None:
    """The name of the type that all these, of one family, are to have; None if they may stay as they are.

    Values that are `counted`, one after the other, need no more than the widest integer among the types.
    """
    bases = {one.base for one in types}
    if len(bases) == 1 or bases == {"varchar", "text"}:
        return None
    if counted and bases & _INTEGERS:
        bases &= _INTEGERS
    if "bpchar" in bases:
        # Blanks at its end are no part of a char's value, and there are none behind other texts.
        return "varchar"
    if bases & {"float4", "float8"} and not bases <= {"float4", "float8"}:
        return "numeric"
    (family,) = {one.family for one in types}
    return max(bases, key=next(names for names in _FAMILIES if names[0] == family).index)


def becoming(one: SqlType, base: str) -> str:
    """SQL of what a column of this type becomes when its key's type is to be `base`."""
    if base != "varchar":
        return _SPELLED.get(base, base)
    return f"{_SPELLED[base]}({one.sizes or 1})" if one.base == "bpchar" else _SPELLED[base]
