"""Check the SQL of rules before any server is asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from devdb.errors import ScriptFailed, SettingsError
from devdb.settings.complaints import nearest
from devdb.settings.rule import Rule
from devdb.settings.sections import Sampling

_SYSTEM_COLUMNS = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})


@dataclass(frozen=True)
class _Frame:
    """The statement in which an expression is parsed. The line end in `after` closes a comment at its end."""

    key: str
    before: str
    after: str
    clause: str  # where the expression stands in the parser's tree


_WHERE = _Frame("where", "SELECT WHERE (", "\n)", "whereClause")
_ORDER_BY = _Frame("order_by", "SELECT ORDER BY ", "\n", "sortClause")


def check_expressions(sampling: Sampling) -> None:
    """Raise ScriptFailed for the first `where` or `order_by` that is not one expression, or one list of them."""
    named = [("sampling.default", sampling.default)]
    named += [(f"sampling.tables.{text}", rule) for text, rule in sampling.tables.items()]
    for name, rule in named:
        for frame, expression in _expressions(rule):
            _check(rule, f"{name}.{frame.key}", frame, expression)


def unknown_columns(rule: Rule, *, table: str, columns: Collection[str]) -> list[SettingsError]:
    """Return an error for each name in the rule's SQL that is no column of `table`, which is what errors call it.

    Names inside subqueries and names with a table before the dot are left to the server.
    """
    from pglast import parser

    errors = []
    for frame, expression in _expressions(rule):
        tree = json.loads(parser.parse_sql_json(frame.before + expression + frame.after))
        for name in dict.fromkeys(_column_names(tree)):
            if name not in columns and name not in _SYSTEM_COLUMNS:
                message = f"{frame.key} of {table}: there is no column {name}"
                errors.append(SettingsError(message, path=rule.path, line=rule.line, hint=nearest(name, columns)))
    return errors


def _expressions(rule: Rule) -> list[tuple[_Frame, str]]:
    found = [(_WHERE, rule.where), (_ORDER_BY, rule.order_by)]
    return [(frame, text) for frame, text in found if text is not None]


def _column_names(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for item in tree:
            yield from _column_names(item)
    elif isinstance(tree, dict):
        for key, item in tree.items():
            if key == "ColumnRef":
                names = [part["String"]["sval"] for part in item["fields"] if "String" in part]
                if len(item["fields"]) == len(names) == 1:
                    yield names[0]
            elif key == "SubLink":
                yield from _column_names(item.get("testexpr"))
            else:
                yield from _column_names(item)


def _check(rule: Rule, name: str, frame: _Frame, expression: str) -> None:
    from pglast import parser  # loaded for rules with SQL in them only

    try:
        depth = 0
        for token in parser.scan(expression):
            depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
            if depth < 0:  # "a) OR (b" would parse between our parentheses
                raise _failed(rule, name, "a parenthesis is closed that was not opened")
        if depth > 0:
            raise _failed(rule, name, "a parenthesis is not closed")
        tree = json.loads(parser.parse_sql_json(frame.before + expression + frame.after))
    except parser.ParseError as exc:
        raise _failed(rule, name, _without_our_end(frame.before + expression, str(exc.args[0]))) from exc
    said = [statement["stmt"].get("SelectStmt", {}) for statement in tree["stmts"]]
    if len(said) != 1 or said[0].keys() - {"limitOption", "op"} != {frame.clause}:
        raise _failed(rule, name, "there is more here than one expression")
    if frame is _WHERE and "RowExpr" in said[0][frame.clause]:
        raise _failed(rule, name, "this is a list, not a condition")


def _without_our_end(text: str, message: str) -> str:
    """Return what the parser says when it may not trip over the parenthesis that we add."""
    from pglast import parser

    try:
        parser.parse_sql_json(text)
    except parser.ParseError as exc:
        return str(exc.args[0])
    return message


def _failed(rule: Rule, name: str, reason: str) -> ScriptFailed:
    return ScriptFailed(f"{name}: {reason}", path=rule.path or "settings", line=rule.line)
