"""SQL Server: what its types become, how its tables are read, and what it means by its SQL. Releases 2016 and later."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from devdb.dictionary.dialect import Becomes, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.model import RemoteColumn, RemoteTable
from devdb.dictionary.tds_literals import bracketed, literal, remote_condition, remote_literal
from devdb.dictionary.tsql import NotKnown, Token, tokens, translated, unwrapped
from devdb.sqltext.quoting import literal as sql_literal

__all__ = ["DIALECT", "SqlServer", "bracketed", "literal", "remote_condition", "remote_literal"]

Made = Becomes | LeftOut | Unsupported

_MICROSECONDS = 6
_MAX = -1
# nvarchar holds no more of them, unless it is nvarchar(max).
_MOST_CHARACTERS = 4000
_LEFT_OUT = LeftOut("large objects: source.lobs takes them")
_CUT = "Columns of large objects, of which those beyond source.lob_limit are cut"
_NOTHING = "Columns of large objects, of which those beyond source.lob_limit are left empty"


class SqlServer:
    """What differs in SQL Server."""

    def becomes(self, column: RemoteColumn, reading: Reading) -> Made:
        """What the column becomes. Dates and texts are converted at the source: the wrapper writes dates as people do,
        and texts without the size of text as bytes up to the first NUL, which PostgreSQL cannot store."""
        made = _BECOMES.get(column.type)
        if made is not None:
            return made(column, reading)
        return Unsupported("a type that devdb does not know", _as_text(column, "CONVERT(nvarchar(4000), {})"))

    def table_options(self, table: RemoteTable, columns: Sequence[Fetched]) -> dict[str, str]:
        """A query: of a plain table, the wrapper sends conditions with NULL in place of parameters.

        Conditions, order and DISTINCT over the foreign table are neither sent nor heeded: they belong around a
        subquery with OFFSET 0, or into the query.
        """
        selected = ", ".join(one.becomes.select or bracketed(one.remote.name) for one in columns)
        query = f"SELECT {selected} FROM {bracketed(table.schema)}.{bracketed(table.name)}"
        return {"query": query, "match_column_names": "0"}

    def column_options(self, column: Fetched) -> dict[str, str]:  # noqa: ARG002
        return {}

    def default(self, column: RemoteColumn, type_sql: str) -> str | None:
        """PostgreSQL's SQL of the default."""
        base = type_sql.split("(")[0].strip()
        try:
            said = unwrapped(tokens(column.default or ""))
        except NotKnown:
            return None
        constant = _constant(said)
        if constant is None:
            return translated(column.default or "")
        return None if constant.text.upper() == "NULL" else _constant_of(constant, base)

    def expression(self, text: str) -> str | None:
        """PostgreSQL's SQL of a computed column or of a CHECK's condition."""
        return translated(text)


def _constant(said: Sequence[Token]) -> Token | None:
    """The text, number or NULL that a default is, with its sign; SQL Server puts parentheses around numbers twice."""
    sign = ""
    while len(said) > 1 and said[0] in (Token("sign", "-"), Token("sign", "+")):
        sign += said[0].text.strip("+")
        said = unwrapped(said[1:])
    if len(said) != 1 or (sign and said[0].kind != "number") or len(sign) > 1:
        return None
    if said[0].kind == "word" and said[0].text.upper() != "NULL":
        return None
    return Token(said[0].kind, sign + said[0].text) if said[0].kind in ("text", "number", "word") else None


def _constant_of(constant: Token, base: str) -> str | None:
    """The constant as one of this type: SQL Server converts defaults from any type to the column's."""
    text = constant.text.strip()
    if base == "boolean":
        # Every number but 0 is true, and so is the text.
        is_false = text.lower() == "false" or re.fullmatch(r"[-+]?0*\.?0*", text)
        is_true = text.lower() == "true" or re.fullmatch(r"[-+]?[\d.]+", text)
        return "false" if is_false else "true" if is_true else None
    if base.startswith(("date", "timestamp")):
        # An empty text and 0 are the day that SQL Server counts from. What day '01/02/03' is, its language decides.
        if re.fullmatch(r"0*\.?0*", text):
            return "'1900-01-01'"
        is_said = constant.kind == "text" and re.match(r"\d{8}(?!\d)|\d{4}-\d\d-\d\d", text)
        return sql_literal(text) if is_said else None
    if base in ("smallint", "integer", "bigint", "numeric", "real", "double precision"):
        return text if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text) else None if text else "0"
    if base == "uuid":
        return sql_literal(text.strip("{}"))
    if base == "bytea":
        return None
    return sql_literal(constant.text)


def _plain(type_: str) -> Callable[[RemoteColumn, Reading], Made]:
    """A type that the wrapper reads as it is."""
    return lambda _column, _reading: Becomes(type_)


def _converted(type_: str, select: str) -> Callable[[RemoteColumn, Reading], Made]:
    """A type of which T-SQL makes what the wrapper reads; {} is the column."""
    return lambda column, _reading: Becomes(type_, select.format(bracketed(column.name)))


def _unsupported(reason: str, select: str) -> Callable[[RemoteColumn, Reading], Made]:
    return lambda column, _reading: Unsupported(reason, _as_text(column, select))


def _as_text(column: RemoteColumn, select: str) -> Becomes:
    return Becomes("text", select.format(bracketed(column.name)), foreign_type="character varying")


def _number(column: RemoteColumn, _reading: Reading) -> Made:
    if column.identity and not column.scale:
        # PostgreSQL numbers rows by whole numbers alone.
        return Becomes("bigint", f"CONVERT(bigint, {bracketed(column.name)})")
    sizes = "" if column.precision is None else f"({column.precision}, {column.scale or 0})"
    return Becomes(f"numeric{sizes}")


