"""Whatever foreign keys there are: every key holds, and no row is there that neither a rule nor a key asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from foreign_key_graphs import Graph
from graph_answers import expected, rows, sampled
from graph_building import ZONE, Reader, dev_of, source_of
from graph_settings import sampling, seeds
from graph_strategies import graphs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from devdb import actions
from devdb.server.cluster import Cluster

# More for a night: DEVDB_GRAPHS=1000 scripts/test tests/sampling. Without it the same ones every time.
_GRAPHS = int(os.environ.get("DEVDB_GRAPHS", "6"))

_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE contype = 'f'
"""

_LINKS = ("employee", "question", "answer")

_CHAINS = """
    CREATE TABLE employee (id integer PRIMARY KEY, boss integer REFERENCES employee);
    INSERT INTO employee SELECT n, nullif(n - 1, 0) FROM generate_series(1, 20000) AS n;
    CREATE TABLE question (id integer PRIMARY KEY, follows integer);
    CREATE TABLE answer (a integer, b text, question integer REFERENCES question, PRIMARY KEY (a, b));
    INSERT INTO question SELECT n, nullif(n - 1, 0) FROM generate_series(1, 2000) AS n;
    INSERT INTO answer SELECT n, 'b', n FROM generate_series(1, 2000) AS n;
    ALTER TABLE question ADD b text DEFAULT 'b', ADD FOREIGN KEY (follows, b) REFERENCES answer (a, b);
"""

_OWN_KEY = """
    CREATE TABLE whole (id integer, part integer, own integer, up integer, PRIMARY KEY (id, part),
        FOREIGN KEY (up, part) REFERENCES whole) PARTITION BY LIST (part);
    CREATE TABLE zero PARTITION OF whole FOR VALUES IN (0);
    CREATE TABLE one PARTITION OF whole FOR VALUES IN (1);
    ALTER TABLE zero ADD UNIQUE (own);
    CREATE TABLE child (own integer REFERENCES zero (own));
    INSERT INTO whole VALUES (1, 0, 5), (2, 0, 6), (1, 1, 5);
    INSERT INTO child VALUES (5);
"""

_READERS = st.sampled_from(["wrapper", "direct"])


def _examples(count: int) -> settings:
    return settings(
        max_examples=count,
        derandomize="DEVDB_GRAPHS" not in os.environ,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@_examples(_GRAPHS)
@given(graph=graphs(max_tables=30, is_wide=True), reader=_READERS)
def test_any_graph_is_sampled_as_its_settings_say(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, graph: Graph, reader: Reader
) -> None:
    with source_of(cluster, graph) as source, dev_of(cluster, source, tmp_path_factory.mktemp("graph")) as dev:
        source.execute(f"SET timezone = '{ZONE}'")
        wanted = expected(source, graph)
        source.execute("RESET timezone")
        result = dev.build(sampling(graph), reader, seeds(graph))
        with dev.connect() as made:
            for table in graph.tables:
                assert rows(made, table) == sampled(source, table, wanted), str(table)
            assert _foreign_keys(made) == _foreign_keys(source)
        assert {table.table: table.rows for table in result.tables} == {
            str(table): len(wanted.positions(table)) for table in graph.tables
        }


@_examples(max(_GRAPHS // 10, 3))
@given(graph=graphs(is_wide=True))
def test_a_sample_is_the_same_tomorrow_and_through_either_reader(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, graph: Graph
) -> None:
    with source_of(cluster, graph) as source, dev_of(cluster, source, tmp_path_factory.mktemp("graph")) as dev:
        dev.build(sampling(graph), "wrapper", seeds(graph))
        with dev.connect() as made:
            today = [rows(made, table) for table in graph.tables]
        # Written anew, so that rows lie elsewhere.
        for table in graph.tables:
            source.execute(f"UPDATE {table.sql} SET n = n".encode())
        dev.build(sampling(graph), "direct", seeds(graph), actions.update_data)
        with dev.connect() as made:
            assert [rows(made, table) for table in graph.tables] == today


def test_a_chain_of_three_thousand_rows_is_followed_to_its_end(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster, _CHAINS) as source, dev_of(cluster, source, tmp_path) as dev:
        rules = {"public.employee": {"where": "id = 3000"}, "public.question": {"where": "id = 1000"}}
        dev.build({"default": "none", "tables": rules})
        with dev.connect() as made:
            counts = [made.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() for name in _LINKS]
    assert counts == [(3000,), (1000,), (999,)]


def test_a_partitions_own_key_is_no_other_partitions(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster, _OWN_KEY) as source, dev_of(cluster, source, tmp_path) as dev:
        dev.build({"default": "none", "tables": {"public.whole": {"where": "part = 1"}, "public.child": "all"}})
        with dev.connect() as made:
            assert made.execute("SELECT part, own FROM whole ORDER BY 1").fetchall() == [(0, 5), (1, 5)]


def _foreign_keys(connection: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    return set(connection.execute(_FOREIGN_KEYS))
