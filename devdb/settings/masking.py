"""The section `masking`: what takes the place of which columns' values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from devdb.settings.column_patterns import ColumnPattern, parse_column_pattern
from devdb.settings.document import Document, KeyPath
from devdb.settings.fields import Section, parsed_by
from devdb.settings.mask import Mask
from devdb.settings.mask_options import Locale
from devdb.settings.type_names import parse_type_name

if TYPE_CHECKING:
    from typing_extensions import Self

DEFAULT_LOCALE = "en_US"

_KEYS = ("key", "mask_key", "masking_key", "secret", "secret_key", "salt")
_WHERE_KEYS_BELONG = "put it into DEVDB_MASK_KEY, or alone into a file (chmod 600) that masking.key_file names"


def _check_key_file(path: str) -> str:
    if not path:
        raise PydanticCustomError("key_file", "must not be empty")
    if re.fullmatch(r"\s*[0-9A-Fa-f]{32,}\s*", path):
        reason = "the name of a file belongs here, and the key not into the settings"
        raise PydanticCustomError("key_file", reason, {"hint": _WHERE_KEYS_BELONG})
    return path


class Masking(Section):
    """What takes the place of values.

    `key_file` is relative to the settings file; None: the default one. `locale` is for kinds that name none. `types`
    are for columns that no pattern of `columns` matches.
    """

    key_file: Annotated[str, Strict(), AfterValidator(_check_key_file)] | None = None
    locale: Locale = DEFAULT_LOCALE
    columns: Mapping[Annotated[str, parsed_by(parse_column_pattern)], Mask] = Field(default_factory=dict)
    types: Mapping[Annotated[str, parsed_by(parse_type_name)], Mask] = Field(default_factory=dict)

    def placed(self, document: Document, keys: KeyPath = ("masking",)) -> Self:
        """Return the same section, every mask knowing its line of the document, where the section stands at `keys`."""
        update: dict[str, Any] = {
            name: {text: mask.placed(document, (*keys, name, text)) for text, mask in getattr(self, name).items()}
            for name in ("columns", "types")
        }
        return self.model_copy(update={name: said for name, said in update.items() if said})

    def patterns(self) -> list[tuple[ColumnPattern, Mask]]:
        """Return the masks with the columns they are for, in the order of the file."""
        return [(parse_column_pattern(text), mask) for text, mask in self.columns.items()]

    def mask_for(self, schema: str, table: str, column: str) -> Mask | None:
        """Return the mask of this column by the last pattern that matches it; None when none does."""
        for pattern, mask in reversed(self.patterns()):
            if pattern.matches(schema, table, column):
                return mask
        return None

    def mask_for_type(self, *types: str) -> tuple[str, Mask] | None:
        """Return the name and the mask of the first of `types`, as format_type spells them, that has one."""
        by_type = {parse_type_name(text): (text, mask) for text, mask in self.types.items()}
        return next((by_type[name] for name in map(parse_type_name, types) if name in by_type), None)

    @model_validator(mode="before")
    @classmethod
    def _refuse_key(cls, value: Any) -> Any:
        """Refuse a key in the settings, without a word that would repeat it."""
        if not isinstance(value, dict):
            return value
        found = [name for name in value if str(name).casefold() in _KEYS]
        if found:
            error = PydanticCustomError("key", "a key must not stand in the settings", {"hint": _WHERE_KEYS_BELONG})
            details = [InitErrorDetails(type=error, loc=(name,), input=None) for name in found]
            raise ValidationError.from_exception_data("Masking", details)
        return value
