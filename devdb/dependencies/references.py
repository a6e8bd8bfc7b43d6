"""The names that a statement of SQL mentions, as written: relations, routines, types, operators and collations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pglast import ast
from pglast.parser import parse_sql

Sort = Literal["relation", "routine", "procedure", "type", "operator", "collation"]

# Functions of PostgreSQL's whose first argument names a sequence; casts that make a name of a text.
_OF_SEQUENCES = frozenset({"nextval", "currval", "setval"})
_NAMING: Mapping[str, Sort] = {
    "regclass": "relation",
    "regproc": "routine",
    "regprocedure": "routine",
    "regtype": "type",
    "regcollation": "collation",
}
_WRITTEN = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^\s."()]+))\s*(\.|\(.*\)|$)', re.DOTALL)


@dataclass(frozen=True)
class Reference:
    """A name as it stands in SQL, of one part or several. `count` is that of the arguments of a routine or operator.

    `at` is where, in characters from the beginning; -1 if nobody knows.
    """

    sort: Sort
    name: tuple[str, ...]
    count: int | None = None
    at: int = -1


@dataclass(frozen=True)
class Statement:
    """What one statement mentions, and the relations that it makes."""

    mentioned: tuple[Reference, ...]
    made: tuple[tuple[str, ...], ...]


def references(sql: str) -> list[Statement]:
    """What each statement of `sql` mentions. Raises pglast.parser.ParseError."""
    return [_statement(raw.stmt) for raw in parse_sql(sql)]


def parts_of(written: str) -> tuple[str, ...]:
    """The parts of a name that a text holds, as regclass reads it; () if it is none."""
    parts: list[str] = []
    rest = written
    while True:
        found = _WRITTEN.match(rest)
        if found is None:
            return ()
        quoted, plain, end = found.groups()
        parts.append(quoted.replace('""', '"') if quoted is not None else plain.lower())
        if end != ".":
            return tuple(parts)
        rest = rest[found.end() :]


def constant(node: Any) -> str | None:
    """The text that an expression is: a literal, cast or not, or several put together; None if it is more."""
    if isinstance(node, ast.A_Const):
        return node.val.sval if isinstance(node.val, ast.String) else None
    if isinstance(node, ast.TypeCast):
        return constant(node.arg)
    if isinstance(node, ast.A_Expr) and node.lexpr is not None and _words(node.name or ()) == ("||",):
        left, right = constant(node.lexpr), constant(node.rexpr)
        return None if left is None or right is None else left + right
    return None


def _statement(statement: Any) -> Statement:
    mentioned: list[Reference] = []
    made: list[tuple[str, ...]] = []
    todo: list[tuple[Any, frozenset[str]]] = [(statement, frozenset())]
    while todo:
        node, names = todo.pop()
        if isinstance(node, tuple):
            todo += [(item, names) for item in reversed(node)]
            continue
        if not isinstance(node, ast.Node) or isinstance(node, ast.LockingClause | ast.DropStmt):
            # FOR UPDATE OF says again what FROM said; what is dropped need not be there, or was made before.
            continue
        if isinstance(node, ast.CallStmt):
            mentioned += _call(node)
            todo.append((node.funccall.args or (), names))  # type: ignore[union-attr]
            continue
        known = _common(node, names, todo)
        kind: Any = type(node)
        skipped = _targets(node, mentioned, made)
        mentioned += _own(node, known)
        todo += [
            (child, known)
            for slot in _slots(kind)
            if slot not in skipped and isinstance(child := getattr(node, slot), ast.Node | tuple)
        ]
    return Statement(tuple(mentioned), tuple(made))


@cache
def _slots(kind: Any) -> tuple[str, ...]:
    """What of a node may hold others."""
    return tuple(slot for slot in reversed(kind.__slots__) if slot not in ("withClause", "location"))


def _common(node: Any, names: frozenset[str], todo: list[tuple[Any, frozenset[str]]]) -> frozenset[str]:
    """The names of WITH that hold within a node; its queries are left to be done."""
    clause = getattr(node, "withClause", None)
    if clause is None:
        return names
    every = names | {common.ctename for common in clause.ctes}
    for common in clause.ctes:
        todo.append((common.ctequery, every if clause.recursive else names))
        # Of the ones that come later only a recursive one knows.
        names = names | {common.ctename}
    return names


def _targets(node: Any, mentioned: list[Reference], made: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Note what a statement writes to or makes, which no name of WITH hides; which slots that leaves to nobody."""
    if isinstance(node, ast.InsertStmt | ast.UpdateStmt | ast.DeleteStmt | ast.MergeStmt):
        mentioned.append(_relation(node.relation))
        return ("relation",)
    if isinstance(node, ast.IntoClause):
        made.append(_relation(node.rel).name)
        return ("rel",)
    for kind, slot in ((ast.CreateStmt, "relation"), (ast.ViewStmt, "view"), (ast.CreateSeqStmt, "sequence")):
        if isinstance(node, kind):
            made.append(_relation(getattr(node, slot)).name)
            return (slot,)
    return ()


