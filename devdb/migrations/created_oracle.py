"""What SQL and PL/SQL for Oracle creates, drops and renames, as far as its first words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from devdb.migrations.folder import File
from devdb.migrations.inventory import Inventory
from devdb.migrations.placeholders import PLACEHOLDER, blanked

# Longest first: a package body is no package.
_TYPES = (
    ("materialized", "view", "log"),
    ("materialized", "view"),
    ("package", "body"),
    ("type", "body"),
    ("database", "link"),
    *((name,) for name in ("table", "view", "sequence", "index", "synonym", "package", "procedure", "function")),
    *((name,) for name in ("trigger", "type", "library", "cluster", "context", "directory", "role", "user")),
)
# Between CREATE and the type.
_ADJECTIVES = frozenset(
    {
        *("or", "replace", "editionable", "noneditionable", "public", "private", "global", "temporary", "unique"),
        *("bitmap", "force", "noforce", "no", "editioning", "immutable", "blockchain", "sharded", "duplicated"),
        *("and", "resolve", "compile", "multivalue"),
    }
)
# These end with a line that holds a slash alone; a semicolon is part of them.
_BLOCKS = frozenset({"package", "package body", "type", "type body", "procedure", "function", "trigger", "library"})
# q'[ … ]' may hold quotes; its lines must stay.
_QUOTED = re.compile(r"[nN]?[qQ]'(?:\[.*?\]|\{.*?\}|\(.*?\)|<.*?>|([^\s\[{(<]).*?\1)'", re.DOTALL)


def read(file: File, inventory: Inventory) -> Iterator[tuple[int | None, str]]:
    """Note in the inventory what a file does. Yields the lines of what cannot be known, with the reason."""
    text = blanked(file.text) if file.has_placeholders else file.text
    text = _QUOTED.sub(lambda found: "''" + "\n" * found[0].count("\n"), text)
    for line, words, is_dynamic in _statements(text):
        if (reason := _note(words, inventory, is_dynamic=is_dynamic)) is not None:
            yield line, reason


def _note(words: Sequence[str], inventory: Inventory, *, is_dynamic: bool) -> str | None:
    first = words[0].lower()
    if first in ("declare", "begin"):
        return "a block whose statements are put together when it runs" if is_dynamic else None
    if first in ("create", "drop"):
        type_, rest = _type(words[1:])
        if type_ is None:
            return None
        if rest and rest[0].lower() == "if":
            rest = rest[[word.lower() for word in rest].index("exists") + 1 :]
        schema, name = _name(rest)
        if PLACEHOLDER.upper() in name:
            return f"a placeholder is part of the name of this {type_}"
        if first == "create":
            inventory.add(type_, None if schema is None or PLACEHOLDER.upper() in schema else schema, name)
        else:
            for made in inventory.find(type_, schema, name):
                inventory.drop(made)
            if type_ in ("package", "type"):
                for made in inventory.find(f"{type_} body", schema, name):
                    inventory.drop(made)
    elif first in ("rename", "alter") and "to" in (lower := [word.lower() for word in words]):
        at = lower.index("to")
        is_table = first == "alter" and lower[1] == "table" and lower[at - 1] == "rename"
        if is_table or first == "rename":
            schema, name = _name(words[2:] if is_table else words[1:])
            for made in inventory.find("table", schema, name):
                inventory.change(made, name=_name(words[at + 1 :])[1])
    return None


def _type(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The type that words begin with, adjectives aside, and what follows it."""
    at = 0
    while at < len(words) and words[at].lower() in _ADJECTIVES:
        at += 1
    lower = tuple(word.lower() for word in words[at : at + 3])
    for type_ in _TYPES:
        if lower[: len(type_)] == type_:
            return " ".join(type_), list(words[at + len(type_) :])
    return None, []


def _name(words: Sequence[str]) -> tuple[str | None, str]:
    """Schema and name as the dictionary has them: in capitals, unless they are quoted."""
    parts = [words[0]] if words else [""]
    at = 1
    while words[at : at + 1] == ["."] and at + 1 < len(words):
        parts.append(words[at + 1])
        at += 2
    folded = [part[1:-1] if part.startswith('"') else part.upper() for part in parts]
    return (folded[-2] if len(folded) > 1 else None), folded[-1]


def _statements(text: str) -> Iterator[tuple[int, list[str], bool]]:
    """The first line and the words of each statement, and whether it runs SQL that it puts together.

    A statement ends with a semicolon, a block of PL/SQL with a line that holds a slash alone.
    """
    from sqlparse import lexer
    from sqlparse import tokens as kinds

    line, first, words, is_block, is_dynamic = 1, 1, list[str](), False, False
    at_start_of_line = True
    for kind, value in lexer.tokenize(text):  # type: ignore[no-untyped-call]
        begun = line
        line += value.count("\n")
        if kind in kinds.Comment or not value.strip():
            at_start_of_line = at_start_of_line or "\n" in value
            continue
        ends_block = value == "/" and at_start_of_line
        at_start_of_line = False
        if ends_block or (value == ";" and not is_block):
            if words:
                yield first, words, is_dynamic
            words, is_block, is_dynamic = [], False, False
            continue
        if not words:
            first = begun
        # One token may be several words: CREATE OR REPLACE.
        words += value.split() if kind in kinds.Keyword else [value]
        if not is_block and len(words) < 12:
            is_block = words[0].lower() in ("declare", "begin") or (
                words[0].lower() == "create" and _type(words[1:])[0] in _BLOCKS
            )
        is_dynamic = is_dynamic or [word.lower() for word in words[-2:]] == ["execute", "immediate"]
    if words:
        yield first, words, is_dynamic
