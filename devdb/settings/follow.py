"""Say which children of a row are wanted over a foreign key, and what becomes of a key whose parent is not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.fields import Placed, Section, Sql
from devdb.settings.rule import written

OnMissing = Literal["fetch", "set_null"]


class Follow(Placed):
    """Which rows that refer to a row of the sample by one key are in the sample too.

    `max` is the number per parent, None for all of them; `order_by` says which come first, `where` which count.
    `depth` bounds how many such steps may lie between a row that a rule chose and these; None: no bound. `of` says
    whose children: those of rows that a rule chose or that were followed themselves (chosen), or also those of rows
    that are there because a key needs them (all). Equal when they take the same rows.
    """

    max: Annotated[int, Strict(), Field(ge=0, lt=2**63)] | None = None
    order_by: Sql | None = None
    where: Sql | None = None
    depth: Annotated[int, Strict(), Field(ge=1, lt=2**31)] | None = None
    of: Literal["chosen", "all"] = "chosen"

    @classmethod
    def parse(cls, value: Any, *, path: Path | None = None, line: int | None = None) -> Follow:
        """Return what "all", "none" or a mapping writes. Raises pydantic's ValidationError."""
        return cls.model_validate(value).at(path, line)

    @property
    def is_none(self) -> bool:
        return self.max == 0

    @property
    def plain(self) -> str | dict[str, Any]:
        """The value as a settings file holds it, for YAML or JSON."""
        if self.is_none:
            return "none"
        said = self.model_dump(exclude_defaults=True)
        return said or "all"

    def __str__(self) -> str:
        """Return it as one writes it in the settings."""
        return written(self.plain)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, Follow):
            return value
        if value in ("all", "none"):
            return {} if value == "all" else {"max": 0}
        if not isinstance(value, dict):
            raise PydanticCustomError(
                "wrong_type",
                "all, none or a mapping with max, order_by, where, depth or of",
                {"words": ("all", "none")},
            )
        said = {key: item for key, item in value.items() if item is not None or key not in cls.model_fields}
        if not said:
            raise PydanticCustomError("follow", "says nothing: write all, none, or one of max, where, depth, of")
        return said

    @model_validator(mode="after")
    def _combine(self) -> Follow:
        if self.order_by is not None and self.max is None:
            raise PydanticCustomError("follow", "order_by needs a max: it says which children come first")
        return self


class KeyRule(Placed, Section):
    """What else is said of a foreign key.

    `on_missing` fetch: the parents of all rows are in the sample. set_null: they are not fetched; where one is not
    there for another reason, the key's columns become NULL.
    """

    on_missing: OnMissing = "fetch"
