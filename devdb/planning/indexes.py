"""Keys by which no index of the source finds rows, so that fetching by them reads a table from end to end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devdb.catalog.model import ForeignKey, Source, Table
from devdb.planning.edges import Step, children
from devdb.planning.statistics import Statistics, explained
from devdb.sampling import references
from devdb.sampling.choice import Reference
from devdb.server.connection import Connection
from devdb.settings import Follow
from devdb.sqltext.quoting import ident

# Tables of so few blocks are read from end to end anyway.
_SMALL = 64


@dataclass(frozen=True)
class MissingIndex:
    """No index finds rows of `table` by the key `reference` (its position), so that all `rows` are read each time.

    `create` is the statement that would help; None when no index can.
    """

    reference: int
    table: Table
    rows: int
    create: str | None


def missing(
    connection: Connection,
    source: Source,
    used: Sequence[Reference],
    live: Collection[Step],
    statistics: Statistics,
) -> list[MissingIndex]:
    """The indexes that the `live` steps lack, as the source's own planner sees it.

    Parents of declared keys are found by the unique key that they refer to: children are what is looked at, and the
    parents of virtual keys.
    """
    found = []
    with connection.transaction(force_rollback=True):
        # Whatever is cheaper today: can an index be used at all?
        connection.execute("SET LOCAL enable_seqscan = off")
        connection.execute("SET LOCAL enable_hashjoin = off")
        connection.execute("SET LOCAL enable_mergejoin = off")
        connection.execute("SET LOCAL jit = off")
        for number, reference in enumerate(used):
            key, follow = reference.key, reference.follow
            child = source.root(key.child)
            if follow is not None and Step(number, False) in live and statistics.of(child).pages > _SMALL:
                query = (
                    f"SELECT FROM {key.parent.only} AS devdb_p\n"
                    f"CROSS JOIN LATERAL (SELECT c.ctid FROM {children(_plain(reference))}\nOFFSET 0) AS x"
                )
                if not _is_found(explained(connection, query), "c"):
                    rows = statistics.of(child).rows
                    found.append(MissingIndex(number, child, rows, _create(key, follow)))
            parent = source.root(key.parent)
            if key.is_virtual and Step(number, True) in live and statistics.of(parent).pages > _SMALL:
                query = (
                    f"SELECT FROM {key.child.only} AS c {references.lateral(key)}\n"
                    f"JOIN {key.parent.only} AS devdb_p ON {references.joined(key, 'devdb_p', 'c')}"
                )
                if not _is_found(explained(connection, query), "devdb_p"):
                    columns = ", ".join(ident(name) for name in key.parent_columns)
                    statement = f"CREATE INDEX {_concurrently(parent)}ON {parent.name.sql} ({columns})"
                    found.append(MissingIndex(number, parent, statistics.of(parent).rows, statement))
    return found


def _plain(reference: Reference) -> Reference:
    """Without the user's condition: an index that serves it alone does not help."""
    return Reference(reference.key)


def _is_found(node: Mapping[str, Any], alias: str) -> bool:
    """Whether `alias` is read by an index that the key narrows. Every partition must be."""
    scans = list(_scans(node, alias))
    return bool(scans) and all("Index Cond" in scan or _has_condition(scan) for scan in scans)


def _scans(node: Mapping[str, Any], alias: str) -> Iterator[Mapping[str, Any]]:
    # Partitions are seen as c_1, c_2, …
    if re.fullmatch(rf"{alias}(_\d+)?", str(node.get("Alias", ""))):
        yield node
    for inner in node.get("Plans", ()):
        yield from _scans(inner, alias)


def _has_condition(bitmap: Mapping[str, Any]) -> bool:
    return any("Index Cond" in inner or _has_condition(inner) for inner in bitmap.get("Plans", ()))


def _create(key: ForeignKey, follow: Follow) -> str | None:
    table = key.child
    if key.each:
        # Its elements are taken apart, which no index is for.
        return None
    if references.is_plain(key):
        terms = [ident(name) for name in key.child_columns]
    else:
        # In the words in which they are compared: an index serves no others.
        terms = [f"({_line(value)})" for value in references.compared(key)]
    if follow.order_by is not None and follow.max is not None:
        terms.append(_line(follow.order_by))
    return f"CREATE INDEX {_concurrently(table)}ON {table.name.sql} ({', '.join(terms)})"


def _concurrently(table: Table) -> str:
    """Writers go on meanwhile; a partitioned table does not allow it."""
    return "" if table.kind == "p" else "CONCURRENTLY "


def _line(text: str) -> str:
    return " ".join(text.split())
