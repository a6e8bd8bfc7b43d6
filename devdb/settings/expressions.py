"""Check the SQL of rules before any server is asked."""

from __future__ import annotations

import json

from devdb.errors import ScriptFailed
from devdb.settings.rule import Rule
from devdb.settings.sections import Sampling


def check_expressions(sampling: Sampling) -> None:
    """Raise ScriptFailed for the first `where` or `order_by` that is not one expression, or one list of them."""
    named = [("sampling.default", sampling.default)]
    named += [(f"sampling.tables.{text}", rule) for text, rule in sampling.tables.items()]
    for name, rule in named:
        # The line end closes a comment that the expression may end with.
        if rule.where is not None:
            _check(rule, f"{name}.where", "SELECT WHERE (", rule.where, "\n)", clause="whereClause")
        if rule.order_by is not None:
            _check(rule, f"{name}.order_by", "SELECT ORDER BY ", rule.order_by, "\n", clause="sortClause")


def _check(rule: Rule, name: str, before: str, expression: str, after: str, *, clause: str) -> None:
    from pglast import parser  # loaded for rules with SQL in them only

    try:
        depth = 0
        for token in parser.scan(expression):
            depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
            if depth < 0:  # "a) OR (b" would parse between our parentheses
                raise _failed(rule, name, "a parenthesis is closed that was not opened")
        if depth > 0:
            raise _failed(rule, name, "a parenthesis is not closed")
        tree = json.loads(parser.parse_sql_json(before + expression + after))
    except parser.ParseError as exc:
        raise _failed(rule, name, _without_our_end(before + expression, str(exc.args[0]))) from exc
    said = [statement["stmt"].get("SelectStmt", {}) for statement in tree["stmts"]]
    if len(said) != 1 or said[0].keys() - {"limitOption", "op"} != {clause}:
        raise _failed(rule, name, "there is more here than one expression")
    if clause == "whereClause" and "RowExpr" in said[0][clause]:
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
