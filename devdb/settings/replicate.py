"""The sections `replicate` and `expect`: which rows a subset has, and what must be true of the tables afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from devdb.settings.document import Document, KeyPath
from devdb.settings.fields import TEXTS, Name, Placed, Section, Sql, Text, parsed_by
from devdb.settings.patterns import parse_one_table

if TYPE_CHECKING:
    from typing_extensions import Self

Mode = Literal["Subset", "Full"]
MODES: tuple[Mode, ...] = get_args(Mode)


def _percent(value: Any) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("wrong_type", "a percentage such as 20%")
    return float(found[1])


def _check_label(label: str) -> str:
    if not label.isidentifier():
        raise PydanticCustomError("label", "must be a word of letters, digits and _")
    return label


Percent = Annotated[float, BeforeValidator(_percent)]
Options = Annotated[Mapping[str, Text], TEXTS]
Rows = Annotated[int, Strict(), Field(ge=0, lt=2**63)]


class Condition(Placed):
    """SQL over a table of the source, by the name that the templates give it."""

    sql: Sql

    def __str__(self) -> str:
        return self.sql

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"sql": value}
        if isinstance(value, Condition):
            return value
        raise PydanticCustomError("wrong_type", "a condition in SQL")


class Gate(Placed):
    """What must be true of one table after a run; None: anything.

    `max_change_percent` is of the rows that there were before; of none there is no change. `modes` are those it is
    looked at in.
    """

    min_rows: Rows | None = None
    max_rows: Rows | None = None
    max_change_percent: Percent | None = Field(default=None, alias="max_change")
    modes: Annotated[tuple[Mode, ...], Field(min_length=1)] = MODES

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min_rows is not None and self.max_rows is not None and self.min_rows > self.max_rows:
            raise PydanticCustomError("gate", "min_rows is more than max_rows: nothing would do")
        if (self.min_rows, self.max_rows, self.max_change_percent) == (None, None, None):
            raise PydanticCustomError("gate", "must say min_rows, max_rows or max_change")
        return self


Expect = Mapping[Annotated[str, parsed_by(parse_one_table)], Gate]


class Replicate(Section):
    """How a legacy system's tables are replicated.

    `subset` are conditions by the label that templates call them by. `functions_schema` is where the steps are
    installed. `server_options` are the foreign server's, over those that devdb finds, `import_options` those of IMPORT
    FOREIGN SCHEMA; they are held against the wrapper's when the environment has said which that is.
    """

    subset: Mapping[Annotated[str, AfterValidator(_check_label)], Condition] = Field(default_factory=dict)
    functions_schema: Name = "public"
    server_options: Options = Field(default_factory=dict)
    import_options: Options = Field(default_factory=dict)

    def placed(self, document: Document, keys: KeyPath = ("replicate",)) -> Self:
        """Return the same section, every condition knowing its line of the document."""
        if not self.subset:
            return self
        lines = {label: document.line((*keys, "subset", label)) for label in self.subset}
        placed = {label: said.at(document.path, lines[label]) for label, said in self.subset.items()}
        return self.model_copy(update={"subset": placed})
