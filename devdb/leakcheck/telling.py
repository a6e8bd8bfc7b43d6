"""Which raw values are worth searching for: a hit must mean that this very value was put out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from devdb.catalog.model import Column
from devdb.masking.families import Family, family_named, family_of
from devdb.settings.mask import Json, Mask

# How the source hands values over: as text, as the address of a host, as octets, as JSON whose leaves are values.
Form = Literal["text", "host", "octets", "json"]
# The values that a mask draws from, of which production may hold some by chance.
Known = Callable[[Mask], Collection[str]]

# Of longer values the beginning is searched for.
LENGTH = 128
_DIFFERENT = 3
# A value that so many rows have is a category, not a fact about somebody.
_COMMON = 0.05
_COMMON_ROWS = 100
# Whole numbers that leave each other less room than this are met by chance, wherever numbers are counted up.
_ROOM = 10_000
_DIGITS = re.compile(r"[-+]?\d[\d.]*")
_WORD = re.compile(r"[^\W\d_]{3,}")

_FORMS: dict[Family, Form] = {
    Family.TEXT: "text",
    Family.INTEGER: "text",
    Family.NUMERIC: "text",
    Family.FLOAT: "text",
    Family.UUID: "text",
    Family.INET: "host",
    Family.MAC: "text",
    Family.JSON: "json",
    Family.BYTES: "octets",
    Family.ARRAY: "json",
}
# Types of no family whose text is no value that somebody would write elsewhere.
_OPAQUE = frozenset({"tsvector", "tsquery", "xml", "money", "bit", "bit varying", "point", "line", "box", "polygon"})
_RAW_KINDS = {
    "keep": "is kept as it is",
    "shuffle": "is shuffled: its values are those of other rows",
    "geometry": "geometries are not looked for",
}


def form_of(column: Column, mask: Mask) -> Form | str:
    """How values of this column are asked for; or why they are not told from others, as a sentence's end."""
    if mask.kind in _RAW_KINDS:
        return _RAW_KINDS[mask.kind]
    family = family_of(column)
    if family is Family.ARRAY:
        within = family_named(column.base_type.removesuffix("[]"))
        return "json" if within in _FORMS or within is Family.OTHER else f"{within.value} are not telling"
    if family is Family.OTHER:
        if column.base_kind == "c":
            return "json"
        return (
            f"{column.base_type} is not telling" if column.base_kind != "b" or column.base_type in _OPAQUE else "text"
        )
    return _FORMS.get(family, f"{family.value} are not telling")


def is_form(answer: str) -> bool:
    return answer in ("text", "host", "octets", "json")


@dataclass(frozen=True, repr=False)
class Piece:
    """One raw value, or a part of one that stands by itself, and the mask that is to hide it. Never shown."""

    text: str
    mask: Mask
    is_octets: bool = False


def pieces(value: str, form: Form, mask: Mask) -> Iterator[Piece]:
    """The texts to search for in a value as the source handed it over: itself, or the leaves of JSON."""
    if form != "json":
        yield Piece(value.strip(), mask, is_octets=form == "octets")
        return
    try:
        document = json.loads(value)
    except ValueError:
        return
    for steps, leaf in _leaves(document, ()):
        masked_by = _mask_of(mask, steps)
        if masked_by is not None and masked_by.kind not in _RAW_KINDS:
            yield Piece(leaf.strip(), masked_by)


def _leaves(value: Any, steps: tuple[str | None, ...]) -> Iterator[tuple[tuple[str | None, ...], str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield steps, str(value)
    elif isinstance(value, dict):
        for key, within in value.items():
            yield from _leaves(within, (*steps, key))
    elif isinstance(value, list):
        for within in value:
            yield from _leaves(within, (*steps, None))


def _mask_of(mask: Mask, steps: tuple[str | None, ...]) -> Mask | None:
    """The mask of a leaf; None where it stays as it is."""
    if mask.kind == "array":
        return _mask_of(mask.inner["element"], steps[1:] if steps and steps[0] is None else steps)
    if not isinstance(mask.options, Json):
        return mask
    from devdb.settings.json_paths import parse_json_path

    for path, within in mask.options.paths.items():
        leading = parse_json_path(path)
        if steps[: len(leading)] == leading:
            return _mask_of(within, steps[len(leading) :])
    return None if mask.options.rest == "keep" else mask


class Judge:
    """Says of one column's values which are telling, and counts why others are not."""

    def __init__(self, *, min_length: int, known: Known) -> None:
        self.left_out: dict[str, int] = {}
        self._min_length = min_length
        self._known = known
        # By the mask's identity: to compare masks takes longer than to look into a list.
        self._lists: dict[int, tuple[Mask, frozenset[str], frozenset[str]]] = {}

    def is_telling(self, piece: Piece, *, share: float = 0.0) -> bool:
        """`share` of the rows looked at have this value."""
        reason = self._reason(piece, share)
        if reason is not None:
            self.left_out[reason] = self.left_out.get(reason, 0) + 1
        return reason is None

    def _reason(self, piece: Piece, share: float) -> str | None:
        text = piece.text
        letters = [character for character in text if character.isalnum()]
        if len(text) < self._min_length or len(letters) * 4 < self._min_length * 3:
            return "short"
        if len(set(letters)) < _DIFFERENT:
            return "of few different characters"
        if share > _COMMON:
            return "too common"
        if piece.mask.kind == "constant" and text == str(getattr(piece.mask.options, "value", None)):
            return "what the mask puts out"
        return "in the lists of names and places" if self._is_listed(text, piece.mask) else None

    def _is_listed(self, text: str, mask: Mask) -> bool:
        if id(mask) not in self._lists:
            values = frozenset(value.casefold() for value in self._known(mask))
            # A full name is put together of parts that are in the lists.
            parts = values if mask.kind == "full_name" else ()
            words = frozenset(word for value in parts for word in _WORD.findall(value))
            self._lists[id(mask)] = (mask, values, words)
        _, values, words = self._lists[id(mask)]
        folded = text.casefold()
        return folded in values or (bool(words) and words.issuperset(_WORD.findall(folded)))


def share_of(times: int, rows: int) -> float:
    """What share of the rows has a value; 0 when too few were looked at to say."""
    return times / rows if rows >= _COMMON_ROWS else 0.0


def is_dense(texts: Collection[str]) -> bool:
    """Whether these are whole numbers close together, which any other counted numbers meet by chance."""
    if not texts or not all(text.lstrip("-").isdigit() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return len(numbers) > 1 and (max(numbers) - min(numbers)) / len(numbers) < _ROOM


def is_number(text: str) -> bool:
    return _DIGITS.fullmatch(text) is not None


def bits(text: str, *, skipped: int = 0) -> float:
    """How much chance it takes to meet this text among others of its shape: of digits, and of letters.

    Without the first `skipped` characters that say something. Letters are not evenly spread, and count for less.
    """
    telling = [character for character in text if character.isalnum()][skipped:]
    return sum(math.log2(10) if character.isdigit() else 3.0 for character in telling)
