"""MySQL and MariaDB: what their types, defaults and expressions become."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devdb.dictionary.dialect import Becomes, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.model import RemoteColumn, RemoteTable
from devdb.dictionary.mysql_sql import translated
from devdb.dictionary.mysql_words import NotUnderstood, Word, words
from devdb.sqltext.quoting import NAME_BYTES, literal

# The wrapper ends a scan, silently, at a value longer than its buffer: this for bytea, 65,536 bytes for types but text.
MOST_BYTES = 8192
_MOST_CHARACTERS = 16383

_INTEGERS = {
    "tinyint": ("smallint", "smallint"),
    "smallint": ("smallint", "integer"),
    "mediumint": ("integer", "integer"),
    "int": ("integer", "bigint"),
    "integer": ("integer", "bigint"),
    "bigint": ("bigint", "numeric(20,0)"),
}
_TEXTS = frozenset({"tinytext", "text", "mediumtext", "longtext", "enum", "set"})
_LARGE = frozenset({"blob", "mediumblob", "longblob"})
_SHAPES = frozenset({
    "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
    "geometrycollection", "geomcollection",
})  # fmt: skip
_ASIS = {"uuid": "uuid", "inet4": "inet", "inet6": "inet", "float": "real", "double": "double precision"}
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision"})
_TIMES = frozenset({"date", "timestamp", "timestamp without time zone", "timestamp with time zone"})
_BOOLEANS = frozenset({"0", "1", "null", "true", "false"})
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# Values of keys are sent back as conditions, which these can be and intervals and bits cannot.
_KEYS = {
    "bit": Becomes("bytea", note="bits of a key are bytes here"),
    "time": Becomes("text", note="times of a key are texts here"),
}
# A day that there is none of: of the year 0, or with a month or a day 0.
_ZERO_DATE = re.compile(r"0000|....-00|.......-00")
_READ_ZERO_DATE = "NULLIF(pg_catalog.regexp_replace({}, '^(0000|....-00|.......-00).*$', ''), '')"


@dataclass(frozen=True)
class MySql:
    """See devdb.dictionary.dialect.Dialect; docs/mysql.md says why each type becomes what it does."""

    def becomes(self, column: RemoteColumn, reading: Reading) -> Becomes | LeftOut | Unsupported:
        kind, declared = column.type, column.declared or column.type
        if len(column.name.encode()) > NAME_BYTES:
            return LeftOut("mysql_fdw asks for columns by their names here, which cannot be as long")
        if kind in _INTEGERS:
            return _integer(column, declared)
        if kind == "decimal":
            return Becomes(f"numeric({column.precision or 10},{column.scale or 0})")
        if kind in _ASIS:
            return Becomes(_ASIS[kind])
        if kind in ("bit", "time") and _is_in_key(declared):
            return _KEYS[kind]
        if kind == "bit":
            return _bits(column.precision or 1)
        if kind in ("char", "varchar"):
            type_sql = f"character varying({max(column.length or 1, 1)})"
            return Becomes(type_sql, foreign_type="text" if (column.length or 0) > _MOST_CHARACTERS else None)
        if kind in _TEXTS:
            return Becomes("text")
        if kind == "json":
            return Becomes("jsonb", foreign_type="text", read="{}::pg_catalog.jsonb")
        if kind == "year":
            return Becomes("smallint")
        if kind == "time":
            return Becomes(f"interval({column.precision or 0})", foreign_type="text", read="{}::pg_catalog.interval")
        if kind in ("date", "datetime", "timestamp"):
            return _moment(column, reading, declared)
        if kind == "tinyblob" or (kind in ("binary", "varbinary") and (column.length or 0) <= MOST_BYTES):
            return Becomes("bytea")
        if kind in _LARGE or kind == "varbinary":
            return _large(column, reading)
        return Unsupported(f"{declared} has no like in PostgreSQL", as_text=_as_text(column))

    def table_options(self, table: RemoteTable, columns: Sequence[Fetched]) -> dict[str, str]:  # noqa: ARG002
        return {"dbname": table.schema, "table_name": table.name}

    def column_options(self, column: Fetched) -> dict[str, str]:  # noqa: ARG002
        return {}

    def default(self, column: RemoteColumn, type_sql: str) -> str | None:
        if column.default is None:
            return None
        base = re.sub(r"\s*\([^()]*\)", "", type_sql)
        try:
            found = words(column.default)
            if len(found) == 2 and found[0].kind in ("text", "number", "bits", "bytes"):
                return _value(found[0], base, type_sql)
            if len(found) == 3 and found[0] == Word("sign", "-") and found[1].kind == "number":
                return _value(Word("number", "-" + found[1].value), base, type_sql)
            said = translated(column.default)
        except NotUnderstood:
            return None
        return f"{said}::text" if said == "gen_random_uuid()" and base != "uuid" else said

    def expression(self, text: str) -> str | None:
        try:
            return translated(text)
        except NotUnderstood:
            return None


def _integer(column: RemoteColumn, declared: str) -> Becomes:
    if declared.startswith("tinyint(1)") and "unsigned" not in declared and _may_be_boolean(column, declared):
        # There may be other numbers in it than 0 and 1: read as boolean, each would end the run.
        return Becomes("boolean", foreign_type="smallint", read="{} <> 0")
    signed, unsigned = _INTEGERS[column.type]
    if "unsigned" not in declared and "zerofill" not in declared:
        return Becomes(signed)
    # The source counts up from 1: nobody comes to the second half of these numbers, nor does who refers to them.
    return Becomes("bigint" if column.type == "bigint" and "auto_increment" in declared else unsigned)


def _is_in_key(declared: str) -> bool:
    """Values of keys are compared as they come with those that are here: they must come as what they become."""
    return re.search(r"\b(?:auto_increment|primary key|unique|references)\b", declared) is not None


def _may_be_boolean(column: RemoteColumn, declared: str) -> bool:
    return not _is_in_key(declared) and (column.default or "0").strip("'").lower() in _BOOLEANS


def _bits(width: int) -> Becomes:
    if width == 1:
        return Becomes("boolean", foreign_type="bytea", read="pg_catalog.get_byte({}, 0) = 1")
    # Whole bytes come, with what they have too much at their beginning.
    digits = "(('x' || pg_catalog.encode({}, 'hex'))::pg_catalog.varbit)::pg_catalog.text"
    return Becomes(f"bit({width})", foreign_type="bytea", read=f"pg_catalog.right({digits}, {width})::bit({width})")


def _moment(column: RemoteColumn, reading: Reading, declared: str) -> Becomes:
    """A date, or a date and time: one with a time zone comes as of UTC, which the link makes its session's."""
    precision = column.precision or 0
    plain = "date" if column.type == "date" else f"timestamp({precision}) without time zone"
    type_sql = f"timestamp({precision}) with time zone" if column.type == "timestamp" else plain
    notes = ["the source sets it with each update"] if "on update" in declared.lower() else []
    foreign, read = plain, "{}"
    if reading.zero_dates == "replace" and not _is_in_key(declared):
        foreign, read = "text", f"{_READ_ZERO_DATE}::{plain}"
        if column.not_null:
            read = f"COALESCE({read}, '-infinity')"
        notes.append(f"zero dates become {'-infinity' if column.not_null else 'NULL'}")
    if type_sql != plain:
        read = f"({read}) AT TIME ZONE 'UTC'"
    return Becomes(
        type_sql,
        foreign_type=None if foreign == type_sql else foreign,
        read=None if read == "{}" else read,
        note="; ".join(notes) or None,
    )


