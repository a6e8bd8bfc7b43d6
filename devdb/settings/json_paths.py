"""Name values inside a JSON document: $.person.email, $.items[*].phone, $."odd name"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache

from devdb.settings.patterns import PatternError

_STEP = re.compile(r'\.(?P<name>[^\s."\[\]*$]+)|\.(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<each>\[\*\])')

# A key of an object; None for each element of an array.
Step = str | None


@lru_cache(maxsize=4096)
def parse_json_path(text: str) -> tuple[Step, ...]:
    """Return the steps that lead from the document to the value; none for the document itself. Raises PatternError."""
    steps: list[Step] = []
    position = 1
    while text.startswith("$") and position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            break
        steps.append(_step(match, text))
        position = match.end()
    if not text.startswith("$") or position < len(text):
        raise PatternError(f'{text} is not a path: write $.person.email, $.items[*].phone, or $."odd name"')
    return tuple(steps)


def overlapping(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return two of the paths, of which the first lies within the second or is the same; None when there are none."""
    seen: dict[tuple[Step, ...], str] = {}
    for text in sorted(texts, key=lambda text: len(parse_json_path(text))):
        steps = parse_json_path(text)
        for length in range(len(steps) + 1):
            if steps[:length] in seen:
                return text, seen[steps[:length]]
        seen[steps] = text
    return None


def _step(match: re.Match[str], text: str) -> Step:
    if match["quoted"] is None:
        return match["name"]
    try:
        return str(json.loads(match["quoted"]))
    except ValueError as exc:
        raise PatternError(f"{text}: {match['quoted']} is not a name as JSON writes it") from exc
