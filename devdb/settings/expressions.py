"""Check the SQL of rules and masks before any server is asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from devdb.errors import ScriptFailed, SettingsError
from devdb.settings.complaints import nearest
from devdb.settings.follow import Follow
from devdb.settings.mask import Mask
from devdb.settings.masking import Masking
from devdb.settings.replicate import Condition, Replicate
from devdb.settings.rule import Rule
from devdb.settings.sampling import Sampling
from devdb.settings.seeds import OPTION, Seed
from devdb.settings.virtual_key import VirtualKey

HoldsSql = Rule | Follow | VirtualKey | Seed | Mask | Condition

_SYSTEM_COLUMNS = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"})


@dataclass(frozen=True)
class _Frame:
    """The statement in which an expression is parsed. The line end in `after` closes a comment at its end."""

    before: str
    after: str
    clause: str  # where the expression stands in the parser's tree


_WHERE = _Frame("SELECT WHERE (", "\n)", "whereClause")
_VALUE = _Frame("SELECT (", "\n)", "targetList")
_ORDER_BY = _Frame("SELECT ORDER BY ", "\n", "sortClause")


@dataclass(frozen=True)
class _Said:
    """One expression, and what to call its place."""

    key: str
    frame: _Frame
    text: str


def check_expressions(sampling: Sampling) -> None:
    """Raise ScriptFailed for the first text that should be one expression, or one list to order by, and is not."""
    named: list[tuple[str, HoldsSql]] = [("sampling.default", sampling.default)]
    for section in ("tables", "follow", "virtual_keys"):
        named += [(f"sampling.{section}.{key}", said) for key, said in getattr(sampling, section).items()]
    named += [(seed.pattern, seed) for seed in sampling.seeds]
    for name, holder in named:
        for said in _expressions(holder):
            _check(holder, name if isinstance(holder, Seed) else f"{name}.{said.key}", said.frame, said.text)


def check_masks(masking: Masking) -> None:
    """Raise ScriptFailed for the first mask whose SQL is not one expression."""
    for section in ("columns", "types"):
        for key, mask in getattr(masking, section).items():
            for inner in mask.walk():
                for said in _expressions(inner):
                    _check(inner, f"masking.{section}.{key}.{said.key}", said.frame, said.text)


def check_subset(replicate: Replicate) -> None:
    """Raise ScriptFailed for the first condition of a subset that is not one expression."""
    for label, condition in replicate.subset.items():
        _check(condition, f"replicate.subset.{label}", _WHERE, condition.sql)


def unknown_columns(holder: HoldsSql, *, table: str, columns: Collection[str]) -> list[SettingsError]:
    """Return an error for each name in its SQL that is no column of `table`, which is what errors call it.

    Names inside subqueries and names with a table before the dot are left to the server.
    """
    errors = []
    for said in _expressions(holder):
        for name in _names(said.frame, said.text):
            if name not in columns and name not in _SYSTEM_COLUMNS:
                message = f"{said.key} of {table}: there is no column {name}"
                errors.append(SettingsError(message, path=holder.path, line=holder.line, hint=nearest(name, columns)))
    return errors


def column_names(expression: str) -> tuple[str, ...]:
    """Return the bare names that an expression holds outside subqueries, each once: its columns, as they are called.

    The expression must have passed check_expressions.
    """
    return _names(_VALUE, expression)


def _expressions(holder: HoldsSql) -> list[_Said]:
    found: list[tuple[str, _Frame, str | None]] = []
    if isinstance(holder, VirtualKey):
        marks = [""] if len(holder.columns) == 1 else [f"[{position + 1}]" for position in range(len(holder.columns))]
        found += [(f"columns{mark}", _VALUE, text) for mark, text in zip(marks, holder.columns, strict=True)]
        found.append(("when", _WHERE, holder.when))
    elif isinstance(holder, Mask):
        found.append(("sql", _VALUE, holder.sql))
    elif isinstance(holder, Condition):
        found.append(("sql", _WHERE, holder.sql))
    else:
        found.append(("where", _WHERE, holder.where))
        if not isinstance(holder, Seed):
            found.append(("order_by", _ORDER_BY, holder.order_by))
    return [_Said(key, frame, text) for key, frame, text in found if text is not None]


def _names(frame: _Frame, expression: str) -> tuple[str, ...]:
    from pglast import parser

    tree = json.loads(parser.parse_sql_json(frame.before + expression + frame.after))
    return tuple(dict.fromkeys(_column_names(tree)))


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


def _check(holder: HoldsSql, name: str, frame: _Frame, expression: str) -> None:
    from pglast import parser  # loaded for rules with SQL in them only

    try:
        depth = 0
        for token in parser.scan(expression):
            depth += {"ASCII_40": 1, "ASCII_41": -1}.get(token.name, 0)
            if depth < 0:  # "a) OR (b" would parse between our parentheses
                raise _failed(holder, name, "a parenthesis is closed that was not opened")
        if depth > 0:
            raise _failed(holder, name, "a parenthesis is not closed")
        tree = json.loads(parser.parse_sql_json(frame.before + expression + frame.after))
    except parser.ParseError as exc:
        raise _failed(holder, name, _without_our_end(frame.before + expression, str(exc.args[0]))) from exc
    said = [statement["stmt"].get("SelectStmt", {}) for statement in tree["stmts"]]
    if len(said) != 1 or said[0].keys() - {"limitOption", "op"} != {frame.clause}:
        raise _failed(holder, name, "there is more here than one expression")
    if frame is _WHERE and "RowExpr" in said[0][frame.clause]:
        raise _failed(holder, name, "this is a list, not a condition")
    if frame is _VALUE and "RowExpr" in said[0][frame.clause][0]["ResTarget"]["val"]:
        raise _failed(holder, name, "this is a list; each column is an item of its own")


def _without_our_end(text: str, message: str) -> str:
    """Return what the parser says when it may not trip over the parenthesis that we add."""
    from pglast import parser

    try:
        parser.parse_sql_json(text)
    except parser.ParseError as exc:
        return str(exc.args[0])
    return message


def _failed(holder: HoldsSql, name: str, reason: str) -> ScriptFailed:
    path = holder.path or (OPTION if isinstance(holder, Seed) else "settings")
    return ScriptFailed(f"{name}: {reason}", path=path, line=holder.line)
