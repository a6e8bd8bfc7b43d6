"""What of rules and keys a wrapper cannot send to the source, so that whole tables cross the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from devdb.catalog import source as catalog
from devdb.catalog.model import Name, Source, Table
from devdb.planning.edges import Step
from devdb.planning.statistics import explained
from devdb.sampling import references
from devdb.sampling.choice import Choice
from devdb.sampling.rules import Take
from devdb.server.connection import Connection, raise_if_lost
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

# Functions that the grammar knows by names of their own.
_SESSION = "its value depends on the session"
_NO_COLLATION = re.compile(r"->>|#>>")


@dataclass(frozen=True)
class Unsent:
    """Something that is looked at in the dev database, after all rows came over.

    `clause` is the SQL (or the key), `reason` why in words, `remote_sql` what is sent instead; None when no dev
    database is linked, where all this is but expected.
    """

    table: Name
    clause: str
    reason: str
    remote_sql: str | None


def unsent(
    linked: Connection | None,
    facts: Facts,
    source: Source,
    choice: Choice,
    live: Collection[Step],
    takes: Sequence[Take],
    foreign: Callable[[Name], Name],
) -> list[Unsent]:
    """What the wrapper cannot send of the rules and of the `live` steps.

    `linked` is a connection to a dev database that has the foreign tables, `facts` knows the source.
    """
    found: list[Unsent] = []
    for take in takes:
        if take.rule.where is None and take.rule.order_by is None and (take.limit is None or take.table.primary_key):
            continue
        found += _of_take(linked, facts, take)
    for number, reference in enumerate(choice.references):
        follow = reference.follow
        if follow is not None and follow.where is not None and Step(number, False) in live:
            table = source.root(reference.key.child)
            found += _conditions(linked, facts, table, foreign(reference.key.child.name), follow.where)
    return found + list(_keys(source, choice, live))


def is_linked(connection: Connection, foreign: Iterable[Name]) -> bool:
    """Whether the database has all these foreign tables, and this user may read them."""
    for name in foreign:
        row = connection.execute(
            "SELECT pg_catalog.has_table_privilege(c.oid, 'SELECT') FROM pg_catalog.pg_class AS c "
            "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'f' AND n.nspname = %s AND c.relname = %s",
            (name.schema, name.name),
        ).fetchone()
        if row != (True,):
            return False
    return True


def _of_take(linked: Connection | None, facts: Facts, take: Take) -> Iterator[Unsent]:
    table = take.table
    if take.rule.where is not None:
        yield from _conditions(linked, facts, table, take.foreign, take.rule.where)
    if take.limit is None:
        return
    words = take.rule.order_by or "the hash of the primary key"
    reason = None
    if take.rule.order_by is not None:
        reason = facts.reason(table, f"SELECT ORDER BY {take.rule.order_by}\n")
    elif not table.primary_key:
        words, reason = "the hash of the row", "without a primary key the text of the whole row is hashed, here"
    else:
        reason = _own_types(table, table.primary_key)
    if linked is None:
        if reason is not None:
            yield Unsent(table.name, f"ORDER BY {words}", reason, None)
        return
    query = f"SELECT {_columns(table)} FROM {take.foreign.sql} AS f\nORDER BY\n{take.order_by}\n"
    plan = _planned(linked, query + f"LIMIT {take.limit}")
    if plan is not None and _has(plan, "Sort"):
        yield Unsent(table.name, f"ORDER BY {words}", reason or _UNKNOWN, _remote(plan))


_UNKNOWN = "postgres_fdw does not say why"


def _conditions(linked: Connection | None, facts: Facts, table: Table, foreign: Name, where: str) -> Iterator[Unsent]:
    """Each part of the condition by itself: what is joined by AND is sent or not by itself."""
    parts = _parts(where)
    whole = None
    if linked is not None:
        columns = _columns(table)
        whole = _planned(linked, f"SELECT {columns} FROM {foreign.sql} AS f WHERE (\n{where}\n)")
    for part in parts:
        reason = facts.reason(table, f"SELECT WHERE (\n{part}\n)")
        if linked is None or whole is None:
            if reason is not None:
                yield Unsent(table.name, part, reason, None)
            continue
        plan = _planned(linked, f"SELECT FROM {foreign.sql} AS f WHERE (\n{part}\n)")
        if plan is not None and not _is_sent(plan):
            yield Unsent(table.name, part, reason or _UNKNOWN, _remote(whole))


def _keys(source: Source, choice: Choice, live: Collection[Step]) -> Iterator[Unsent]:
    """Keys none of whose columns can be compared there: rows are fetched by reading the whole table."""
    for number, reference in enumerate(choice.references):
        key = reference.key
        if Step(number, True) in live and not any(key.parent.column[name].is_sendable for name in key.parent_columns):
            parent = source.root(key.parent)
            reason = _own_types(key.parent, key.parent_columns)
            yield Unsent(parent.name, f"parents by {key.name}", reason or _UNKNOWN, None)
        if Step(number, False) not in live:
            continue
        if not references.is_plain(key):
            child = source.root(key.child)
            yield Unsent(
                child.name, f"children by {key.name}", "an expression of the settings' is looked at here", None
            )
        elif not any(key.child.column[name].is_sendable for name in key.child_columns):
            child = source.root(key.child)
            yield Unsent(
                child.name, f"children by {key.name}", _own_types(key.child, key.child_columns) or _UNKNOWN, None
            )


def _own_types(table: Table, columns: Iterable[str]) -> str | None:
    for name in columns:
        column = table.column[name]
        if not column.is_builtin:
            return (
                f"{name} is of the type {column.base_schema}.{column.base_type.split('.')[-1]}, which is not built in"
            )
        if column.is_array:
            return f"{name} is an array"
    return None


class Facts:
    """What of SQL keeps a wrapper from sending it, as far as it can be seen in the text."""

    def __init__(self, connection: Connection, templates: Templates) -> None:
        self._connection = connection
        self._templates = templates

    def reason(self, table: Table, statement: str) -> str | None:
        """The first reason that is found; None when there is none to be seen."""
        from pglast import parser

        tree = json.loads(parser.parse_sql_json(statement))
        found = list(_nodes(tree))
        for kind, node in found:
            if kind == "ColumnRef":
                reason = self._column(table, node)
                if reason is not None:
                    return reason
        names = [_last(node["funcname"]) for kind, node in found if kind == "FuncCall"]
        known = {row.name: row for row in self._functions(names)}
        for name in names:
            if name in known and known[name].volatility == "volatile":
                return f"{name}() is volatile: its value differs from row to row"
            if name in known and known[name].volatility == "stable":
                return f"{name}() is stable: {_SESSION}"
            if name not in known or not known[name].is_builtin:
                return f"{name}() is not built in: the source may not have it"
        for kind, node in found:
            if kind == "SQLValueFunction":
                return f"{node['op'].removeprefix('SVFOP_')} is stable: {_SESSION}"
            if kind == "SubLink":
                return "a subquery is run here"
            if kind == "CollateClause":
                return "a collation is named"
            if kind == "TypeCast":
                reason = self._cast(table, node)
                if reason is not None:
                    return reason
            if kind == "A_Expr" and _NO_COLLATION.search(_last(node["name"])):
                return f"the text that {_last(node['name'])} makes has the collation of no column"
        return None

    def _functions(self, names: Sequence[str]) -> Sequence[Any]:
        if not names:
            return ()
        return catalog.ask(self._connection, self._templates, "planning/functions.sql", functions=tuple(set(names)))

    def _column(self, table: Table, node: Mapping[str, Any]) -> str | None:
        names = [part["String"]["sval"] for part in node["fields"] if "String" in part]
        column = table.column.get(names[-1]) if names else None
        if column is None:
            return None
        if not column.is_builtin:
            return f"{column.name} is of the type {column.type}, which is not built in"
        if column.is_domain:
            return f"{column.name} is of the domain {column.type}"
        if column.collation is not None:
            return f"{column.name} has the collation {column.collation}"
        return None

    def _cast(self, table: Table, node: Mapping[str, Any]) -> str | None:
        """A constant is converted before anything is sent; a column's conversion may depend on the session."""
        if "ColumnRef" not in node["arg"]:
            return None
        names = [part["String"]["sval"] for part in node["arg"]["ColumnRef"]["fields"] if "String" in part]
        column = table.column.get(names[-1]) if names else None
        goal = _last(node["typeName"]["names"])
        if column is not None and "time" in f"{column.base_type} {goal}" and column.base_type != goal:
            return f"the cast of {column.name} to {goal} is stable: {_SESSION}"
        return None


