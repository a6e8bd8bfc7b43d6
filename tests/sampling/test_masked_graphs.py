"""Whatever foreign keys there are: with their columns masked, the same rows come, and join as before."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from foreign_key_graphs import Graph, Table
from graph_building import Reader, dev_of, source_of
from graph_settings import sampling, seeds
from graph_sql import column_names
from graph_strategies import graphs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from devdb.server.cluster import Cluster
from devdb.settings.column_patterns import column_pattern_for
from devdb.sqltext.quoting import ident

_GRAPHS = int(os.environ.get("DEVDB_GRAPHS", "0")) or 3

# One kind for all types that a key's columns may have together.
_KINDS = {
    frozenset({"integer", "bigint", "smallint"}): "number",
    frozenset({"text", "character varying(80)", "Two 2.word", "Two 2.word_of_word"}): "hash",
    frozenset({"uuid"}): "uuid",
    frozenset({"public.citext"}): "hash",
    frozenset({"bytea"}): "hash",
}

Column = tuple[Table, str]


def masks(graph: Graph) -> dict[Column, str]:
    """A mask for every column of a key that can have one; keys of partitions and expressions keep theirs."""
    above: dict[Column, Column] = {}

    def top(column: Column) -> Column:
        while column in above:
            column = above[column]
        return column

    types: dict[Column, str] = {}
    barred: set[Column] = set()
    for table in graph.tables:
        for column in table.columns:
            types[table, column.name] = column.sql_type
        if table.is_partitioned:
            barred.add((table, "part"))
    for reference in graph.references:
        mine = [(reference.child, column.name) for column in reference.child_columns]
        others = [(reference.parent, column.name) for column in reference.parent_key.columns]
        if reference.virtual is not None or reference.child_part or reference.parent_part:
            barred |= {*mine, *others, *((reference.child, name) for name in reference.read_columns)}
            continue
        for one, other in zip(mine, others, strict=True):
            if top(one) != top(other):
                above[top(one)] = top(other)
    together: dict[Column, list[Column]] = {}
    for column in types:
        together.setdefault(top(column), []).append(column)
    found: dict[Column, str] = {}
    # Rows of a table whose keys are masked wait elsewhere, where nobody knows of its partitions.
    parted = {r.child for r in graph.references if r.child_part} | {r.parent for r in graph.references if r.parent_part}
    barred |= {(table, column.name) for table in parted for column in table.columns}
    fixed = {top(column) for column in barred}
    for above_all, columns in together.items():
        here = {types[column] for column in columns}
        kind = next((kind for known, kind in _KINDS.items() if here <= known), None)
        if kind is not None and above_all not in fixed:
            found |= dict.fromkeys(columns, kind)
    return found


@settings(
    max_examples=_GRAPHS,
    derandomize="DEVDB_GRAPHS" not in os.environ,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(graph=graphs(max_tables=12, is_wide=True), reader=st.sampled_from(["wrapper", "direct"]))
def test_masked_keys_choose_the_same_rows_and_join_alike(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, graph: Graph, reader: Reader
) -> None:
    masked = masks(graph)
    said = {
        "masking": {
            "columns": {column_pattern_for(t.schema, t.name, name): kind for (t, name), kind in masked.items()}
        },
        "classification": {"policy": "open"},
        "leakcheck": False,
    }
    with source_of(cluster, graph) as source, dev_of(cluster, source, tmp_path_factory.mktemp("masked")) as dev:
        dev.build(sampling(graph), reader, seeds(graph))
        with dev.connect() as made:
            raw = [list(seen(made, graph, masked)), joins(made, graph)]
        dev.build(sampling(graph), reader, seeds(graph), besides=said)
        with dev.connect() as made:
            assert [list(seen(made, graph, masked)), joins(made, graph)] == raw
            for (table, name), kind in masked.items():
                if kind != "number":
                    assert not values(made, table, name) & values(source, table, name), f"{table}.{name}"


def seen(connection: psycopg.Connection[Any], graph: Graph, masked: dict[Column, str]) -> Iterator[Counter[Any]]:
    """Of each table what is not masked, and where there is something at all."""
    for table in graph.tables:
        told = [
            f"whole.{ident(name)}" + (" IS NULL" if (table, name) in masked else "::text")
            for name in column_names(table)
        ]
        yield Counter(connection.execute(f"SELECT {', '.join(told)} FROM {table.sql} AS whole".encode()).fetchall())


def joins(connection: psycopg.Connection[Any], graph: Graph) -> list[Counter[Any]]:
    """Over each declared key, which row refers to which."""
    found = []
    for reference in graph.references:
        if reference.virtual is None:
            pairs = zip(reference.child_columns, reference.parent_key.columns, strict=True)
            on = " AND ".join(f"c.{ident(mine.name)} = p.{ident(other.name)}" for mine, other in pairs)
            query = f"SELECT c.n, p.n FROM {reference.child.sql} AS c JOIN {reference.parent.sql} AS p ON {on}"
            found.append(Counter(connection.execute(query.encode()).fetchall()))
    return found


def values(connection: psycopg.Connection[Any], table: Table, name: str) -> set[Any]:
    query = f"SELECT {ident(name)}::text FROM {table.sql} WHERE {ident(name)} IS NOT NULL"
    return {value for (value,) in connection.execute(query.encode())}
