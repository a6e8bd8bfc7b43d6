"""An ORDER BY of the settings', taken apart: what another source can be told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from devdb.catalog.model import Table


@dataclass(frozen=True)
class Ordered:
    """One column of an order. By default, NULL is greater than every value."""

    column: str
    is_descending: bool
    nulls_first: bool


def plain_order(table: Table, order_by: str) -> list[Ordered] | None:
    """The columns of the table that the text orders by; None if there is anything else in it."""
    # Heavy, and needed for few sources.
    from pglast import parse_sql

    (statement,) = parse_sql(f"SELECT ORDER BY\n{order_by}\n")
    found = list(_columns(statement.stmt.sortClause))
    return found if all(one is not None and one.column in table.column for one in found) else None  # type: ignore[return-value]


def _columns(terms: tuple[object, ...]) -> Iterator[Ordered | None]:
    from pglast import ast
    from pglast.enums import SortByDir, SortByNulls

    for term in terms:
        assert isinstance(term, ast.SortBy)
        node = term.node
        is_descending = term.sortby_dir == SortByDir.SORTBY_DESC
        names = [field.sval for field in node.fields if isinstance(field, ast.String)] if _is_column(node) else []
        if not names or len(names) > 2 or names[:-1] not in ([], ["f"]) or term.useOp:
            yield None
            continue
        nulls_first = is_descending
        if term.sortby_nulls != SortByNulls.SORTBY_NULLS_DEFAULT:
            nulls_first = term.sortby_nulls == SortByNulls.SORTBY_NULLS_FIRST
        yield Ordered(names[-1], is_descending, nulls_first)


def _is_column(node: object) -> bool:
    from pglast import ast

    return isinstance(node, ast.ColumnRef)
