"""What PostgreSQL 18 and later write of columns, in the words of the releases before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pglast
from pglast import ast
from pglast.enums import ConstrType, ObjectType

from devdb.sqltext.quoting import ident

# The first release in which NOT NULL is a constraint with a name, and a generated column need not be stored.
NEW_WORDS = 180000

_VIRTUAL = "v"
_OPENING, _CLOSING, _COMMA = "ASCII_40", "ASCII_41", "ASCII_44"


def in_older_words(
    rewrite: Callable[[str], str | None], on_left_out: Callable[[str], None]
) -> Callable[[str], str | None]:
    """`rewrite`, and then what an older server does not understand is said in its words.

    A virtual column becomes a stored one, which holds the same. NOT NULL of a table becomes that of a column. What has
    no older equivalent (NOT NULL that is NOT VALID, or not for the children) is left out; `on_left_out` hears of it.
    """
    names: set[tuple[str, ...]] = set()

    def rewritten(statement: str) -> str | None:
        kept = rewrite(statement)
        if kept is None or not any(words in kept for words in ("NOT NULL", "GENERATED ALWAYS AS", "ON CONSTRAINT")):
            return kept
        body = pglast.split(kept)[0]
        parsed = pglast.parse_sql(body)[0].stmt
        if isinstance(parsed, ast.CreateStmt):
            return _Table(body, parsed, names, on_left_out).rewritten(kept)
        if isinstance(parsed, ast.AlterTableStmt):
            found = [command.def_ for command in parsed.cmds or () if _is_not_null(command.def_)]
            for constraint in found:
                names.add((*_called(parsed.relation), str(constraint.conname)))
                on_left_out(f"{_sql(parsed.relation)}: NOT NULL {_columns(constraint)} NOT VALID is left out")
            return None if found else kept
        if isinstance(parsed, ast.CommentStmt) and parsed.objtype == ObjectType.OBJECT_TABCONSTRAINT:
            on: Any = parsed.object
            return None if tuple(word.sval for word in on) in names else kept
        return kept

    return rewritten


class _Table:
    """A CREATE TABLE, and what of its text is to be cut or put in."""

    def __init__(
        self, text: str, parsed: ast.CreateStmt, names: set[tuple[str, ...]], on_left_out: Callable[[str], None]
    ) -> None:
        self._text = text
        self._parsed = parsed
        self._names = names
        self._on_left_out = on_left_out
        self._tokens = pglast.parser.scan(text)
        self._edits: list[tuple[int, int, str]] = []
        self._not_null: list[str] = []

    def rewritten(self, kept: str) -> str:
        """The statement in older words; `kept`, as it was, when it is in older words already."""
        is_first = True
        for element in self._parsed.tableElts or ():
            if _is_not_null(element):
                self._table_constraint(element, is_first=is_first)
                continue
            is_first = False
            if isinstance(element, ast.ColumnDef):
                for constraint in element.constraints or ():
                    self._column_constraint(str(element.colname), constraint)
        if not self._edits:
            return kept
        text = self._text
        for start, end, replacement in sorted(self._edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        table = _sql(self._parsed.relation)
        return ";\n".join(
            [text, *(f"ALTER TABLE ONLY {table} ALTER COLUMN {name} SET NOT NULL" for name in self._not_null)]
        )

    def _table_constraint(self, constraint: ast.Constraint, *, is_first: bool) -> None:
        """`is_first`: nothing that stays is before it."""
        self._remember(constraint)
        if constraint.is_no_inherit:
            self._leave_out(_columns(constraint))
        else:
            self._not_null.append(_columns(constraint))
        first = self._at(constraint)
        last = next(index for index, name in self._from(first) if name in (_COMMA, _CLOSING))
        if not is_first:
            self._cut(first - 1, last - 1)
        else:
            self._cut(first, last if self._tokens[last].name == _COMMA else last - 1)

    def _column_constraint(self, column: str, constraint: ast.Constraint) -> None:
        first = self._at(constraint)
        if _is_not_null(constraint):
            self._remember(constraint)
            if constraint.is_no_inherit:
                self._leave_out(ident(column))
                self._cut(first, next(index for index, name in self._from(first) if name == "INHERIT"))
        elif constraint.contype == ConstrType.CONSTR_GENERATED and constraint.generated_kind == _VIRTUAL:
            last = next(index for index, name in self._from(first) if name == _CLOSING)
            end = self._tokens[last].end + 1
            if self._tokens[last + 1].name == "VIRTUAL":
                self._cut(last + 1, last + 1)
            self._edits.append((end, end, " STORED"))

    def _remember(self, constraint: ast.Constraint) -> None:
        if constraint.conname:
            self._names.add((*_called(self._parsed.relation), constraint.conname))

    def _leave_out(self, columns: str) -> None:
        self._on_left_out(f"{_sql(self._parsed.relation)}: NOT NULL {columns} NO INHERIT is left out")

    def _at(self, constraint: ast.Constraint) -> int:
        return next(index for index, token in enumerate(self._tokens) if token.start == constraint.location)

    def _from(self, first: int) -> Iterator[tuple[int, str]]:
        """Tokens from there on, but for what is in parentheses: of these the closing one alone."""
        depth = 0
        for index in range(first, len(self._tokens)):
            name = self._tokens[index].name
            depth += (name == _OPENING) - (name == _CLOSING)
            if depth <= 0:
                yield index, name

    def _cut(self, first: int, last: int) -> None:
        self._edits.append((self._tokens[first].start, self._tokens[last].end + 1, ""))


def _is_not_null(node: object) -> bool:
    return isinstance(node, ast.Constraint) and node.contype == ConstrType.CONSTR_NOTNULL


def _columns(constraint: ast.Constraint) -> str:
    return ", ".join(ident(key.sval) for key in constraint.keys or ())


def _called(relation: ast.RangeVar | None) -> tuple[str, str]:
    assert relation is not None
    return str(relation.schemaname), str(relation.relname)


def _sql(relation: ast.RangeVar | None) -> str:
    return ".".join(ident(name) for name in _called(relation))
