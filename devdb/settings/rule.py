"""Say which rows of one table are wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, Strict, model_validator
from pydantic_core import PydanticCustomError

Kind = Literal["all", "none", "limit", "percent", "where"]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be empty")
    return text


Text = Annotated[str, Strict(), AfterValidator(_not_blank)]


class Rule(BaseModel):
    """Which rows of a table are wanted; `kind` says which of the fields decides.

    `where` and `order_by` are SQL of the source, as the user wrote them; `where` narrows what `limit` and `percent`
    choose from. `all` has no field set, `none` is a limit of 0 rows. Rules are equal when they choose the same rows,
    wherever they are written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Text | None = None
    limit: Annotated[int, Strict(), Field(ge=0, lt=2**63)] | None = None
    order_by: Text | None = None
    percent: Annotated[float, Strict(), Field(gt=0, le=100, allow_inf_nan=False)] | None = None

    _path: Path | None = PrivateAttr(default=None)
    _line: int | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, value: Any, *, path: Path | None = None, line: int | None = None) -> Rule:
        """Return the rule that "all", "none" or a mapping writes. Raises pydantic's ValidationError."""
        return cls.model_validate(value).at(path, line)

    def at(self, path: Path | None, line: int | None) -> Rule:
        """Return this rule as one that stands on `line` of the file `path`."""
        rule = self.model_copy()
        rule._path, rule._line = path, line
        return rule

    @property
    def path(self) -> Path | None:
        """The settings file that holds the rule; None for a default or a program's own."""
        return self._path

    @property
    def line(self) -> int | None:
        """The line of the rule in `path`, from 1."""
        return self._line

    @property
    def kind(self) -> Kind:
        if self.limit is not None:
            return "limit" if self.limit else "none"
        if self.percent is not None:
            return "percent"
        return "all" if self.where is None else "where"

    def __str__(self) -> str:
        """Return the rule as one writes it in the settings."""
        if self.kind in ("all", "none"):
            return self.kind
        said = {name: value for name, value in self.model_dump().items() if value is not None}
        return "{" + ", ".join(f"{name}: {value}" for name, value in said.items()) + "}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash((self.where, self.limit, self.order_by, self.percent))

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, Rule):
            return value
        if value == "all":
            return {"limit": None}
        if value == "none":
            return {"limit": 0}
        if not isinstance(value, dict):
            raise PydanticCustomError("wrong_type", "all, none or a mapping with limit, percent or where")
        said = {key: item for key, item in value.items() if item is not None or key not in cls.model_fields}
        if not said:
            raise PydanticCustomError("rule", "says nothing: write all, none, or one of limit, percent, where")
        return said

    @model_validator(mode="after")
    def _combine(self) -> Rule:
        if self.limit is not None and self.percent is not None:
            raise PydanticCustomError("rule", "limit and percent exclude each other; where goes with either")
        if self.order_by is not None and self.limit is None:
            raise PydanticCustomError("rule", "order_by needs a limit: it says which rows come first")
        return self
