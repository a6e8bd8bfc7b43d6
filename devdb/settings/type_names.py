"""Name types as people do, varchar or character varying, and as PostgreSQL's format_type does."""

from __future__ import annotations

import re
from functools import lru_cache

from devdb.settings.patterns import PatternError, parts_of

_ALIASES = {
    "bool": "boolean",
    "char": "character",
    "bpchar": "character",
    "varchar": "character varying",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "decimal": "numeric",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "varbit": "bit varying",
}
_OTHERS = """
    "char" bit box bytea cidr circle date daterange datemultirange inet int4range int4multirange int8range
    int8multirange interval json jsonb jsonpath line lseg macaddr macaddr8 money name numrange nummultirange oid path
    pg_lsn point polygon text tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector uuid xml
"""
_BUILT_IN = frozenset(_ALIASES.values()) | frozenset(_OTHERS.split())
_CATALOG = "pg_catalog"
_TYPMOD = re.compile(r'\s*\([^()"]*\)')


@lru_cache(maxsize=4096)
def parse_type_name(text: str) -> tuple[str, str]:
    """Return schema and name of a type, an array's with [] at its end; without a schema it is PostgreSQL's own.

    A length in parentheses does not count. Raises PatternError.
    """
    bare = _TYPMOD.sub("", text) if '"' not in text else text
    element = re.sub(r"(?:\s*\[\d*\])+$", "", bare.strip())
    parts = parts_of(element)
    if not 1 <= len(parts) <= 2 or not all(part.exact for part in parts):
        raise PatternError(f"{text} is not a type's name: write inet, or public.email_address for one of your own")
    array = "[]" if element != bare.strip() else ""
    if len(parts) == 2:
        return parts[0].text, parts[1].text + array
    if element.startswith('"'):  # "char" is another type than char
        return _CATALOG, element + array
    name = " ".join(parts[0].text.lower().split())
    return _CATALOG, _ALIASES.get(name, name) + array


def is_built_in(text: str) -> bool:
    """Whether PostgreSQL has a type of this name without extensions."""
    schema, name = parse_type_name(text)
    return schema == _CATALOG and name.removesuffix("[]") in _BUILT_IN
