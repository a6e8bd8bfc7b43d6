"""Placeholders in migration files, ${name}, and what takes their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from devdb.errors import ScriptFailed

PLACEHOLDER = "devdb_placeholder"
# As Flyway reads: a dollar and what follows it are taken together, so that $${ is no placeholder.
_MARK = re.compile(r"\$(?:\{(?P<name>.*?)(?P<end>\}|\Z)|.)", re.DOTALL)


def replace(text: str, values: Mapping[str, str], path: Path | str) -> str:
    """`text` with values, comments and strings included. Names are the same in upper and lower case.

    Raises ScriptFailed with the line of one that has no value.
    """
    if "${" not in text:
        return text
    known = {name.lower(): value for name, value in values.items()}

    def value(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0]
        line = text.count("\n", 0, found.start()) + 1
        if not found["end"]:
            raise ScriptFailed("a placeholder ${ has no end", path=path, line=line, hint=_HINT)
        if name.lower() not in known:
            raise ScriptFailed(f"there is no value for the placeholder ${{{name}}}", path=path, line=line, hint=_HINT)
        return known[name.lower()]

    return _MARK.sub(value, text)


def blanked(text: str) -> str:
    """`text` with a name in place of every placeholder, for those who only want to know what it says."""
    return _MARK.sub(lambda found: found[0] if found["name"] is None else PLACEHOLDER, text)


_HINT = "give it with --placeholder NAME=VALUE; --no-placeholders leaves them all as they stand"
