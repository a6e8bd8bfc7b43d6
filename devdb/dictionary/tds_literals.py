"""Names and values as T-SQL: in Python, and by expressions that PostgreSQL computes while it loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from devdb.dictionary.sql_types import parsed
from devdb.sqltext.quoting import literal as sql_literal


def bracketed(name: str) -> str:
    """A T-SQL identifier, exactly that name, whatever the session says of double quotes."""
    if not name or "\0" in name:
        raise ValueError("a name must not be empty, nor hold the character NUL")
    return "[" + name.replace("]", "]]") + "]"


def literal(text: str) -> str:
    """A T-SQL constant for `text`.

    What is ASCII goes without N, so that an index on a varchar column serves. A backslash at the end of a line would
    vanish together with the end of the line: the constant is parted between them.
    """
    if "\0" in text:
        raise ValueError("a value must not hold the character NUL")
    prefix = "" if text.isascii() else "N"
    quoted = text.replace("'", "''")
    for end in ("\r", "\n"):
        quoted = quoted.replace(f"\\{end}", f"\\' + {prefix}'{end}")
    return f"({prefix}'{quoted}')" if f"' + {prefix}'" in quoted else f"{prefix}'{quoted}'"


def _number(value: str) -> str:
    return f"NULLIF({value}::pg_catalog.text, 'NaN')"


def _float(value: str) -> str:
    text = f"{value}::pg_catalog.text"
    return f"CASE WHEN {text} ~ '^-?[0-9]' THEN {text} || CASE WHEN {text} ~ 'e' THEN '' ELSE 'e0' END END"


def _truth(value: str) -> str:
    return f"CASE WHEN {value} THEN '1' WHEN NOT {value} THEN '0' END"


def _quoted(value: str) -> str:
    return f"'''' || {value}::pg_catalog.text || ''''"


def _text(value: str) -> str:
    """As `literal` does it."""
    prefix = "CASE WHEN pg_catalog.octet_length(v) = pg_catalog.length(v) THEN '' ELSE 'N' END"
    parted = r"E'\\\\(?=[\r\n])', E'\\\\'' + ' || n || ''''"
    quoted = f"pg_catalog.regexp_replace(pg_catalog.replace(v, '''', ''''''), {parted}, 'g')"
    return (
        f"(SELECT '(' || n || '''' || {quoted} || ''')'"
        f" FROM (SELECT v, {prefix} AS n FROM (SELECT {value}::pg_catalog.text AS v) AS v) AS v)"
    )


def _bytes(value: str) -> str:
    return f"'0x' || pg_catalog.encode({value}, 'hex')"


def _day(value: str) -> str:
    """In the form that means the same day whatever the session's language is, for types old and new."""
    return _in_range(value, f"pg_catalog.to_char({value}, '''YYYYMMDD''')")


def _moment(value: str, zone: str = "") -> str:
    """With thousandths, of which the old types take no more, or with all six digits if there are so many."""
    digits = f"pg_catalog.to_char({value}, 'US')"
    return (
        f"pg_catalog.to_char({value}, '''YYYY-MM-DD\"T\"HH24:MI:SS.MS')"
        f" || CASE WHEN {digits} ~ '000$' THEN '' ELSE pg_catalog.right({digits}, 3) END || '{zone}'''"
    )


def _in_range(value: str, constant: str) -> str:
    return f"CASE WHEN {value} >= '0001-01-01' AND {value} < '10000-01-01' THEN {constant} END"


# By PostgreSQL's own names of types.
_CONSTANTS: Mapping[str, Callable[[str], str]] = {
    "bool": _truth,
    "bpchar": _text,
    "bytea": _bytes,
    "date": _day,
    "float4": _float,
    "float8": _float,
    "int2": _number,
    "int4": _number,
    "int8": _number,
    "numeric": _number,
    "text": _text,
    "time": _quoted,
    "timestamp": lambda value: _in_range(value, _moment(value)),
    "timestamptz": lambda value: _in_range(value, _moment(f"pg_catalog.timezone('UTC', {value})", "+00:00")),
    "uuid": _quoted,
    "varchar": _text,
}


def remote_literal(type_sql: str, value_sql: str) -> str | None:
    """PostgreSQL's SQL of a text: the T-SQL constant for the value of `value_sql`, of PostgreSQL's type `type_sql`.

    It is NULL for NULL, and for values that SQL Server's types do not have. A constant takes the type of the column
    that it is compared with. None for types whose values cannot be written that way.
    """
    type_ = parsed(type_sql)
    constant = None if type_.is_array else _CONSTANTS.get(type_.base)
    return None if constant is None else f"({constant(f'({value_sql})')})"


def remote_condition(column: str, list_sql: str) -> str:
    """PostgreSQL's SQL of a text: a condition in T-SQL that the column (as the source calls it) is one of a list.

    `list_sql` is SQL of that list as a text: T-SQL constants with commas between them, not none at all. SQL Server
    compares texts by its collations: it may find more than is asked for, never less.
    """
    return f"{sql_literal(bracketed(column) + ' IN (')} || ({list_sql}) || ')'"
