"""Temporary tables that the groups of a closure share.

A transaction holds a lock on every table that it ever touched, and a server has room for some thousands of locks: with
tables of its own for each group, a schema of a thousand tables would not fit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Scratch:
    """A temporary table, `columns` as CREATE TABLE declares them. `is_new` for its first user, who creates it; the
    others empty it.
    """

    name: str
    columns: str
    is_new: bool


class Scratches:
    """Hands out temporary tables, each to one user at a time until all are released."""

    def __init__(self) -> None:
        self._made: dict[str, list[str]] = {}
        self._in_use: Counter[str] = Counter()

    def take(self, columns: str) -> Scratch:
        made = self._made.setdefault(columns, [])
        position = self._in_use[columns]
        self._in_use[columns] += 1
        is_new = position == len(made)
        if is_new:
            made.append(f"devdb_scratch_{sum(map(len, self._made.values())) + 1}")
        return Scratch(made[position], columns, is_new)

    def release(self) -> None:
        """Nobody uses any of them any more."""
        self._in_use.clear()
