"""An ORDER BY of the settings', taken apart: what another source can be told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devdb.catalog.model import Table

# Types whose values every server puts in one order. Texts go by collations, and octets of a uuid by their own rules.
_ALIKE = frozenset({
    "bigint", "boolean", "date", "double precision", "integer", "numeric", "real", "smallint",
    "time without time zone", "timestamp with time zone", "timestamp without time zone",
})  # fmt: skip


@dataclass(frozen=True)
class Ordered:
    """One column of an order. By default, NULL is greater than every value."""

    column: str
    is_descending: bool
    nulls_first: bool


def plain_order(table: Table, order_by: str) -> list[Ordered] | None:
    """The columns that the text orders by; None if there is anything else in it, or another server may order them in
    another way."""
    # Heavy, and needed for few sources.
    from pglast import ast, parse_sql

    (statement,) = parse_sql(f"SELECT ORDER BY\n{order_by}\n")
    assert isinstance(statement.stmt, ast.SelectStmt)
    types = {column.name: column.base_type for column in table.columns}
    found = []
    for one in _columns(statement.stmt.sortClause or ()):
        if one is None or types.get(one.column) not in _ALIKE:
            return None
        found.append(one)
    return found


def _columns(terms: tuple[object, ...]) -> Iterator[Ordered | None]:
    from pglast import ast
    from pglast.enums import SortByDir, SortByNulls

    for term in terms:
        assert isinstance(term, ast.SortBy)
        node = term.node
        is_descending = term.sortby_dir == SortByDir.SORTBY_DESC
        fields = (node.fields or ()) if isinstance(node, ast.ColumnRef) else ()
        names = [field.sval or "" for field in fields if isinstance(field, ast.String)]
        if not names or len(names) > 2 or names[:-1] not in ([], ["f"]) or term.useOp:
            yield None
            continue
        nulls_first = is_descending
        if term.sortby_nulls != SortByNulls.SORTBY_NULLS_DEFAULT:
            nulls_first = term.sortby_nulls == SortByNulls.SORTBY_NULLS_FIRST
        yield Ordered(names[-1], is_descending, nulls_first)
