"""Queries of T-SQL of the shapes that devdb sends, over tables whose rows Python holds.

Values are compared as SQL Server does where nobody chose a collation: letters' case does not count, nor do blanks at
the end. So more rows may come than were asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlserver import Answer
from sqlserver_schema import Column, Table

Row = Mapping[str, Any]
Made = tuple[str, Callable[[Row], Any]]
"""An expression: what type its values have on the wire, and the value of a row."""

# SQL Server takes more; how many more depends on what else it does.
MOST_CONSTANTS = 1000


class Refused(Exception):
    """What the server says to a batch that it cannot run."""


_NUMBERS = frozenset({"int", "bigint", "smallint", "tinyint", "bit", "decimal", "money", "float"})
_TOKENS = re.compile(
    r"""\s*(?:
    (?P<name>\[(?:[^]]|\]\])+\])
  | (?P<text>N?'(?:[^']|'')*')
  | (?P<bytes>0x[0-9A-Fa-f]*)
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z]+)
  | (?P<sign><=|[(),.+*%<])
    )""",
    re.VERBOSE,
)


class Query:
    """A query of the one shape: SELECT [TOP (n)] … FROM [schema].[table] [WHERE …] [ORDER BY …]"""

    def __init__(self, batch: str, tables: Mapping[str, Table]) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        self._tables = tables
        end = 0
        for found in _TOKENS.finditer(batch):
            if found.start() != end:
                break
            end = found.end()
            assert found.lastgroup is not None
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
        if batch[end:].strip():
            raise Refused(f"Incorrect syntax near '{batch[end:][:20]}'.")

    def answer(self) -> Answer:
        self._expect("SELECT")
        top = None
        if self._take("TOP"):
            self._expect("(")
            top = int(self._next()[1])
            self._expect(")")
        # Which columns there are is known when the table is.
        start, depth = self._at, 0
        while depth or self._peek() != ("word", "FROM"):
            depth += {"(": 1, ")": -1}.get(self._next()[1], 0)
        self._next()
        schema, _, name = self._next()[1], self._expect("."), self._next()[1]
        table = self._tables.get(f"{schema}.{name}")
        if table is None:
            raise Refused(f"Invalid object name '{schema}.{name}'.")
        after, self._at = self._at, start
        made = self._listed(table)
        self._expect("FROM")
        self._at = after
        rows: Sequence[Row] = table.rows
        if self._take("WHERE"):
            rows = self._chosen(table, rows)
            while self._take("AND"):
                rows = self._chosen(table, rows)
        if self._take("ORDER"):
            self._expect("BY")
            rows = self._ordered(table, rows)
        if self._at != len(self._tokens):
            raise Refused(f"Incorrect syntax near '{self._peek()[1]}'.")
        raw = [type_ for type_, _ in made if type_.startswith("raw")]
        if raw:
            raise Refused(f"{raw[0]}, which the wrapper reads wrongly")
        columns = [(f"c{number}", type_) for number, (type_, _) in enumerate(made)]
        return Answer(columns, [[value(row) for _, value in made] for row in rows[:top]])

    def _listed(self, table: Table) -> list[Made]:
        made = [self._expression(table)]
        while self._take(","):
            made.append(self._expression(table))
        return made

    def _chosen(self, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
        if self._peek()[0] != "name":
            _, value = self._expression(table)
            self._expect("<")
            _, most = self._expression(table)
            return [row for row in rows if value(row) < most(row)]
        column = self._column(table)
        self._expect("IN")
        self._expect("(")
        wanted = {self._constant(column)}
        count = 1
        while self._take(","):
            wanted.add(self._constant(column))
            count += 1
        self._expect(")")
        if count > MOST_CONSTANTS:
            raise Refused(f"a list of {count} constants")
        wanted.discard(None)
        return [row for row in rows if (value := row[column.name]) is not None and compared(column, value) in wanted]

    def _ordered(self, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
        terms: dict[tuple[Any, ...], tuple[Callable[[Row], Any], bool]] = {}
        while True:
            start = self._at
            by = self._column(table) if self._peek()[0] == "name" else None
            value = _placed(by) if by is not None else self._expression(table)[1]
            term = tuple(self._tokens[start : self._at])
            if term in terms:
                raise Refused("A column has been specified more than once in the order by list.")
            terms[term] = value, self._take("DESC")
            if not self._take(","):
                break
        for value, is_descending in reversed(terms.values()):
            rows = sorted(rows, key=value, reverse=is_descending)
        return rows

    def _constant(self, column: Column) -> Any:
        """The constant as what the column's values are compared as; None is NULL."""
        if self._take("NULL"):
            return None
        if self._take("("):
            said = self._text()
            while self._take("+"):
                said += self._text()
            self._expect(")")
            return _of_constant(column, said)
        kind, text = self._peek()
        if kind == "text":
            return _of_constant(column, self._text())
        self._next()
        if kind == "bytes" and column.base in ("varbinary", "binary"):
            return bytes.fromhex(text[2:])
        if kind == "number" and column.base in _NUMBERS:
            return float(text) if column.base == "float" else Decimal(text)
        raise Refused(f"Operand type clash: {kind} is incompatible with {column.base}")

    def _text(self) -> str:
        kind, text = self._next()
        if kind != "text":
            raise Refused(f"Incorrect syntax near '{text}'.")
        said = re.sub(r"\\\r?\n", "", text[text.index("'") + 1 : -1].replace("''", "'"))
        return said if text.startswith("N") else said.encode("cp1252", "replace").decode("cp1252")

    def _expression(self, table: Table) -> Made:
        made = self._product(table)
        while self._take("+"):
            made = "bigint", _computed(lambda one, other: one + other, made[1], self._product(table)[1])
        return made

    def _product(self, table: Table) -> Made:
        made = self._value(table)
        while True:
            if self._take("*"):
                made = "bigint", _computed(lambda one, other: one * other, made[1], self._value(table)[1])
            elif self._take("%"):
                made = "bigint", _computed(_remainder, made[1], self._value(table)[1])
            else:
                return made

    def _value(self, table: Table) -> Made:
        made = self._primary(table)
        while self._take("."):
            self._expect("ToString")
            self._expect("(")
            self._expect(")")
            made = ("nvarchar(4000)", made[1])
        return made

    def _primary(self, table: Table) -> Made:
        kind, text = self._peek()
        if kind == "name":
            column = self._column(table)
            return column.wire, lambda row: row[column.name]
        self._next()
        if text == "CASE":
            return self._case(table)
        if kind == "number":
            return "bigint", lambda _row: int(text)
        if text == "(":
            made = self._expression(table)
            self._expect(")")
            return made
        self._expect("(")
        if text == "CONVERT":
            made = self._converted(table)
        elif text in ("LEFT", "RIGHT"):
            (type_, value), _, count = self._expression(table), self._expect(","), int(self._next()[1])
            part = slice(None, count) if text == "LEFT" else slice(-count, None)
            made = type_, lambda row: None if (whole := value(row)) is None else whole[part]
        elif text == "SUBSTRING":
            (type_, value), _, first = self._expression(table), self._expect(","), int(self._next()[1])
            self._expect(",")
            last = first - 1 + int(self._next()[1])
            made = type_, lambda row: None if (whole := value(row)) is None else whole[first - 1 : last]
        elif text == "CAST":
            column = self._column(table)
            self._expect("AS")
            made = self._next()[1], lambda row: row[column.name]
        elif text == "CONCAT":
            parts = [self._expression(table)[1]]
            while self._take(","):
                parts.append(self._expression(table)[1])
            made = "nvarchar(4000)", lambda row: "".join(part(row) or "" for part in parts)
        else:
            raise Refused(f"'{text}' is not a recognized built-in function name.")
        self._expect(")")
        return made

    def _case(self, table: Table) -> Made:
        self._expect("WHEN")
        column = self._column(table)
        self._expect("IS")
        is_not = self._take("NOT")
        self._expect("NULL")
        self._expect("THEN")
        type_, value = self._expression(table)
        otherwise = self._expression(table)[1] if self._take("ELSE") else lambda _row: None
        self._expect("END")
        return type_, lambda row: value(row) if (row[column.name] is None) != is_not else otherwise(row)

    def _converted(self, table: Table) -> Made:
        type_ = self._next()[1]
        if self._take("("):
            sizes = [self._next()[1]]
            while self._take(","):
                sizes.append(self._next()[1])
            self._expect(")")
            type_ += f"({','.join(sizes)})"
        self._expect(",")
        column = self._column(table)
        style = int(self._next()[1]) if self._take(",") else None
        return type_, lambda row: None if (value := row[column.name]) is None else _as(type_, column, value, style)

    def _column(self, table: Table) -> Column:
        kind, text = self._next()
        name = text[1:-1].replace("]]", "]")
        if kind != "name" or name not in table.column:
            raise Refused(f"Invalid column name '{text}'.")
        return table.column[name]

    def _peek(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise Refused("Incorrect syntax near the end.")
        return self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        found = self._peek()
        self._at += 1
        return found

    def _take(self, text: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][0] != "text" and self._peek()[1] == text:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> str:
        if not self._take(text):
            raise Refused(f"Incorrect syntax near '{self._peek()[1]}', expected '{text}'.")
        return text


def _computed(
    how: Callable[[int, int], int], one: Callable[[Row], Any], other: Callable[[Row], Any]
) -> Callable[[Row], Any]:
    return lambda row: how(one(row), other(row))


def _remainder(one: int, other: int) -> int:
    """It has the sign of what is divided."""
    return one % other if one >= 0 else -(-one % other)


def _placed(column: Column) -> Callable[[Row], Any]:
    """Where a row comes by a column: NULL first, and a uniqueidentifier by its end."""

    def place(row: Row) -> Any:
        value = row[column.name]
        if value is None:
            return (0,)
        if isinstance(value, UUID):
            octets = value.bytes_le
            return 1, octets[10:], octets[8:10], octets[6:8], octets[4:6], octets[:4]
        return 1, compared(column, value)

    return place


def _as(type_: str, column: Column, value: Any, style: int | None) -> Any:
    base, sizes = re.match(r"(\w+)(?:\((.*)\))?", type_).groups()  # type: ignore[union-attr]
    is_time = column.base in ("date", "time", "datetime", "datetime2", "datetimeoffset", "smalldatetime")
    wanted = {"date": 23, "smalldatetime": 120}.get(column.base, 121) if is_time else None
    if style != wanted:
        raise Refused(f"CONVERT of {column.base} in the style {style}")
    if base == "nvarchar":
        text = str(value).upper() if isinstance(value, UUID) else str(value)
        return text if sizes == "max" else text[: int(sizes)]
    if base in ("decimal", "varbinary") or (base == "bigint" and value == int(value)):
        return value
    raise Refused(f"CONVERT to {type_}")


def compared(column: Column, value: Any) -> Any:
    """The value as what equal ones share."""
    if isinstance(value, str):
        return _moment(column, value) if column.base in _MOMENTS else value.casefold().rstrip(" ")
    return Decimal(int(value)) if isinstance(value, bool) else value


_MOMENTS = ("date", "time", "datetime", "datetime2", "datetimeoffset")
_FIRST = datetime(1900, 1, 1)


def _of_constant(column: Column, said: str) -> Any:
    if column.base == "uniqueidentifier":
        if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", said):
            raise Refused("Conversion failed when converting from a character string to uniqueidentifier.")
        return UUID(said)
    if column.base in _MOMENTS:
        if column.base == "datetime" and len(said.partition(".")[2]) > 3:
            raise Refused("Conversion failed when converting date and/or time from character string.")
        return _moment(column, said)
    if column.base in ("nvarchar", "varchar", "nchar", "char"):
        return said.casefold().rstrip(" ")
    raise Refused(f"Operand type clash: varchar is incompatible with {column.base}")


def _moment(column: Column, said: str) -> tuple[timedelta, Decimal]:
    """What a date or time means: whole seconds since a moment, and what is left of one, in the column's digits."""
    found = re.fullmatch(
        r"(?:(\d{4})-?(\d\d)-?(\d\d))?[T ]?(?:(\d\d):(\d\d):(\d\d))?(\.\d+)? ?(?:([+-])(\d\d):(\d\d))?", said
    )
    if found is None or not said:
        raise Refused("Conversion failed when converting date and/or time from character string.")
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = found.groups()
    date = datetime(int(year), int(month), int(day)) if year else _FIRST
    whole = date - _FIRST + timedelta(hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0))
    if sign:
        away = timedelta(hours=int(hours), minutes=int(minutes))
        whole += -away if sign == "+" else away
    digits = column.told[2]
    return whole, round(Decimal(fraction or 0), digits)
