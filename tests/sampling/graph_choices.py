"""What the settings choose of a graph, made up by hypothesis: rules, follows, cuts, seeds."""

from __future__ import annotations

import random
from typing import Any

from foreign_key_graphs import Follow, Graph, Row, Table
from hypothesis import strategies as st
from sample_model import cut_columns

from devdb.sampling.rules import BOOKKEEPING
from devdb.sqltext.quoting import ident


def rules(table: Table) -> st.SearchStrategy[Any]:
    """Rules for the table. The books of a migration tool are taken whole, whatever the settings say."""
    return st.just("all") if table.name in BOOKKEEPING else _RULES


def choose(draw: st.DrawFn, graph: Graph, chance: random.Random) -> None:
    """Draw what children are wanted, which keys are cut, which tables stay empty, and which rows are named."""
    graph.default_follow = draw(st.one_of(st.none(), _follows(None)))
    if draw(st.integers(0, 5)) == 0:
        _seed(draw, graph, chance)
    unsaid = Follow() if graph.seeds and graph.default_follow is None else graph.default_follow
    for reference in graph.references:
        reference.is_said = draw(st.booleans())
        reference.follow = draw(_follows(reference.child)) if reference.is_said else unsaid
        reference.is_cut = bool(cut_columns(graph, reference)) and draw(st.integers(0, 4)) == 0
    for table in graph.tables:
        if draw(st.integers(0, 9)) == 0 and _can_be_barred(graph, table):
            table.rule = "empty"


def copy_rows(graph: Graph, chance: random.Random) -> None:
    """Have rows of tables without keys be there twice, where all that are equal are taken or none."""
    for table in graph.tables:
        if not table.keys and not table.is_partitioned and "limit" not in table.rule:
            _copy_rows(graph, table, chance)


_RULES = st.one_of(
    st.just("none"),
    st.just("none"),
    st.just("none"),
    st.just("all"),
    st.builds(lambda limit: {"limit": limit}, st.integers(1, 5)),
    st.builds(lambda limit: {"limit": limit, "order_by": "n % 4 DESC"}, st.integers(1, 5)),
    st.builds(lambda limit: {"limit": limit, "where": "n % 3 = 1 -- some"}, st.integers(1, 5)),
    st.builds(lambda rest: {"where": f"n % 5 = {rest} -- some"}, st.integers(0, 5)),
    st.builds(lambda percent: {"percent": percent}, st.sampled_from([1, 20.5, 60])),
    st.builds(lambda percent: {"percent": percent, "where": "n > 3"}, st.sampled_from([20.5, 60])),
)


def _follows(child: Table | None) -> st.SearchStrategy[Follow | None]:
    """Follows of a key of this table, or of any."""
    names = [] if child is None else [ident(column.name) for column in child.columns]
    orders = [None, "n DESC", "n % 3 DESC", "nullif(n % 2, 0) NULLS FIRST -- some"]
    orders += [f"{name} DESC NULLS LAST" for name in names]
    conditions = [None, None, None, "n % 3 <> 1", "n > 5 -- some", *(f"{name} IS NOT NULL" for name in names)]
    depths = st.sampled_from([None, None, 1, 2, 3])
    of = st.sampled_from(["chosen", "chosen", "chosen", "all"])
    return st.one_of(
        st.none(),
        st.just(Follow()),
        st.builds(Follow, where=st.sampled_from(conditions), depth=depths, of=of),
        st.builds(
            Follow,
            max=st.sampled_from([1, 1, 2, 3, 10]),
            order_by=st.sampled_from(orders),
            where=st.sampled_from(conditions),
            depth=depths,
            of=of,
        ),
    )


def _seed(draw: st.DrawFn, graph: Graph, chance: random.Random) -> None:
    """Name some rows on the command line. Rules are for nothing then but to bar tables, or to keep a tool's books."""
    for table in graph.tables:
        if table.rows and table.name not in BOOKKEEPING and draw(st.integers(0, 2)) == 0:
            chosen = chance.sample(table.rows, min(len(table.rows), 2))
            graph.seeds.append((table, f"n IN ({', '.join(str(row.n) for row in chosen)})"))


def _can_be_barred(graph: Graph, table: Table) -> bool:
    return (
        table.name not in BOOKKEEPING
        and all(table is not seeded for seeded, _ in graph.seeds)
        and all(
            cut_columns(graph, reference) or reference.child.is_barred or reference.child is table
            for reference in graph.references
            if reference.parent is table
        )
    )


def _copy_rows(graph: Graph, table: Table, chance: random.Random) -> None:
    mine = [reference for reference in graph.references if reference.child is table]
    if any(reference.follow is not None and reference.follow.max is not None for reference in mine):
        return
    for row in chance.sample(table.rows, len(table.rows) // 5):
        copy = Row(len(table.rows), dict(row.values), dict(row.texts), copy_of=row.n)
        for reference in mine:
            if reference.virtual is not None and row.n in reference.virtual.held:
                reference.virtual.held[copy.n] = reference.virtual.held[row.n]
        table.rows.append(copy)
