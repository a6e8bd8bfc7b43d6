"""The sections `classification` and `leakcheck`: how confidential columns are, and the proof that nothing leaked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, Strict, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from devdb.settings.column_patterns import ColumnPattern, parse_column_pattern
from devdb.settings.complaints import nearest
from devdb.settings.document import Document, KeyPath
from devdb.settings.fields import Flag, Placed, Section, Text, parsed_by

if TYPE_CHECKING:
    from typing_extensions import Self

DEFAULT_CLASSES = ("public", "internal", "confidential", "secret")
DEFAULT_KEPT = "internal"


class ColumnClass(Placed):
    """The class that the settings give to the columns of a pattern."""

    name: Text

    def __str__(self) -> str:
        return self.name

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, ColumnClass):
            return value
        raise PydanticCustomError("wrong_type", "the name of a class")


class Classification(Section):
    """How confidential columns are. `classes` go from the least to the most; up to `kept`, values stay as they are.

    `policy` strict: a column without a decision stops a run. `files` are relative to the settings file.
    """

    classes: Annotated[tuple[Text, ...], Field(min_length=1)] = DEFAULT_CLASSES
    kept: Annotated[str, Strict()] = DEFAULT_KEPT
    policy: Literal["strict", "open"] = "strict"
    files: tuple[Text, ...] = ()
    security_labels: Flag = True
    columns: Mapping[Annotated[str, parsed_by(parse_column_pattern)], ColumnClass] = Field(default_factory=dict)

    def placed(self, document: Document, keys: KeyPath = ("classification",)) -> Self:
        """Return the same section, what it says of columns knowing its line; the section stands at `keys`."""
        if not self.columns:
            return self
        lines = {text: document.line((*keys, "columns", text)) for text in self.columns}
        placed = {text: said.at(document.path, lines[text]) for text, said in self.columns.items()}
        return self.model_copy(update={"columns": placed})

    def patterns(self) -> list[tuple[ColumnPattern, ColumnClass]]:
        """Return the classes with the columns they are for, in the order of the file."""
        return [(parse_column_pattern(text), said) for text, said in self.columns.items()]

    def class_for(self, schema: str, table: str, column: str) -> ColumnClass | None:
        """Return the class of this column by the last pattern that matches it; None when none does."""
        for pattern, said in reversed(self.patterns()):
            if pattern.matches(schema, table, column):
                return said
        return None

    def rank(self, name: str) -> int:
        """Return where `name` stands among the classes: 0 is the least confidential."""
        return self.classes.index(name)

    def is_kept(self, name: str) -> bool:
        """Whether values of this class stay as they are."""
        return self.rank(name) <= self.rank(self.kept)

    @property
    def lowest_masked(self) -> str | None:
        """The least confidential class whose values must be masked; None when all may stay."""
        return next((name for name in self.classes if not self.is_kept(name)), None)

    @model_validator(mode="after")
    def _check(self) -> Self:
        mistakes: list[InitErrorDetails] = []
        doubled = next((name for name in self.classes if self.classes.count(name) > 1), None)
        if doubled is not None:
            mistakes.append(_mistake(("classes",), f"{doubled} is named twice", None))
        if "kept" not in self.model_fields_set and self.classes != DEFAULT_CLASSES:
            hint = f"kept: {self.classes[0]} keeps the values of that class only"
            mistakes.append(
                _mistake(("classes",), "with classes of your own, kept must say up to which values stay", hint)
            )
        elif self.kept not in self.classes:
            mistakes.append(_mistake(("kept",), f"there is no class {self.kept}", self._hint(self.kept)))
        for text, said in self.columns.items():
            if said.name not in self.classes:
                mistakes.append(_mistake(("columns", text), f"there is no class {said.name}", self._hint(said.name)))
        if mistakes:
            raise ValidationError.from_exception_data("Classification", mistakes)
        return self

    def _hint(self, name: str) -> str:
        return nearest(name, self.classes) or f"classes are {', '.join(self.classes)}"


class LeakCheck(Section):
    """The search for raw values in what was made: up to `values` of each masked column, of `min_length` characters."""

    enabled: Flag = True
    values: Annotated[int, Strict(), Field(ge=1, le=1_000_000)] = 1000
    min_length: Annotated[int, Strict(), Field(ge=1, le=1000)] = 8

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return {"enabled": value} if isinstance(value, bool) else value


def _mistake(loc: tuple[str, ...], message: str, hint: str | None) -> InitErrorDetails:
    context = {"message": message} if hint is None else {"message": message, "hint": hint}
    return InitErrorDetails(type=PydanticCustomError("class", "{message}", context), loc=loc, input=None)
