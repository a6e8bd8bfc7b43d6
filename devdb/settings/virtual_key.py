"""A key that the source's schema does not declare: which values of one table refer to which rows of another."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Name, Placed, Section, Sql
from devdb.settings.patterns import PatternError, parse_one_table


def _check_table(text: str) -> str:
    try:
        parse_one_table(text)
    except PatternError as exc:
        raise PydanticCustomError("pattern", "{reason}", {"reason": str(exc)}) from exc
    return text


TableName = Annotated[str, Strict(), AfterValidator(_check_table)]


class VirtualKey(Placed, Section):
    """Rows of `child` refer to rows of `parent` whose `parent_columns` equal `columns`.

    `child` and `parent` are written as in a pattern, without wildcards: schema.table. `columns` and `when` are SQL over
    the child's columns; `when` says which rows refer to anything, None all. One expression of an array type means that
    each element refers. `parent_columns` are names; None means the primary key.
    """

    child: TableName
    columns: Annotated[tuple[Sql, ...], Field(min_length=1)]
    parent: TableName
    parent_columns: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    when: Sql | None = None

    @property
    def child_name(self) -> tuple[str, str]:
        """Schema and table, as they are really called."""
        return parse_one_table(self.child)

    @property
    def parent_name(self) -> tuple[str, str]:
        """Schema and table, as they are really called."""
        return parse_one_table(self.parent)

    @model_validator(mode="after")
    def _combine(self) -> VirtualKey:
        names = self.parent_columns
        if names is None:
            return self
        if len(names) != len(self.columns):
            reason = f"columns has {len(self.columns)} and parent_columns {len(names)}: each refers to one"
            raise PydanticCustomError("virtual_key", "{reason}", {"reason": reason})
        if len(set(names)) != len(names):
            raise PydanticCustomError("virtual_key", "parent_columns names a column twice")
        return self
