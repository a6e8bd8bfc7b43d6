"""What the sections of the settings are made of: kinds of values, and a mapping that knows its keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    model_validator,
)
from pydantic_core import PydanticCustomError

from devdb.settings.patterns import PatternError

if TYPE_CHECKING:
    from typing_extensions import Self

NAME_BYTES = 63  # PostgreSQL cuts longer names off (NAMEDATALEN - 1)


class Section(BaseModel):
    """A mapping of the settings file. A key without a value means its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _drop_unsaid(cls, value: Any) -> Any:
        # Commenting out every key of a section leaves its name with nothing: that is no mistake.
        if value is None:
            return {}
        if not isinstance(value, dict):
            return value
        known = {item.alias or name for name, item in cls.model_fields.items()}
        return {key: item for key, item in value.items() if item is not None or key not in known}


class Placed(BaseModel):
    """A value that knows where it is written, for messages. Equal to one that says the same elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    _path: Path | None = PrivateAttr(default=None)
    _line: int | None = PrivateAttr(default=None)

    def at(self, path: Path | None, line: int | None) -> Self:
        """Return this value as one that stands on `line` of the file `path`."""
        placed = self.model_copy()
        placed._path, placed._line = path, line
        return placed

    @property
    def path(self) -> Path | None:
        """The file that holds it; None for a default or a program's own."""
        return self._path

    @property
    def line(self) -> int | None:
        """Its line in `path`, from 1."""
        return self._line

    def _said(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in type(self).model_fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())


def check_name(name: str) -> str:
    if not name:
        raise PydanticCustomError("name", "a name must not be empty")
    if len(name.encode()) > NAME_BYTES:
        raise PydanticCustomError("name", "a name must not be longer than 63 bytes")
    return name


def _check_database(name: str) -> str:
    if re.match(r"postgres(ql)?://|\s*\w+\s*=", name):
        raise PydanticCustomError(
            "name", "takes a name, not a connection string: write host, port, user and conninfo beside it"
        )
    return check_name(name)


def _texts(value: Any) -> Any:
    """Numbers in a mapping of options are texts to libpq and to the wrapper."""
    if not isinstance(value, dict):
        return value
    return {
        key: str(item) if isinstance(item, int | float) and not isinstance(item, bool) else item
        for key, item in value.items()
    }


def parsed_by(parse: Callable[[str], object]) -> AfterValidator:
    """Return a check that a text is a pattern to `parse`, which raises PatternError."""

    def check(text: str) -> str:
        try:
            parse(text)
        except PatternError as exc:
            raise PydanticCustomError("pattern", "{reason}", {"reason": str(exc)}) from exc
        return text

    return AfterValidator(check)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be empty")
    return text


Name = Annotated[str, Strict(), AfterValidator(check_name)]
DatabaseName = Annotated[str, Strict(), AfterValidator(_check_database)]
Flag = Annotated[bool, Strict()]
Text = Annotated[str, Strict(), Field(min_length=1)]
Sql = Annotated[str, Strict(), AfterValidator(_not_blank)]  # an expression, as the user wrote it
TEXTS = BeforeValidator(_texts)  # for mappings of Text
