"""Say what takes the place of a column's values: a kind of mask with its options, or SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ModelWrapValidatorHandler, SerializeAsAny, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from devdb.settings.complaints import nearest
from devdb.settings.document import Document, KeyPath
from devdb.settings.fields import Placed, parsed_by
from devdb.settings.json_paths import overlapping, parse_json_path
from devdb.settings.mask_options import SIMPLE, MaskOptions, SqlExpression

_EXAMPLE = "write email, {kind: partial, first: 1}, or {sql: left(name, 1)}"


class Mask(Placed):
    """What takes the place of a column's values. `kind` is "sql" for an expression.

    `options` are an instance of what KINDS holds for the kind. Masks are equal when they say the same, wherever they
    are written.
    """

    kind: str
    options: SerializeAsAny[MaskOptions]

    @classmethod
    def of(cls, value: Any, *, path: Path | None = None, line: int | None = None) -> Mask:
        """Return the mask that the name of a kind or a mapping writes. Raises pydantic's ValidationError."""
        return cls.model_validate(value).at(path, line)

    @property
    def sql(self) -> str | None:
        """The expression that it is; None when it is another kind."""
        return self.options.sql if isinstance(self.options, SqlExpression) else None

    @property
    def inner(self) -> Mapping[str, Mask]:
        """The masks within this one, by what they are called in the settings: of paths, or of elements."""
        if isinstance(self.options, Json):
            return self.options.paths
        return {"element": self.options.element} if isinstance(self.options, Array) else {}

    @property
    def plain(self) -> str | dict[str, Any]:
        """The mask as a settings file holds it, for YAML or JSON: `of` reads it back."""
        said = {name: _plain(value) for name, value in self._said_options().items()}
        if self.sql is not None:
            return said
        return {"kind": self.kind, **said} if said else self.kind

    def walk(self) -> Iterator[Mask]:
        """Yield this mask and those within it."""
        yield self
        for mask in self.inner.values():
            yield from mask.walk()

    def placed(self, document: Document, keys: KeyPath) -> Mask:
        """Return this mask, and those within it, knowing their lines; it stands at `keys`."""
        options = self.options
        if isinstance(options, Json):
            within = {path: mask.placed(document, (*keys, "paths", path)) for path, mask in options.paths.items()}
            options = options.model_copy(update={"paths": within})
        elif isinstance(options, Array):
            options = options.model_copy(update={"element": options.element.placed(document, (*keys, "element"))})
        return self.model_copy(update={"options": options}).at(document.path, document.line(keys))

    def __str__(self) -> str:
        """Return it on a line, as one would say it: phone(keep: 4)."""
        if self.sql is not None:
            return f"sql({self.sql})"
        said = ", ".join(f"{name}: {_written(value)}" for name, value in self._said_options().items())
        return f"{self.kind}({said})" if said else self.kind

    def __hash__(self) -> int:
        return hash(str(self))

    def _said_options(self) -> dict[str, Any]:
        """Return the options that differ from the default ones."""
        fields = type(self.options).model_fields
        said = {name: getattr(self.options, name) for name in fields}
        return {
            name: value for name, value in said.items() if fields[name].is_required() or value != fields[name].default
        }

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: Any, handler: ModelWrapValidatorHandler[Mask]) -> Mask:
        if isinstance(value, Mask):
            return value
        if value is None or isinstance(value, str):
            value = {"kind": value}
        if not isinstance(value, dict):
            raise PydanticCustomError("wrong_type", "a kind of mask, or a mapping with kind or sql")
        if isinstance(value.get("options"), MaskOptions):
            return handler(value)
        said = dict(value)
        if "kind" in said and "sql" in said:
            raise PydanticCustomError("mask", "kind and sql exclude each other")
        if "kind" not in said and "sql" not in said:
            raise PydanticCustomError("mask", "says neither kind nor sql", {"hint": _EXAMPLE})
        kind = "sql" if "sql" in said else _kind(said.pop("kind"))
        return handler({"kind": kind, "options": _options(kind, said)})


class Json(MaskOptions):
    """A mask for each path; what is at no path that is named stays (`rest` keep), or becomes null."""

    paths: Annotated[Mapping[Annotated[str, parsed_by(parse_json_path)], Mask], Field(min_length=1)]
    rest: Literal["keep", "null"] = "null"

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        # YAML reads null as nothing, here as it does for kinds.
        return {**value, "rest": "null"} if isinstance(value, dict) and value.get("rest", "") is None else value

    @model_validator(mode="after")
    def _check(self) -> Json:
        if found := overlapping(self.paths):
            reason = "{} lies within {}: one of them is enough".format(*found)
            raise PydanticCustomError("json_paths", "{reason}", {"reason": reason})
        return self


class Array(MaskOptions):
    """`element` masks each element."""

    element: Mask


KINDS: Mapping[str, type[MaskOptions]] = {**SIMPLE, "json": Json, "array": Array}
_PYDANTICS_OWN = frozenset(get_args(ErrorType))
_MAY_BE_NULL = ("element",)  # where nothing is the kind null, rather than the default


def _kind(name: Any) -> str:
    if name is None:
        return "null"
    if isinstance(name, str) and name in KINDS and name != "sql":
        return name
    if name == "sql":
        raise PydanticCustomError("mask", "sql needs its expression", {"hint": "write {sql: left(name, 1)}"})
    if not isinstance(name, str):
        raise PydanticCustomError("wrong_type", "the name of a kind")
    kinds = [known for known in KINDS if known != "sql"]
    hint = nearest(name, kinds) or f"kinds are {', '.join(kinds)}"
    raise PydanticCustomError("kind", "there is no kind {name}", {"name": name, "hint": hint})


def _options(kind: str, said: dict[Any, Any]) -> MaskOptions:
    """Return the options of a mask. Raises pydantic's ValidationError, with hints for this kind."""
    model = KINDS[kind]
    known = list(model.model_fields)
    said = {
        name: value for name, value in said.items() if value is not None or name not in known or name in _MAY_BE_NULL
    }
    try:
        return model.model_validate(said)
    except ValidationError as exc:
        raise ValidationError.from_exception_data(
            "Mask", [_explained(kind, known, details) for details in exc.errors(include_url=False)]
        ) from None


def _explained(kind: str, known: list[str], details: Any) -> InitErrorDetails:
    """Return an error of the options as one of the mask: an unknown option with the nearest that this kind knows."""
    loc, error_type, context = details["loc"], details["type"], details.get("ctx", {})
    if error_type == "extra_forbidden" and len(loc) == 1:
        name = str(loc[0])
        hint = nearest(name, known) or (f"it knows {', '.join(known)}" if known else f"write {kind} alone")
        error: Any = PydanticCustomError(
            "option", "{kind} has no option {name}", {"kind": kind, "name": name, "hint": hint}
        )
    elif error_type in _PYDANTICS_OWN:
        return InitErrorDetails(type=error_type, loc=loc, input=details["input"], ctx=context)
    else:
        error = PydanticCustomError(error_type, "{message}", {**context, "message": details["msg"]})
    return InitErrorDetails(type=error, loc=loc, input=details["input"])


def _plain(value: Any) -> Any:
    if isinstance(value, Mask):
        return value.plain
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, Mapping) else value


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_written(item)}" for name, item in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


Mask.model_rebuild()