def _own(node: Any, names: frozenset[str]) -> Iterator[Reference]:
    """What this node mentions by itself."""
    if isinstance(node, ast.RangeVar):
        if node.schemaname is not None or node.relname not in names:
            yield _relation(node)
    elif type(node) in _OWN:
        yield from _OWN[type(node)](node)


def _typed(node: Any) -> Iterator[Reference]:
    name = _words(node.names)
    # %TYPE names a column behind its table.
    yield Reference("relation" if node.pct_type else "type", name[:-1] if node.pct_type else name, at=_at(node))


def _cast(node: Any) -> Iterator[Reference]:
    sort = _NAMING.get(_words(node.typeName.names)[-1])
    text = None if sort is None else constant(node.arg)
    if sort is not None and text is not None and not text.strip().isdigit() and parts_of(text):
        yield Reference(sort, parts_of(text), at=_at(node))


def _operator(node: Any) -> Iterator[Reference]:
    if node.name:
        count = (node.lexpr is not None) + (node.rexpr is not None)
        yield Reference("operator", _words(node.name), count, _at(node))


def _collated(node: Any) -> Iterator[Reference]:
    yield Reference("collation", _words(node.collname), at=_at(node))


def _sorted_by(node: Any) -> Iterator[Reference]:
    if node.useOp:
        yield Reference("operator", _words(node.useOp), 2, _at(node))


def _call(node: Any) -> Iterator[Reference]:
    call = node.funccall
    yield Reference("procedure", _words(call.funcname), len(call.args or ()), _at(call))


def _called(node: Any) -> Iterator[Reference]:
    name = _words(node.funcname)
    arguments = node.args or ()
    count = len(arguments) + (len(node.agg_order or ()) if node.agg_within_group else 0)
    yield Reference("routine", name, count, _at(node))
    if name[-1] in _OF_SEQUENCES and arguments:
        first: Any = arguments[0]
        # Of a cast to regclass the cast tells.
        is_told = any(_cast(first)) if isinstance(first, ast.TypeCast) else False
        text = None if is_told else constant(first)
        if text and parts_of(text):
            yield Reference("relation", parts_of(text), at=_at(node))


_OWN: Mapping[type, Callable[[Any], Iterator[Reference]]] = {
    ast.A_Expr: _operator,
    ast.CollateClause: _collated,
    ast.FuncCall: _called,
    ast.SortBy: _sorted_by,
    ast.TypeCast: _cast,
    ast.TypeName: _typed,
}


def _relation(node: Any) -> Reference:
    return Reference("relation", tuple(part for part in (node.schemaname, node.relname) if part), at=_at(node))


def _words(parts: Iterable[Any]) -> tuple[str, ...]:
    words = tuple(part.sval for part in parts)
    return words[1:] if len(words) > 2 else words  # the database, which can only be this one


def _at(node: Any) -> int:
    location = getattr(node, "location", None)
    return -1 if location is None else int(location)
