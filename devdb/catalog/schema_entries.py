"""What the statements of a post-data section are about: relations, keys, and how they can be divided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pglast
from pglast import ast
from pglast.enums import AlterTableType, ConstrType

from devdb.catalog.model import Name
from devdb.catalog.schema_file import Entry
from devdb.sqltext.quoting import ident

Rewrite = Callable[[str], "str | None"]


@dataclass(frozen=True)
class Statement:
    """One statement to send, and its line in the file. `is_as_written`: no rewriting has changed it."""

    text: str
    line: int
    is_as_written: bool = True


@dataclass(frozen=True)
class Index:
    """An index that a statement makes, by itself or for a constraint. `columns` are None unless it is a unique key.

    `has_expressions`: ANALYZE collects statistics of what the index holds, too.
    """

    table: Name
    name: Name
    columns: frozenset[str] | None
    is_constraint: bool
    has_expressions: bool


@dataclass(frozen=True)
class Key:
    """A foreign key that a statement adds. `is_checked`: the rows are looked at."""

    child: Name
    parent: Name
    parent_columns: frozenset[str]
    name: str
    is_checked: bool


@dataclass(frozen=True)
class Attached:
    """An index that a statement makes part of a partitioned table's."""

    parent: Name
    child: Name


@dataclass(frozen=True)
class Content:
    """An entry's statements, as they are to be sent, and what the first one does; None where that is something else."""

    entry: Entry
    statements: tuple[Statement, ...]
    does: Index | Key | Attached | None
    _parsed: tuple[Any, ...]

    def relations(self) -> tuple[Name, ...]:
        """Every relation that the statements name."""
        return tuple(dict.fromkeys(_relations(self._parsed)))

    def divided(self) -> tuple[Statement, Statement] | None:
        """The first statement as two that do the same, of which the long one lets others into the table.

        A unique key: its index, then the constraint that takes it over. A foreign key: without a look at the rows,
        then the look. None for what cannot be divided.
        """
        first = self.statements[0]
        if not first.is_as_written:
            return None
        if isinstance(self.does, Key) and self.does.is_checked:
            return (
                Statement(f"{first.text} NOT VALID", first.line),
                Statement(f"ALTER TABLE {self.does.child.sql} VALIDATE CONSTRAINT {ident(self.does.name)}", first.line),
            )
        if isinstance(self.does, Index) and self.does.is_constraint:
            return _unique_index_first(self.does, self._parsed[0].cmds[0].def_, first.line)
        return None


def content(entry: Entry, rewrite: Rewrite) -> Content | None:
    """What an entry holds; None when nothing of it is to be sent. `rewrite` has the last word on each statement."""
    statements: list[Statement] = []
    for part in pglast.split(entry.text, only_slices=True):
        text = entry.text[part]
        kept = rewrite(text)
        if kept is not None:
            line = entry.line + entry.text.count("\n", 0, part.start)
            statements.append(Statement(kept, line, is_as_written=kept == text))
    if not statements:
        return None
    parsed = tuple(raw.stmt for raw in pglast.parse_sql(entry.text))
    # Whose first statement is left out is nothing that the others could be told by.
    does = _does(parsed[0]) if len(statements) == len(parsed) else None
    return Content(entry, tuple(statements), does, parsed)


def _does(statement: Any) -> Index | Key | Attached | None:
    if isinstance(statement, ast.IndexStmt):
        table = _name(statement.relation)
        names = frozenset(element.name for element in statement.indexParams or ())
        has_expressions = None in names
        columns = names if statement.unique and statement.whereClause is None and not has_expressions else None
        name = Name(table.schema, str(statement.idxname))
        return Index(table, name, columns, is_constraint=False, has_expressions=has_expressions)
    commands = statement.cmds or () if isinstance(statement, ast.AlterTableStmt) else ()
    if len(commands) != 1:
        return None
    (command,) = commands
    relation = _name(statement.relation)
    if isinstance(command.def_, ast.PartitionCmd) and command.subtype == AlterTableType.AT_AttachPartition:
        return Attached(relation, _name(command.def_.name))
    constraint = command.def_
    if not isinstance(constraint, ast.Constraint) or not constraint.conname:
        return None
    name = Name(relation.schema, constraint.conname)
    if constraint.contype in (ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_UNIQUE):
        columns = frozenset(key.sval for key in constraint.keys or ())
        return Index(relation, name, columns, is_constraint=True, has_expressions=False)
    if constraint.contype == ConstrType.CONSTR_EXCLUSION:
        has_expressions = any(element.name is None for element, _ in constraint.exclusions or ())
        return Index(relation, name, None, is_constraint=True, has_expressions=has_expressions)
    if constraint.contype == ConstrType.CONSTR_FOREIGN:
        return Key(
            relation,
            _name(constraint.pktable),
            frozenset(key.sval for key in constraint.pk_attrs or ()),
            constraint.conname,
            is_checked=not constraint.skip_validation,
        )
    return None


def _unique_index_first(index: Index, constraint: Any, line: int) -> tuple[Statement, Statement] | None:
    """None where a constraint over an index that is there would not be the same, or is not allowed."""
    if index.columns is None or constraint.options or constraint.without_overlaps or constraint.indexspace:
        return None

    def listed(names: Any) -> str:
        return ", ".join(ident(name.sval) for name in names)

    name = ident(index.name.name)
    create = f"CREATE UNIQUE INDEX {name} ON {index.table.sql} USING btree ({listed(constraint.keys)})"
    if constraint.including:
        create += f" INCLUDE ({listed(constraint.including)})"
    if constraint.nulls_not_distinct:
        create += " NULLS NOT DISTINCT"
    kind = "PRIMARY KEY" if constraint.contype == ConstrType.CONSTR_PRIMARY else "UNIQUE"
    add = f"ALTER TABLE ONLY {index.table.sql} ADD CONSTRAINT {name} {kind} USING INDEX {name}"
    if constraint.deferrable:
        add += " DEFERRABLE INITIALLY DEFERRED" if constraint.initdeferred else " DEFERRABLE"
    return Statement(create, line), Statement(add, line)


def _relations(node: object) -> Iterator[Name]:
    """Every relation named somewhere in a statement."""
    if isinstance(node, ast.RangeVar):
        yield _name(node)
    elif isinstance(node, tuple):
        for member in node:
            yield from _relations(member)
    elif isinstance(node, ast.Node):
        for attribute in node:
            yield from _relations(getattr(node, attribute))


def _name(relation: Any) -> Name:
    return Name(relation.schemaname or "", relation.relname)
