"""A key that the source's schema does not declare: which values of one table refer to which rows of another."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Name, Placed, Section, Sql, parsed_by
from devdb.settings.patterns import parse_one_table

TableName = Annotated[str, Strict(), parsed_by(parse_one_table)]


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

    @property
    def plain(self) -> dict[str, Any]:
        """The value as a settings file holds it, for YAML or JSON."""
        return self.model_dump(mode="json", exclude_none=True)

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
