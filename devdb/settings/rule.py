"""Say which rows of one table are wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Placed, Sql

Kind = Literal["all", "none", "empty", "limit", "percent", "where"]
_WORDS = ("all", "none", "empty")


class Rule(Placed):
    """Which rows of a table are wanted; `kind` says which of the fields decides.

    `where` and `order_by` are SQL of the source, as the user wrote them; `where` narrows what `limit` and `percent`
    choose from. `all` has no field set, `none` is a limit of 0 rows. `empty` is too, and bars the table: no key adds
    rows to it either. Rules are equal when they choose the same rows, wherever they are written.
    """

    where: Sql | None = None
    limit: Annotated[int, Strict(), Field(ge=0, lt=2**63)] | None = None
    order_by: Sql | None = None
    percent: Annotated[float, Strict(), Field(gt=0, le=100, allow_inf_nan=False)] | None = None

    _is_barred: bool = PrivateAttr(default=False)  # the file says it by a word, not by a key

    @classmethod
    def of(cls, value: Any, *, path: Path | None = None, line: int | None = None) -> Rule:
        """Return the rule that "all", "none", "empty" or a mapping writes. Raises pydantic's ValidationError."""
        return cls.model_validate(value).at(path, line)

    @property
    def kind(self) -> Kind:
        if self._is_barred:
            return "empty"
        if self.limit is not None:
            return "limit" if self.limit else "none"
        if self.percent is not None:
            return "percent"
        return "all" if self.where is None else "where"

    @property
    def plain(self) -> str | dict[str, Any]:
        """The rule as a settings file holds it, for YAML or JSON."""
        if self.kind in _WORDS:
            return self.kind
        return {name: value for name, value in self.model_dump().items() if value is not None}

    def __str__(self) -> str:
        """Return the rule as one writes it in the settings."""
        return written(self.plain)

    def _said(self) -> tuple[Any, ...]:
        return (*super()._said(), self._is_barred)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: Any, handler: ModelWrapValidatorHandler[Rule]) -> Rule:
        if isinstance(value, Rule):
            return value
        if value in ("all", "none", "empty"):
            rule = handler({"limit": None if value == "all" else 0})
            rule._is_barred = value == "empty"
            return rule
        if not isinstance(value, dict):
            raise PydanticCustomError(
                "wrong_type", "all, none, empty or a mapping with limit, percent or where", {"words": _WORDS}
            )
        said = {key: item for key, item in value.items() if item is not None or key not in cls.model_fields}
        if not said:
            raise PydanticCustomError("rule", "says nothing: write all, none, empty, or one of limit, percent, where")
        return handler(said)

    @model_validator(mode="after")
    def _combine(self) -> Rule:
        if self.limit is not None and self.percent is not None:
            raise PydanticCustomError("rule", "limit and percent exclude each other; where goes with either")
        if self.order_by is not None and self.limit is None:
            raise PydanticCustomError("rule", "order_by needs a limit: it says which rows come first")
        return self


def written(plain: str | dict[str, Any]) -> str:
    """Return a word or a mapping as one writes it on a line of the settings."""
    if isinstance(plain, str):
        return plain
    return "{" + ", ".join(f"{name}: {value}" for name, value in plain.items()) + "}"