def _large(column: RemoteColumn, reading: Reading) -> Becomes | LeftOut:
    if reading.lob_limit_bytes is None:
        return LeftOut("large objects are left out unless source.lobs says otherwise")
    # Not fetched at all: one value too long would end the scan, and its rows would be missing without a word.
    read, instead = ("'\\x'::pg_catalog.bytea", "empty") if column.not_null else ("NULL::pg_catalog.bytea", "NULL")
    note = f"the wrapper cannot fetch more than {MOST_BYTES:,} bytes of a value: all are {instead}"
    return Becomes("bytea", read=read, note=note)


def _as_text(column: RemoteColumn) -> Becomes:
    if column.type == "point":
        # Four bytes tell the coordinates' system; what follows is well-known binary, as PostGIS understands it.
        read = "pg_catalog.encode(pg_catalog.substr({}, 5), 'hex')"
        return Becomes("text", foreign_type="bytea", read=read, note="well-known binary, in hexadecimal")
    if column.type in _SHAPES or column.type == "vector":
        read, instead = ("''::pg_catalog.text", "empty") if column.not_null else ("NULL::pg_catalog.text", "NULL")
        return Becomes("text", read=read, note=f"the wrapper cannot fetch these safely: all are {instead}")
    return Becomes("text")


def _value(word: Word, base: str, type_sql: str) -> str | None:
    """SQL of a default that is one value; None if the column's type here has none such."""
    if base == "boolean":
        return {"0": "false", "1": "true"}.get(word.value if word.kind != "bytes" else "")
    if base == "bit":
        width = int((re.search(r"\(([0-9]+)\)", type_sql) or ["", "1"])[1])
        bits = word.value if word.kind == "bits" else f"{int(word.value):b}" if word.value.isdigit() else ""
        return f"B'{bits.zfill(width)}'" if bits and len(bits) <= width else None
    if base == "bytea":
        return _bytes(word)
    if word.kind in ("bits", "bytes"):
        return str(int(word.value or "0", 2 if word.kind == "bits" else 16)) if base in _NUMBERS else None
    if base in _NUMBERS:
        return word.value if _NUMBER.fullmatch(word.value) else None
    if base in _TIMES:
        if _ZERO_DATE.match(word.value) or word.kind != "text":
            return None
        return literal(word.value + ("+00" if base == "timestamp with time zone" else ""))
    return None if "\0" in word.value else literal(word.value)


def _bytes(word: Word) -> str | None:
    if word.kind == "bytes":
        return f"'\\x{word.value.lower()}'::pg_catalog.bytea" if len(word.value) % 2 == 0 else None
    # Where the dictionary shows a text, a question mark may stand for any byte that is none of UTF-8.
    if word.kind != "text" or "?" in word.value:
        return None
    return f"'\\x{word.value.encode().hex()}'::pg_catalog.bytea"


DIALECT = MySql()
