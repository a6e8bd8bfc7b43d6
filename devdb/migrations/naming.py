"""What a migration file's name says, by Flyway's rules (its manual, "Migrations", "Naming")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering
from typing import Literal

Prefix = Literal["V", "U", "R", "B"]
SUFFIX = ".sql"
SEPARATOR = "__"

_VERSION = re.compile(r"[0-9]+(?:[._][0-9]+)*")
# Files that Flyway runs at such a moment, as beforeMigrate.sql and afterMigrate__grants.sql.
_CALLBACK = re.compile(r"(?:(?:before|after)[A-Z][A-Za-z]*|createSchema)(?:__.*)?")


@total_ordering
class Version:
    """A version: 1, 1.1, 2013.1.15 or 1_1. Compared number by number: 1.10 comes after 1.9, and 1.0 is 1.

    `str()` is what Flyway writes into its table: dots, and zeros as they were written. Raises ValueError for others.
    """

    __slots__ = ("_text", "numbers")

    def __init__(self, text: str) -> None:
        if not _VERSION.fullmatch(text):
            raise ValueError(f"{text!r} is not a version: write numbers with dots between them, as 1.2")
        self._text = text.replace("_", ".")
        numbers = [int(part) for part in self._text.split(".")]
        while len(numbers) > 1 and numbers[-1] == 0:
            numbers.pop()
        self.numbers = tuple(numbers)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Version({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self.numbers == other.numbers

    def __lt__(self, other: Version) -> bool:
        return self.numbers < other.numbers

    def __hash__(self) -> int:
        return hash(self.numbers)


@dataclass(frozen=True)
class FileName:
    """V: applied once, in order of version; U: undoes one; B: stands for all up to its version; R: applied whenever
    it changed, and has no version."""

    prefix: Prefix
    version: Version | None
    description: str


class NameMistake(ValueError):
    """Why a name is not one of a migration."""


def parse(name: str) -> FileName:
    """What the name of a file (without directories) says. Raises NameMistake."""
    if not name.endswith(SUFFIX):
        raise NameMistake(f"{name} does not end with {SUFFIX}")
    stem = name.removesuffix(SUFFIX)
    prefix = stem[:1]
    said, _, description = stem[1:].partition(SEPARATOR)
    words = description.replace("_", " ")
    if prefix == "R":
        if said:
            raise NameMistake(f"{name}: what is repeatable has no version; it is called R__{description or 'name'}.sql")
        return FileName("R", None, words)
    if prefix not in ("V", "U", "B"):
        raise NameMistake(f"{name} begins with none of V, R, U and B")
    if not said:
        raise NameMistake(f"{name} has no version; it is called {prefix}1.2__{description or 'name'}.sql")
    try:
        return FileName(prefix, Version(said), words)  # type: ignore[arg-type]  # one of the four
    except ValueError:
        raise NameMistake(f"{name}: {said!r} is not a version, which is numbers with dots between them") from None


def is_callback(name: str) -> bool:
    """Whether Flyway runs a file of this name at some moment, and as no migration."""
    return name.endswith(SUFFIX) and _CALLBACK.fullmatch(name.removesuffix(SUFFIX)) is not None


def next_version(names: Iterable[FileName]) -> Version:
    """The version that follows the highest: its last number is one more. 1 if there is none."""
    versions = [name.version for name in names if name.version is not None and name.prefix in ("V", "B")]
    if not versions:
        return Version("1")
    parts = str(max(versions)).split(".")
    parts[-1] = str(int(parts[-1]) + 1).zfill(len(parts[-1]))
    return Version(".".join(parts))
