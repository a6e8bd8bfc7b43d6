"""JSON documents by path: what the values at each path are, and a mask that names every path that was met."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from devdb.classifying.people import is_name
from devdb.masking.families import Family

_PLAIN_STEP = re.compile(r'[^\s."\[\]*$]+')
_DEEPEST = 12
_MOST_PATHS = 60  # of a document that is a record; one with more has data for keys
_KEY = re.compile(r"[^\W\d][\w $:/-]{0,40}(?:\.[\w-]{1,40})?")
_ENOUGH = 20  # documents that tell whether keys come again


@dataclass
class Leaf:
    """The values met at one path, and what type most of them have."""

    keys: tuple[str, ...]
    words: str  # the name of the nearest key
    around: str  # the names of those above it
    texts: list[str] = field(default_factory=list, repr=False)
    numbers: int = 0
    booleans: int = 0
    met: int = 0

    @property
    def is_telling(self) -> bool:
        """Whether anything but null was met."""
        return bool(self.texts or self.numbers or self.booleans)

    @property
    def family(self) -> Family:
        if self.texts:
            return Family.TEXT
        return Family.NUMERIC if self.numbers else Family.BOOLEAN


@dataclass(frozen=True)
class Leaves:
    """All paths of the documents. `read` documents could be read. `are_records`: their keys are names, not data."""

    by_path: dict[str, Leaf]
    read: int
    are_records: bool


def leaves(documents: Sequence[str], *, around: str) -> Leaves:
    """The paths of the documents, which belong to a column of this name."""
    found: dict[str, Leaf] = {}
    read = 0
    for text in documents:
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        read += 1
        for path, names, value in _walk(document, "$", ()):
            leaf = found.get(path)
            if leaf is None:
                if len(found) > _MOST_PATHS:
                    break
                leaf = found[path] = Leaf(names, names[-1] if names else around, " ".join((around, *names[:-1])))
            leaf.met += 1
            if isinstance(value, bool):
                leaf.booleans += 1
            elif isinstance(value, str):
                leaf.texts.append(value)
            elif value is not None:
                leaf.numbers += 1
    telling = {path: leaf for path, leaf in found.items() if leaf.is_telling or not _goes_on(path, found)}
    return Leaves(telling, read, len(found) <= _MOST_PATHS and not _have_data_for_keys(found.values(), read))


def _goes_on(path: str, found: Collection[str]) -> bool:
    return any(other.startswith((f"{path}.", f"{path}[")) for other in found)


def _have_data_for_keys(found: Collection[Leaf], read: int) -> bool:
    """Whether some keys seem to be values themselves, which must be shown nowhere."""
    keys = {word for leaf in found for word in leaf.keys}
    if any(not _KEY.fullmatch(key) or sum(map(str.isdigit, key)) > 3 for key in keys):
        return True
    if sum(any(is_name(key)) for key in keys if key[0].isupper()) >= 3:
        return True
    return read >= _ENOUGH and sum(leaf.met == 1 for leaf in found) * 2 > len(found)


def parts(arrays: Sequence[str]) -> list[str]:
    """The elements of arrays written as JSON, each as a document; arrays within arrays are one."""
    return [json.dumps(value) for value in _elements(arrays)]


def elements(arrays: Sequence[str]) -> list[str]:
    """The elements of arrays written as JSON, those that are texts or whole numbers, as text."""
    return [str(value) for value in _elements(arrays) if isinstance(value, str | int) and not isinstance(value, bool)]


def _elements(arrays: Sequence[str]) -> Iterator[object]:
    for text in arrays:
        try:
            todo = [json.loads(text)]
        except (ValueError, RecursionError):
            continue
        while todo:
            value = todo.pop()
            if isinstance(value, list):
                todo += value
            else:
                yield value


def _walk(value: object, path: str, names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], object]]:
    if isinstance(value, dict) and len(names) < _DEEPEST:
        for key, inner in value.items():
            step = key if _PLAIN_STEP.fullmatch(key) else json.dumps(key, ensure_ascii=False)
            yield from _walk(inner, f"{path}.{step}", (*names, key))
    elif isinstance(value, list) and path.count("[*]") < _DEEPEST:
        for inner in value:
            yield from _walk(inner, f"{path}[*]", names)
    elif not isinstance(value, dict | list):
        yield path, names, value
