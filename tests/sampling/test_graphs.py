"""Whatever foreign keys there are: every key holds, and no row is there that neither a rule nor a key asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
import yaml
from databases import connect, new_database
from foreign_key_graphs import Graph
from graph_answers import expected, rows, sampled
from graph_settings import sampling, seeds
from graph_strategies import graphs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from devdb import actions
from devdb.cli.progress import reporter
from devdb.preflight import Run
from devdb.report import Result
from devdb.server.cluster import SUPERUSER, Cluster
from devdb.settings import Overrides, Settings

# More for a night: DEVDB_GRAPHS=1000 scripts/test tests/sampling. Without it the same ones every time.
_GRAPHS = int(os.environ.get("DEVDB_GRAPHS", "12"))

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

# What a moment is to conditions and hashes, the source's own zone says; how values are written there says nothing.
_ZONE = "Asia/Kathmandu"
_HABITS = {
    "timezone": _ZONE,
    "datestyle": "SQL, DMY",
    "intervalstyle": "iso_8601",
    "bytea_output": "escape",
    "extra_float_digits": "-3",
}

Reader = Literal["wrapper", "direct"]

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
    with _source(cluster, graph) as source, _dev(cluster, source, tmp_path_factory.mktemp("graph")) as dev:
        source.execute(f"SET timezone = '{_ZONE}'")
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
    with _source(cluster, graph) as source, _dev(cluster, source, tmp_path_factory.mktemp("graph")) as dev:
        dev.build(sampling(graph), "wrapper", seeds(graph))
        with dev.connect() as made:
            today = [rows(made, table) for table in graph.tables]
        # Written anew, so that rows lie elsewhere.
        for table in graph.tables:
            source.execute(f"UPDATE {table.sql} SET n = n".encode())
        dev.build(sampling(graph), "direct", seeds(graph), actions.update_data)
        with dev.connect() as made:
            assert [rows(made, table) for table in graph.tables] == today


def test_a_chain_of_ten_thousand_rows_is_followed_to_its_end(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster, _CHAINS) as source, _dev(cluster, source, tmp_path) as dev:
        rules = {"public.employee": {"where": "id = 10000"}, "public.question": {"where": "id = 1000"}}
        dev.build({"default": "none", "tables": rules})
        with dev.connect() as made:
            counts = [made.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() for name in _LINKS]
    assert counts == [(10_000,), (1000,), (999,)]


def test_a_partitions_own_key_is_no_other_partitions(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster, _OWN_KEY) as source, _dev(cluster, source, tmp_path) as dev:
        dev.build({"default": "none", "tables": {"public.whole": {"where": "part = 1"}, "public.child": "all"}})
        with dev.connect() as made:
            assert made.execute("SELECT part, own FROM whole ORDER BY 1").fetchall() == [(0, 5), (1, 5)]


class _Dev:
    """The dev database of one source."""

    def __init__(self, cluster: Cluster, source: psycopg.Connection[Any], directory: Path) -> None:
        self._cluster = cluster
        self._source = source.info.dbname
        self._directory = directory
        self.name = f"{self._source}_dev"

    def connect(self) -> psycopg.Connection[Any]:
        return connect(self._cluster, self.name)

    def build(
        self,
        said: dict[str, Any],
        reader: Reader | None = None,
        named: tuple[str, ...] = (),
        action: Callable[[Run], Result] = actions.build,
    ) -> Result:
        """Run an action; `said` is the section sampling of the settings, `named` are the values of --seed."""
        path = self._directory / "devdb.yaml"
        path.write_text(yaml.safe_dump({"sampling": said}), encoding="utf-8")
        overrides = Overrides(
            host=str(self._cluster.socket_directory),
            port=self._cluster.port,
            user=SUPERUSER,
            prod_db=self._source,
            dev_db=self.name,
            reader=reader,
            jobs=2,
            seeds=named,
        )
        with reporter(quiet=True, verbose=0) as shown:
            return action(Run(Settings.load(path, overrides=overrides), action.__name__, shown, dump=False))


@contextmanager
def _source(cluster: Cluster, graph: Graph) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster) as made:
        graph.create(made)
        for name, value in _HABITS.items():
            made.execute(f"ALTER DATABASE {made.info.dbname} SET {name} = '{value}'".encode())
        yield made


@contextmanager
def _dev(cluster: Cluster, source: psycopg.Connection[Any], directory: Path) -> Iterator[_Dev]:
    dev = _Dev(cluster, source, directory)
    try:
        yield dev
    finally:
        with connect(cluster, "postgres") as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{dev.name}" WITH (FORCE)'.encode())


def _foreign_keys(connection: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    return set(connection.execute(_FOREIGN_KEYS))
