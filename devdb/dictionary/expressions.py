"""Expressions of a foreign source, already in PostgreSQL's SQL, over the columns as they are called here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from devdb.catalog.model import Name
from devdb.sqltext.quoting import ident, literal

_PLAIN = {"targetList", "limitOption", "op"}


class NotTold(ValueError):
    """The text is no expression over these columns; says why."""


@dataclass(frozen=True)
class Known:
    """What names in an expression may mean.

    `columns` are names of the source and those here, `sequences` schema and name at the source and the name here;
    `schema` is the one that a sequence's bare name is of.
    """

    columns: Mapping[str, str]
    sequences: Mapping[tuple[str, str], Name] = field(default_factory=dict)
    schema: str = ""


@dataclass(frozen=True)
class Expression:
    """SQL, and the columns here that it is over, in their order."""

    sql: str
    columns: tuple[str, ...]

    @property
    def bare_column(self) -> str | None:
        """The column that the expression is, if it is nothing more."""
        return self.columns[0] if len(self.columns) == 1 and self.sql == ident(self.columns[0]) else None


def localized(text: str, known: Known) -> Expression:
    """The expression with each column's name replaced by the one that it has here.

    A name without quotes means a column in whatever case. Raises NotTold for what is not one expression, and for names
    that are no columns, as Oracle's SYSDATE and ROWNUM.
    """
    from pglast import parser

    before = "SELECT "
    whole = before + text
    try:
        tokens = parser.scan(whole)
        tree = json.loads(parser.parse_sql_json(whole))
    except parser.ParseError as exc:
        raise NotTold(f"PostgreSQL cannot read it: {exc.args[0]}") from None
    if any(token.name in ("SQL_COMMENT", "C_COMMENT") for token in tokens):
        raise NotTold("it holds a comment")
    _refuse_more(tree)
    # The parser counts bytes, and the scanner's places are those of characters.
    place = {len(whole[: token.start].encode()): number for number, token in enumerate(tokens)}
    changes: list[tuple[int, int, str]] = []
    columns: list[str] = []
    for node, function in _names(tree["stmts"][0]["stmt"]["SelectStmt"]["targetList"], None):
        parts = [part["String"]["sval"] for part in node["fields"] if "String" in part]
        if len(parts) != len(node["fields"]):
            raise NotTold("it means all columns")
        # Between two parts of a name there is a point.
        first = place[node["location"]]
        last = first + 2 * (len(parts) - 1)
        sequence = _sequence(parts, function, known)
        if sequence is None:
            column = _alike(parts[-1], known.columns)
            columns.append(column)
        changes.append((tokens[first].start, tokens[last].end + 1, sequence or ident(column)))
    for start, end, name in sorted(changes, reverse=True):
        whole = whole[:start] + name + whole[end:]
    return Expression(whole[len(before) :].strip(), tuple(dict.fromkeys(columns)))


def regclass(name: Name) -> str:
    """SQL of a relation as a constant, which survives the relation's renaming."""
    parts = ('"' + part.replace('"', '""') + '"' for part in (name.schema, name.name))
    return f"{literal('.'.join(parts))}::pg_catalog.regclass"


def _refuse_more(tree: Any) -> None:
    statements = tree.get("stmts", [])
    select = statements[0]["stmt"].get("SelectStmt", {}) if len(statements) == 1 else {}
    targets = select.get("targetList", [])
    if not select.keys() <= _PLAIN or len(targets) != 1 or "val" not in targets[0]["ResTarget"]:
        raise NotTold("it is not one expression")
    if "name" in targets[0]["ResTarget"] or any(True for _ in _nodes(targets, "SubLink")):
        raise NotTold("it is more than an expression")


def _nodes(tree: Any, kind: str) -> Iterator[Any]:
    if isinstance(tree, list):
        for item in tree:
            yield from _nodes(item, kind)
    elif isinstance(tree, dict):
        for key, item in tree.items():
            if key == kind:
                yield item
            yield from _nodes(item, kind)


def _names(tree: Any, function: str | None) -> Iterator[tuple[Any, str | None]]:
    """Every name of a column or the like, and the function that it is an argument of."""
    if isinstance(tree, list):
        for item in tree:
            yield from _names(item, function)
    elif isinstance(tree, dict):
        for key, item in tree.items():
            if key == "ColumnRef":
                yield item, function
            elif key == "FuncCall":
                yield from _names(item, item["funcname"][-1]["String"]["sval"])
            else:
                yield from _names(item, function if key in ("args",) else None)


def _alike(name: str, columns: Mapping[str, str]) -> str:
    if name in columns:
        return columns[name]
    found = [here for there, here in columns.items() if there.casefold() == name.casefold()]
    if len(found) != 1:
        raise NotTold(f"{name} is no column of the table")
    return found[0]


def _sequence(parts: list[str], function: str | None, known: Known) -> str | None:
    """SQL in place of a sequence: of nextval("schema"."name"), and of schema.name.nextval."""
    if function == "nextval":
        called, whole = parts, "{}"
    elif len(parts) > 1 and parts[-1].lower() == "nextval":
        called, whole = parts[:-1], "pg_catalog.nextval({})"
    else:
        return None
    wanted = tuple(part.casefold() for part in ([known.schema, *called])[-2:])
    for (schema, name), here in known.sequences.items():
        if (schema.casefold(), name.casefold()) == wanted:
            return whole.format(regclass(here))
    raise NotTold(f"there is no sequence {'.'.join(called)}")
