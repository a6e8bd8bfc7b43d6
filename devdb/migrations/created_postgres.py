"""What SQL for PostgreSQL creates, drops, renames and moves, by PostgreSQL's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pglast.parser import ParseError, parse_sql

from devdb.migrations.folder import File
from devdb.migrations.inventory import Args, Inventory
from devdb.migrations.noting import OF_TABLES, Noting, of_types, parsed
from devdb.migrations.placeholders import blanked
from devdb.sqltext.script import Script
from devdb.sqltext.statements import Kind, split

# Commands of psql's after which anything may be there, or only may.
_OPAQUE = (r"\i", r"\ir", r"\include", r"\include_relative", r"\connect", r"\c", r"\gexec", r"\if")
_ROUTINES = {"aggregate": "AGGREGATE", "operator": "OPERATOR", "function": "FUNCTION", "procedure": "PROCEDURE"}


def read(file: File, inventory: Inventory) -> Iterator[tuple[int | None, str]]:
    """Note in the inventory what a file does. Yields the lines of what cannot be known, with the reason.

    Raises ScriptFailed for a quote or a comment that nothing ends.
    """
    text = blanked(file.text) if file.has_placeholders else file.text
    noting = Noting(inventory)
    for piece in split(Script(str(file.path), text)):
        if piece.kind is Kind.COMMAND and piece.text.split(None, 1)[0] in _OPAQUE:
            yield piece.line, f"{piece.text.split(None, 1)[0]} is a command of psql's"
        if piece.kind is not Kind.SQL:
            continue
        line = piece.line + piece.text.count("\n", 0, len(piece.text) - len(piece.sql))
        try:
            statements = parsed(piece.sql)
        except ParseError as exc:
            yield line, f"not understood: {exc.args[0]}"
            continue
        for statement in statements:
            for reason in noting.note(statement.stmt):
                yield line, reason


@lru_cache(maxsize=1000)
def signature(type: str, identity: str) -> Args | None:
    """As devdb.migrations.created.signature."""
    statement: Any
    try:
        if type in OF_TABLES:
            (statement,) = parse_sql(f"SELECT FROM {identity.rpartition(' on ')[2]}")
            return (statement.stmt.fromClause[0].relname,)
        if type == "cast":
            source, _, target = identity[1:-1].partition(" AS ")
            (statement,) = parse_sql(f"DROP CAST ({source} AS {target})")
            return of_types(statement.stmt.objects[0])
        if type in _ROUTINES:
            if type == "aggregate" and identity.endswith("()"):
                identity = identity.removesuffix("()") + "(*)"
            (statement,) = parse_sql(f"DROP {_ROUTINES[type]} {identity}")
            return of_types(statement.stmt.objects[0].objargs)
    except ParseError:
        return None
    return None