def _float(column: RemoteColumn, _reading: Reading) -> Made:
    return Becomes("real" if column.precision is not None and column.precision <= 24 else "double precision")


def _time(column: RemoteColumn, _reading: Reading) -> Made:
    digits = _digits(column)
    return Becomes(f"time({digits})", f"LEFT(CONVERT(nvarchar(16), {bracketed(column.name)}, 121), {9 + digits})")


def _moment(column: RemoteColumn, _reading: Reading) -> Made:
    """Cut to microseconds, not rounded: the last moment of 9999 must not become the first of 10000."""
    digits = _digits(column)
    select = f"LEFT(CONVERT(nvarchar(27), {bracketed(column.name)}, 121), {20 + digits})"
    return Becomes(f"timestamp({digits})", select)


def _moment_with_zone(column: RemoteColumn, _reading: Reading) -> Made:
    name, digits = bracketed(column.name), _digits(column)
    whole = f"CONVERT(nvarchar(34), {name}, 121)"
    select = f"CASE WHEN {name} IS NOT NULL THEN CONCAT(LEFT({whole}, {20 + digits}), RIGHT({whole}, 6)) END"
    return Becomes(f"timestamp({digits}) with time zone", select)


def _digits(column: RemoteColumn) -> int:
    return _MICROSECONDS if column.scale is None else min(column.scale, _MICROSECONDS)


def _text(type_: str) -> Callable[[RemoteColumn, Reading], Made]:
    def made(column: RemoteColumn, reading: Reading) -> Made:
        if column.length == _MAX:
            return _large_text(column, reading)
        size = "" if column.length is None else f"({column.length})"
        fits = column.length is not None and column.length <= _MOST_CHARACTERS
        return Becomes(
            f"{type_}{size}", f"CONVERT(nvarchar({column.length if fits else 'max'}), {bracketed(column.name)})"
        )

    return made


def _bytes(column: RemoteColumn, reading: Reading) -> Made:
    return _large_bytes(column, reading) if column.length == _MAX else Becomes("bytea")


def _large_text(column: RemoteColumn, reading: Reading) -> Made:
    if reading.lob_limit_bytes is None:
        return _LEFT_OUT
    select = f"LEFT(CONVERT(nvarchar(max), {bracketed(column.name)}), {reading.lob_limit_bytes})"
    return Becomes("text", select, foreign_type="character varying", note=_CUT)


def _large_bytes(column: RemoteColumn, reading: Reading) -> Made:
    if reading.lob_limit_bytes is None:
        return _LEFT_OUT
    select = f"SUBSTRING(CONVERT(varbinary(max), {bracketed(column.name)}), 1, {reading.lob_limit_bytes})"
    return Becomes("bytea", select, note=_CUT)


def _large_document(type_: str) -> Callable[[RemoteColumn, Reading], Made]:
    """A type of which a part is none: too large a value is left empty."""

    def made(column: RemoteColumn, reading: Reading) -> Made:
        if reading.lob_limit_bytes is None:
            return _LEFT_OUT
        name = bracketed(column.name)
        select = f"CASE WHEN DATALENGTH({name}) <= {reading.lob_limit_bytes} THEN CONVERT(nvarchar(max), {name}) END"
        return Becomes(type_, select, note=_NOTHING)

    return made


_SHAPE = "{}.STAsText()"
_BECOMES: dict[str, Callable[[RemoteColumn, Reading], Made]] = {
    "bigint": _plain("bigint"),
    "binary": _bytes,
    "bit": _plain("boolean"),
    "char": _text("character"),
    "clr": _unsupported("a type of .NET", "{}.ToString()"),
    "date": _converted("date", "CONVERT(nvarchar(10), {}, 23)"),
    "datetime": _converted("timestamp(3)", "CONVERT(nvarchar(23), {}, 121)"),
    "datetime2": _moment,
    "datetimeoffset": _moment_with_zone,
    "decimal": _number,
    "float": _float,
    "geography": _unsupported("a shape", _SHAPE),
    "geometry": _unsupported("a shape", _SHAPE),
    "hierarchyid": lambda column, _reading: _as_text(column, "{}.ToString()"),
    "image": _large_bytes,
    "int": _plain("integer"),
    "json": _large_document("json"),
    "money": _converted("numeric(19, 4)", "CONVERT(decimal(19, 4), {})"),
    "nchar": _text("character"),
    "ntext": _large_text,
    "numeric": _number,
    "nvarchar": _text("character varying"),
    "real": _plain("real"),
    "rowversion": _converted("bytea", "CONVERT(varbinary(8), {})"),
    "smalldatetime": _converted("timestamp(0)", "CONVERT(nvarchar(19), {}, 120)"),
    "smallint": _plain("smallint"),
    "smallmoney": _converted("numeric(10, 4)", "CONVERT(decimal(10, 4), {})"),
    "sql_variant": _unsupported("a value of any type", "CONVERT(nvarchar(4000), {})"),
    "text": _large_text,
    "time": _time,
    "timestamp": _converted("bytea", "CONVERT(varbinary(8), {})"),
    "tinyint": _plain("smallint"),
    "uniqueidentifier": _converted("uuid", "CONVERT(nvarchar(36), {})"),
    "varbinary": _bytes,
    "varchar": _text("character varying"),
    "vector": _unsupported("a vector", "CONVERT(nvarchar(max), {})"),
    "xml": _large_document("xml"),
}

DIALECT = SqlServer()