def _columns(table: Table) -> str:
    return ", ".join(f"f.{ident(name)}" for name in table.loaded_columns)


def _nodes(tree: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(tree, list):
        for item in tree:
            yield from _nodes(item)
    elif isinstance(tree, dict):
        for key, item in tree.items():
            if key[:1].isupper() and isinstance(item, dict):
                yield key, item
            yield from _nodes(item)


def _last(names: Sequence[Mapping[str, Any]]) -> str:
    return str(names[-1]["String"]["sval"])


def _parts(where: str) -> list[str]:
    """The conditions that AND joins, as written in one line."""
    from pglast import parse_sql
    from pglast.ast import BoolExpr, SelectStmt
    from pglast.enums import BoolExprType
    from pglast.stream import RawStream

    (raw,) = parse_sql(f"SELECT WHERE (\n{where}\n)")
    statement = raw.stmt
    assert isinstance(statement, SelectStmt)
    node = statement.whereClause
    assert node is not None
    parts = node.args if isinstance(node, BoolExpr) and node.boolop == BoolExprType.AND_EXPR else (node,)
    return [str(RawStream()(part)) for part in parts or ()]


def _planned(linked: Connection, query: str) -> Mapping[str, Any] | None:
    """The plan; None when the dev database cannot make one, as it is of an older schema."""
    try:
        return explained(linked, query, "VERBOSE, COSTS OFF,")
    except psycopg.Error as exc:
        raise_if_lost(linked, exc)
        return None


def _has(plan: Mapping[str, Any], kind: str) -> bool:
    return plan["Node Type"] == kind or any(_has(inner, kind) for inner in plan.get("Plans", ()))


def _is_sent(plan: Mapping[str, Any]) -> bool:
    """Nothing is done here but to take what the source sends."""
    return plan["Node Type"] == "Foreign Scan" and "Filter" not in plan


def _remote(plan: Mapping[str, Any]) -> str | None:
    if "Remote SQL" in plan:
        return str(plan["Remote SQL"])
    return next(filter(None, map(_remote, plan.get("Plans", ()))), None)
