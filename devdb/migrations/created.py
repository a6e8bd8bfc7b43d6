"""What the files of a folder create, so that nothing is created twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from devdb.errors import ScriptFailed
from devdb.migrations.folder import File, Folder
from devdb.migrations.inventory import Args, Inventory, Made

Opaque = tuple[Path, "int | None", str]


@dataclass(frozen=True)
class Created:
    """What is there when all files have been applied, and the places of which that cannot be known: file, line, reason.

    A thing is its type, schema, name and `args`; schema None means that the file says none, "" that it lives in none.
    `args` are those of `signature`, None for what has none and for routines whose arguments cannot be known.
    """

    things: frozenset[Made]
    opaque: tuple[Opaque, ...]


def created(folder: Folder, *, target: Literal["postgres", "oracle"] = "postgres") -> Created:
    """Read the files in the order in which they apply; what undoes is left out, what is repeatable comes last.

    What one file creates and a later one drops, renames or moves is known as it is in the end.
    """
    inventory = Inventory()
    opaque: list[Opaque] = [(mistake.path, mistake.line, mistake.reason) for mistake in folder.mistakes]
    for file in _in_order(folder):
        try:
            opaque += [(file.path, line, reason) for line, reason in _read(file, inventory, target)]
        except ScriptFailed as exc:
            opaque.append((file.path, exc.line, exc.reason))
    return Created(frozenset(inventory), tuple(opaque))


def signature(type: str, identity: str) -> Args | None:
    """What tells an object from others of its name, from its identity as PostgreSQL tells it.

    Types of arguments by their last names ("int4", "kind[]"); of a trigger, a policy and a rule the table's name.
    """
    from devdb.migrations.created_postgres import signature as of_identity

    return of_identity(type, identity)


def _read(file: File, inventory: Inventory, target: str) -> Iterable[tuple[int | None, str]]:
    if target == "oracle":
        from devdb.migrations.created_oracle import read as read_oracle

        return read_oracle(file, inventory)
    from devdb.migrations.created_postgres import read

    return read(file, inventory)


def _in_order(folder: Folder) -> list[File]:
    return [file for file in folder.files if file.name.prefix != "U"]
