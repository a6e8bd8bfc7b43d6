"""The section `code_tables`: tables whose rows are kept in CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Name, Section, Text
from devdb.settings.patterns import parse_one_table
from devdb.settings.virtual_key import TableName


def _check_delimiter(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise PydanticCustomError("delimiter", "must be one character, and neither a quote nor the end of a line")
    return text


def _check_encoding(name: str) -> str:
    try:
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        raise PydanticCustomError("encoding", "{name} is no encoding that is known here", {"name": name}) from None
    return name


def _check_names(tables: Mapping[str, CodeTable]) -> Mapping[str, CodeTable]:
    names = [parse_one_table(text) for text in tables]
    doubled = next((text for text, name in zip(tables, names, strict=True) if names.count(name) > 1), None)
    if doubled is not None:
        raise PydanticCustomError("code_tables", "{table} is named twice", {"table": doubled})
    return tables


class CodeTable(Section):
    """The CSV file that holds the rows of one table, and how it is written.

    `null` is what stands for NULL where it is not in quotes. `key` are the columns that tell rows apart, None means the
    primary key.
    """

    file: Text
    delimiter: Annotated[str, Strict(), AfterValidator(_check_delimiter)] = ","
    encoding: Annotated[str, Strict(), AfterValidator(_check_encoding)] = "utf-8"
    null: Annotated[str, Strict()] = ""
    key: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return {"file": value} if isinstance(value, str) else value


CodeTables = Annotated[Mapping[TableName, CodeTable], AfterValidator(_check_names)]
