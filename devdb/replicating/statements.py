"""The statements of a step, as a function can run them one by one, and which table each one fills."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from devdb.sqltext.lines import Lines
from devdb.sqltext.script import Script
from devdb.sqltext.statements import Kind, split

# What is told of the rows that a statement met.
_VERBS = {
    "InsertStmt": "inserted",
    "UpdateStmt": "updated",
    "DeleteStmt": "deleted",
    "MergeStmt": "merged",
    "CreateTableAsStmt": "inserted",
    "CopyStmt": "inserted",
}


@dataclass(frozen=True)
class Part:
    """One statement. `table` is the one whose rows it changes, None for others; `verb` says how.

    `origins` are, for each of its lines, the template's file and line.
    """

    sql: str
    origins: tuple[tuple[str, int], ...]
    table: tuple[str | None, str] | None = None
    verb: str | None = None

    @property
    def shown_table(self) -> str:
        schema, name = self.table or (None, "")
        return name if schema is None else f"{schema}.{name}"

    @property
    def origin(self) -> str:
        path, line = self.origins[0]
        return f"{path}:{line}"


def parts(script: Script) -> list[Part]:
    """The statements of a step. Raises ScriptFailed, with the line, for what cannot be part of a function."""
    lines = Lines.of_text(script)
    found = []
    for piece in split(script):
        if piece.kind is Kind.BLANK:
            continue
        sql = piece.sql
        line = piece.line + piece.text[: len(piece.text) - len(sql)].count("\n")
        if piece.kind is not Kind.SQL:
            raise lines.failure("a step is SQL alone: commands and data of psql cannot be part of a function", line)
        if piece.ended:
            sql = sql.removesuffix(";")
        if sql.strip():
            found.append(_part(sql.rstrip(), line, script, lines))
    return found


def _part(sql: str, line: int, script: Script, lines: Lines) -> Part:
    origins = script.origins or tuple((script.name, number) for number in range(1, line + sql.count("\n") + 1))
    origins = origins[line - 1 : line + sql.count("\n")]
    kind, node = _parsed(sql, line, lines)
    if kind == "TransactionStmt":
        raise lines.failure("a step is a transaction of its own: it begins and ends none", line)
    if kind == "CopyStmt" and "filename" not in node:
        raise lines.failure("COPY from or to the client cannot be part of a function", line)
    if kind == "SelectStmt" and "intoClause" in node:
        raise lines.failure("SELECT INTO cannot be part of a function: write CREATE TABLE … AS", line)
    verb = _VERBS.get(kind)
    if kind == "CopyStmt" and not node.get("is_from"):
        verb = None
    if kind == "CreateTableAsStmt" and node.get("objtype") != "OBJECT_TABLE":
        verb = None
    relation = node.get("into", {}).get("rel") if kind == "CreateTableAsStmt" else node.get("relation")
    if verb is None or relation is None:
        return Part(sql, origins)
    return Part(sql, origins, (relation.get("schemaname"), relation["relname"]), verb)


def _parsed(sql: str, line: int, lines: Lines) -> tuple[str, dict[str, Any]]:
    from pglast import parser

    try:
        statements = json.loads(parser.parse_sql_json(sql))["stmts"]
    except parser.ParseError as exc:
        at = exc.args[1] if len(exc.args) > 1 and isinstance(exc.args[1], int) else 0
        raise lines.failure(str(exc.args[0]), line + sql[:at].count("\n")) from exc
    ((kind, node),) = statements[0]["stmt"].items()
    return kind, node
