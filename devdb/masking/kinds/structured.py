"""Masks of what is made of parts: JSON by paths, arrays by element, and text by its length."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from devdb.masking import keyed, lorem, registry
from devdb.masking.documents import OF_COLUMNS, Inside, readable, refusal_inside, tree_of
from devdb.masking.elements import each_masked
from devdb.masking.families import Family, family_named
from devdb.masking.kind import Fit, Kind, Row
from devdb.masking.once import cast, once

_SIZED = re.compile(r"\((\d+)(?:,\s*(-?\d+))?\)")


class Json(Kind):
    """Masks for what lies at paths. What is no number, text or boolean there is emptied: {}, [].

    Where a path leads on and a document does not, the document's value is dropped: it may be what should be masked. By
    `rest` null, what no path names becomes null or is emptied whole. A document of type json comes out as jsonb has it:
    the last of equal keys counts, and their order is lost. Keys of objects stay.
    """

    name = "json"
    families = frozenset({Family.JSON})
    is_strict = False

    def refusal(self, fit: Fit, options: Any) -> str | None:
        for path, mask in options.paths.items():
            if (reason := refusal_inside(mask, fit)) is not None:
                return f"json: {path}: {reason}"
        return None

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        tree = tree_of(options.paths)
        inside = Inside(fit, options.rest == "keep", row)
        if fit.base_type == "json":
            value = once(cast(value, "text"), lambda text: readable(text, fit), "devdb_text")
        masked = once(value, lambda document: inside.value(document, tree, 0), "devdb_document")
        return f"({masked})::{fit.base_type}"


class Array(Kind):
    """Each element by a mask of its own. How many there are, where they begin and what is NULL stays."""

    name = "array"
    families = frozenset({Family.ARRAY})

    def refusal(self, fit: Fit, options: Any) -> str | None:
        if not fit.base_type.endswith("[]"):
            return f"array cannot serve {fit.base_type}"
        if options.element.kind in OF_COLUMNS:
            return f"array: {options.element.kind} is for whole columns: a kind for its elements can serve"
        reason = registry.refusal(options.element, _element_fit(fit))
        return None if reason is None else f"array: {reason}"

    def is_injective(self, fit: Fit, options: Any) -> bool:
        # NULLs differ in a column, not in an array.
        kind = registry.kind_of(options.element)
        return kind.name != "null" and kind.is_injective(_element_fit(fit), options.element.options)

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        element = _element_fit(fit)
        raw = "devdb_element.value"
        if element.family is Family.TEXT and element.base_type not in ("text", "character varying"):
            raw += "::text"
        masked = registry.expression(options.element, raw, element, row)
        return once(value, lambda array: each_masked(array, masked, element.base_type), "devdb_array")


class Text(Kind):
    """As many characters of Latin as there were."""

    name = "text"
    families = frozenset({Family.TEXT})

    def sql(self, value: str, fit: Fit, options: Any, row: Row) -> str:
        return once(cast(value, "text"), lambda text: lorem.of_length(text, keyed.number(text, "text", fit.encoding)))


def _element_fit(fit: Fit) -> Fit:
    base_type = fit.base_type.removesuffix("[]")
    # Which in a cast would be one character.
    base_type = "bpchar" if base_type == "character" else base_type
    sized = _SIZED.search(fit.type)
    length, precision, scale = fit.length, fit.precision, fit.scale
    family = family_named(base_type)
    if sized is not None and family is Family.TEXT and length is None:
        length = int(sized[1])
    if sized is not None and family is Family.NUMERIC and precision is None:
        precision, scale = int(sized[1]), int(sized[2] or 0)
    return replace(
        fit,
        type=base_type,
        base_type=base_type,
        family=family,
        length=length,
        precision=precision,
        scale=scale,
        not_null=False,
    )


KINDS = (Json(), Array(), Text())
