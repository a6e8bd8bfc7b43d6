"""Oracle: what its types become, how its tables are read, and what it means by its SQL. Releases 11.2 to 23ai."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devdb.dictionary.dialect import Becomes, Fetched, LeftOut, Reading, Unsupported
from devdb.dictionary.model import RemoteColumn, RemoteTable
from devdb.dictionary.oracle_sql import Translation
from devdb.dictionary.oracle_words import NotUnderstood

# The rows that come in one go are held in memory, each column as large as it can be.
_BATCH_BYTES = 32 * 1024**2
_FEWEST_ROWS, _MOST_ROWS = 10, 1000
# What oracle_fdw fetches of a large object with its row, unless told otherwise.
_LOB_PREFETCH_BYTES = 1024**2
_LEAST_LONG_BYTES = 32767

# As DUMP shows the seven bytes of a DATE (century and year from 100 on, hour and more from 1 on): a day that there is,
# between 4712 BC and 9999. A TIMESTAMP's fraction follows. Within a month, 29 February is taken for any year's.
_YEARS = (
    "100,1(0[1-9]|[1-9][0-9])|1(0[1-9]|[1-9][0-9]),1[0-9][0-9]"
    "|100,[1-9][0-9]?|(5[4-9]|[6-9][0-9]),([1-9][0-9]?|100)|53,(8[89]|9[0-9]|100)"
)
_DAYS = "([13578]|10|12),([1-9]|[12][0-9]|3[01])|([469]|11),([1-9]|[12][0-9]|30)|2,([1-9]|[12][0-9])"
_TIME = "([1-9]|1[0-9]|2[0-4]),([1-9]|[1-5][0-9]|60),([1-9]|[1-5][0-9]|60)"
VALID_DATE = f": ({_YEARS}),({_DAYS}),{_TIME}(,|$)"


@dataclass(frozen=True)
class Sized(Becomes):
    """With what a row of it takes in oracle_fdw's memory, and with max_long where that must be given."""

    row_bytes: int = 0
    long_bytes: int | None = None


class Oracle:
    """What differs in Oracle."""

    def becomes(self, column: RemoteColumn, reading: Reading) -> Becomes | LeftOut | Unsupported:
        """What the column becomes, as a type that oracle_fdw reads Oracle's as."""
        made = _BECOMES.get(column.type)
        if made is not None:
            return made(column, reading)
        if "." in column.type or column.type == "anydata":
            name = _quoted(column.name)
            text = f"REFTOHEX({name})" if column.type.startswith("ref ") else f"XMLTYPE({name}).getClobVal()"
            return Unsupported(
                "a type of objects or collections", Becomes("text", f"CASE WHEN {name} IS NOT NULL THEN {text} END")
            )
        return Unsupported("a type that devdb does not know", Becomes("text", f"TO_CHAR({_quoted(column.name)})"))

    def table_options(self, table: RemoteTable, columns: Sequence[Fetched]) -> dict[str, str]:
        """A query of the columns by name: oracle_fdw tells a table's columns by their position alone.

        Conditions and orders are sent all the same, around the query, as far as oracle_fdw sends them. Those on a
        column that is fetched as an expression find no index at the source.
        """
        selected = ", ".join(_selected(column) for column in columns)
        query = f"(SELECT {selected} FROM {_quoted(table.schema)}.{_quoted(table.name)})"
        options = {"table": query, "readonly": "true", "prefetch": str(_batch(columns))}
        long = [one.becomes.long_bytes or 0 for one in columns if isinstance(one.becomes, Sized)]
        if any(long):
            options["max_long"] = str(max(long))
        return options

    def column_options(self, column: Fetched) -> dict[str, str]:
        """The options of the foreign table's column: a text may hold zero bytes there, and none here."""
        read_as = (column.becomes.foreign_type or column.becomes.type).split("(")[0]
        return {"strip_zeros": "true"} if read_as in ("text", "varchar", "char", "character varying") else {}

    def default(self, column: RemoteColumn, type_sql: str) -> str | None:
        """PostgreSQL's SQL of the default. The empty text is NULL, and so no default."""
        text = (column.default or "").strip()
        word = text.upper().replace(" ", "")
        base = type_sql.split("(")[0].strip()
        if word == "SYS_GUID()":
            return _GUIDS.get(base)
        if word in ("EMPTY_CLOB()", "EMPTY_BLOB()"):
            return {"text": "''", "bytea": "'\\x'"}.get(base)
        translation = _translated(text)
        if translation is None or translation[0] == "NULL" or translation[1]:
            return None
        # What day '01/02/03' is, the session's settings decide.
        is_dated = base.startswith(("timestamp", "date", "interval")) and text.startswith(("'", "q'", "Q'", "n'", "N'"))
        return None if is_dated else translation[0]

    def expression(self, text: str) -> str | None:
        """PostgreSQL's SQL of an expression or a condition, every column's name in quotes and in Oracle's case."""
        translation = _translated(text)
        return None if translation is None else translation[0]


_GUIDS = {
    "uuid": "pg_catalog.gen_random_uuid()",
    "bytea": "pg_catalog.uuid_send(pg_catalog.gen_random_uuid())",
    **dict.fromkeys(
        ("varchar", "text", "char"),
        "pg_catalog.upper(pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''))",
    ),
}


def _translated(text: str) -> tuple[str, list[str]] | None:
    """SQL of PostgreSQL's, and the columns in it."""
    try:
        translation = Translation(text)
        return translation.whole().sql, translation.columns
    except NotUnderstood:
        return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _selected(column: Fetched) -> str:
    name = _quoted(column.remote.name)
    return name if column.becomes.select is None else f"{column.becomes.select} AS {name}"


def _batch(columns: Sequence[Fetched]) -> int:
    """How many rows to fetch in one go."""
    width = sum(
        column.becomes.row_bytes if isinstance(column.becomes, Sized) else _row_bytes(column.remote)
        for column in columns
    )
    return max(_FEWEST_ROWS, min(_MOST_ROWS, _BATCH_BYTES // max(width, 1)))


def _row_bytes(column: RemoteColumn) -> int:
    """What oracle_fdw reserves for a value: four bytes a character, a number as text."""
    if column.length is not None:
        return 4 * column.length
    return 8 if column.type in ("clob", "nclob", "blob", "json") else 140


def _number(column: RemoteColumn, _reading: Reading) -> Becomes:
    precision, scale = column.precision, column.scale or 0
    if column.identity and (precision is None or precision > 18):
        return Becomes("bigint")
    if precision is None:
        return Becomes("numeric")
    if scale > 0:
        # 0.00123 has precision 3 and scale 5 there.
        return Becomes(f"numeric({max(precision, scale)},{scale})")
    # A negative scale means zeros in front of the point.
    digits = precision - scale
    whole = next((name for most, name in ((4, "smallint"), (9, "integer"), (18, "bigint")) if digits <= most), None)
    return Becomes(whole or f"numeric({digits})")


def _float(column: RemoteColumn, _reading: Reading) -> Becomes:
    # So many binary digits; up to 15 decimal ones survive in a double precision.
    return Becomes("double precision" if column.precision is not None and column.precision <= 49 else "numeric")


def _text(type_name: str) -> Callable[[RemoteColumn, Reading], Becomes]:
    def made(column: RemoteColumn, _reading: Reading) -> Becomes:
        return Becomes(f"{type_name}({column.length})" if column.length else "text")

    return made


def _moment(column: RemoteColumn, reading: Reading) -> Becomes:
    digits = 0 if column.type == "date" else min(6 if column.scale is None else column.scale, 6)
    lost = "Columns of moments whose digits after the sixth are lost" if (column.scale or 0) > 6 else None
    if reading.zero_dates == "refuse":
        return Becomes(f"timestamp({digits})", note=lost)
    name = _quoted(column.name)
    made = "TO_DATE" if column.type == "date" else "TO_TIMESTAMP"
    otherwise = f" ELSE {made}('0001-01-01', 'YYYY-MM-DD')" if column.not_null else ""
    select = f"CASE WHEN REGEXP_LIKE(DUMP({name}), '{VALID_DATE}') THEN {name}{otherwise} END"
    return Becomes(f"timestamp({digits})", select, note=lost)


def _zoned(column: RemoteColumn, _reading: Reading) -> Becomes:
    digits = min(6 if column.scale is None else column.scale, 6)
    lost = "Columns of moments whose digits after the sixth are lost" if (column.scale or 0) > 6 else None
    return Becomes(f"timestamp({digits}) with time zone", note=lost)


def _raw(column: RemoteColumn, _reading: Reading) -> Becomes:
    # A condition on a bytea is never sent, one on an uuid is.
    return Becomes("uuid" if column.length == 16 else "bytea")


def _large(made: Callable[[RemoteColumn, int], Becomes]) -> Callable[[RemoteColumn, Reading], Becomes | LeftOut]:
    def limited(column: RemoteColumn, reading: Reading) -> Becomes | LeftOut:
        if reading.lob_limit_bytes is None:
            return LeftOut("large objects: source.lobs takes them")
        return made(column, reading.lob_limit_bytes)

    return limited


_CUT = "Columns of large objects, of which those beyond source.lob_limit are cut"
_NOTHING = "Columns of large objects, of which those beyond source.lob_limit are left empty"
_REFUSED = "Columns of a type that cannot be cut: a value beyond source.lob_limit ends the run (ORA-01406)"


def _clob(column: RemoteColumn, limit: int) -> Becomes:
    name = _quoted(column.name)
    select = f"CASE WHEN LENGTH({name}) <= {limit} THEN {name} ELSE SUBSTR({name}, 1, {limit}) END"
    if column.type == "nclob":
        # oracle_fdw reads none: to the database's own characters, then.
        select = f"TO_CLOB({select})"
    return Sized("text", select, note=_CUT, row_bytes=min(limit, _LOB_PREFETCH_BYTES))


def _blob(column: RemoteColumn, limit: int) -> Becomes:
    name = _quoted(column.name)
    otherwise = " ELSE TO_BLOB(HEXTORAW('00'))" if column.not_null else ""
    select = f"CASE WHEN SYS.DBMS_LOB.GETLENGTH({name}) <= {limit} THEN {name}{otherwise} END"
    return Sized("bytea", select, note=_NOTHING, row_bytes=min(limit, _LOB_PREFETCH_BYTES))


def _xml(column: RemoteColumn, limit: int) -> Becomes:
    name = _quoted(column.name)
    otherwise = " ELSE XMLTYPE('<left-out/>')" if column.not_null else ""
    length = f"SYS.DBMS_LOB.GETLENGTH(XMLSERIALIZE(CONTENT {name} AS CLOB))"
    select = f"CASE WHEN {length} <= {limit} THEN {name}{otherwise} END"
    # Four bytes to a character.
    size = max(4 * limit, _LEAST_LONG_BYTES)
    return Sized("xml", select, note=_NOTHING, row_bytes=size, long_bytes=size)


def _long(type_name: str) -> Callable[[RemoteColumn, int], Becomes]:
    def made(_column: RemoteColumn, limit: int) -> Becomes:
        size = max(limit, _LEAST_LONG_BYTES)
        return Sized(type_name, note=_REFUSED, row_bytes=size, long_bytes=size)

    return made


def _geometry(column: RemoteColumn, _reading: Reading) -> Becomes:
    name = _quoted(column.name)
    least, most = "MDSYS.SDO_GEOM.SDO_MIN_MBR_ORDINATE", "MDSYS.SDO_GEOM.SDO_MAX_MBR_ORDINATE"
    corner = "'(' || TO_CHAR({0}({1}, 1), 'TM9') || ',' || TO_CHAR({0}({1}, 2), 'TM9') || ')'"
    box = f"{corner.format(most, name)} || ',' || {corner.format(least, name)}"
    select = f"CASE WHEN {least}({name}, 1) IS NOT NULL THEN {box} END"
    return Sized("text", select, note="Columns of geometries, of which the bounding box is taken", row_bytes=1024)


def _address(column: RemoteColumn, _reading: Reading) -> Becomes:
    select = f"CAST({_quoted(column.name)} AS VARCHAR2(4000))"
    return Sized("text", select, note="Columns of addresses of rows, which say nothing here", row_bytes=16000)


def _json(column: RemoteColumn, _reading: Reading) -> Becomes:
    select = f"JSON_SERIALIZE({_quoted(column.name)} RETURNING CLOB)"
    return Sized("json", select, row_bytes=64 * 1024)


def _boolean(column: RemoteColumn, _reading: Reading) -> Becomes:
    name = _quoted(column.name)
    return Becomes("boolean", f"CAST(CASE WHEN {name} THEN 1 WHEN NOT {name} THEN 0 END AS NUMBER(1))")


def _vector(column: RemoteColumn, _reading: Reading) -> Unsupported:
    select = f"FROM_VECTOR({_quoted(column.name)} RETURNING CLOB)"
    return Unsupported("a type of vectors", Becomes("text", select))


def _plain(type_sql: str) -> Callable[[RemoteColumn, Reading], Becomes]:
    return lambda _column, _reading: Becomes(type_sql)


_BECOMES: Mapping[str, Callable[[RemoteColumn, Reading], Becomes | LeftOut | Unsupported]] = {
    "number": _number,
    "float": _float,
    "binary_float": _plain("real"),
    "binary_double": _plain("double precision"),
    "varchar2": _text("varchar"),
    "varchar": _text("varchar"),
    "nvarchar2": _text("varchar"),
    "char": _text("char"),
    "nchar": _text("char"),
    "date": _moment,
    "timestamp": _moment,
    "timestamp with time zone": _zoned,
    "timestamp with local time zone": _zoned,
    "interval year to month": _plain("interval"),
    "interval day to second": _plain("interval"),
    "raw": _raw,
    "long": _large(_long("text")),
    "long raw": _large(_long("bytea")),
    "clob": _large(_clob),
    "nclob": _large(_clob),
    "blob": _large(_blob),
    "bfile": lambda _column, _reading: LeftOut("files beside the database"),
    "xmltype": _large(_xml),
    "json": _json,
    "boolean": _boolean,
    "rowid": _address,
    "urowid": _address,
    "sdo_geometry": _geometry,
    "vector": _vector,
}

DIALECT = Oracle()
