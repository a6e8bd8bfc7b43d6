"""Whatever foreign keys there are: every key holds, and no row is there that neither a rule nor a key asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from databases import connect, new_database
from foreign_key_graphs import SEED, Graph, Table
from graph_strategies import graphs
from hypothesis import HealthCheck, Phase, given, settings

from devdb import actions
from devdb.catalog import source as catalog
from devdb.cli.progress import reporter
from devdb.preflight import Run
from devdb.report import Result
from devdb.sampling.hashing import row_hash
from devdb.server.cluster import SUPERUSER, Cluster
from devdb.settings import Overrides, Settings
from devdb.sqltext.templates import Templates

# More for a night: DEVDB_GRAPHS=1000 scripts/test tests/sampling. Without it the same ones every time.
_GRAPHS = int(os.environ.get("DEVDB_GRAPHS", "40"))

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

Action = Callable[[Run], Result]


@settings(
    max_examples=_GRAPHS,
    derandomize="DEVDB_GRAPHS" not in os.environ,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(graph=graphs())
def test_any_graph_closes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, graph: Graph) -> None:
    with new_database(cluster) as source:
        graph.create(source)
        seeds = _seeds(source, graph)
        expected = graph.closure(seeds)
        with _dev_database(cluster, source, graph.rules, tmp_path_factory.mktemp("graph")) as (build, dev):
            result = build(actions.build)
            with dev() as made:
                for table in graph.tables:
                    there = _rows(source, table)
                    assert _rows(made, table) == {n: there[n] for n in expected[table]}
                assert _foreign_keys(made) == _foreign_keys(source)
            taken = {rows.table: (rows.by_rule, rows.by_key) for rows in result.tables}
            assert taken == {
                str(table): (len(seeds[table]), len(expected[table]) - len(seeds[table])) for table in graph.tables
            }


@settings(
    max_examples=max(_GRAPHS // 10, 3),
    derandomize="DEVDB_GRAPHS" not in os.environ,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(graph=graphs())
def test_a_sample_is_the_same_tomorrow(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, graph: Graph
) -> None:
    with new_database(cluster) as source:
        graph.create(source)
        with _dev_database(cluster, source, graph.rules, tmp_path_factory.mktemp("graph")) as (build, dev):
            build(actions.build)
            with dev() as made:
                today = [_rows(made, table) for table in graph.tables]
            # Written anew, so that rows lie elsewhere.
            for table in graph.tables:
                source.execute(f"UPDATE {table.sql} SET n = n".encode())
            build(actions.update_data)
            with dev() as made:
                assert [_rows(made, table) for table in graph.tables] == today


def test_a_chain_of_ten_thousand_rows_is_followed_to_its_end(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster, _CHAINS) as source:
        rules = {"public.employee": {"where": "id = 10000"}, "public.question": {"where": "id = 1000"}}
        with _dev_database(cluster, source, rules, tmp_path) as (build, dev):
            build(actions.build)
            with dev() as made:
                counts = [made.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() for name in _LINKS]
    assert counts == [(10_000,), (1000,), (999,)]


def test_a_partitions_own_key_is_no_other_partitions(cluster: Cluster, tmp_path: Path) -> None:
    with new_database(cluster, _OWN_KEY) as source:
        rules = {"public.whole": {"where": "part = 1"}, "public.child": "all"}
        with _dev_database(cluster, source, rules, tmp_path) as (build, dev):
            build(actions.build)
            with dev() as made:
                assert made.execute("SELECT part, own FROM whole ORDER BY 1").fetchall() == [(0, 5), (1, 5)]


def _seeds(source: psycopg.Connection[Any], graph: Graph) -> dict[Table, set[int]]:
    """The rows that the rules choose, by n, as the source itself tells."""
    templates = Templates()
    database = catalog.read_database(source, templates)
    known = {table.name: table for table in catalog.read(source, templates, database=database, schemas=None).tables}
    found = {}
    for table in graph.tables:
        hashed = row_hash(next(known[name] for name in known if str(name) == str(table)), SEED, "f")
        query = f"SELECT n FROM {table.sql} AS f"
        match table.rule:
            case "none":
                query += " WHERE false"
            case {"limit": limit}:
                query += f" ORDER BY {table.rule.get('order_by', hashed)} LIMIT {limit}"
            case {"where": condition}:
                query += f" WHERE {condition}"
            case {"percent": percent}:
                query += f" WHERE {hashed} & {2**63 - 1} < {int(2**63 * percent / 100)}"
        found[table] = {n for (n,) in source.execute(query.encode())}
    return found


@contextmanager
def _dev_database(
    cluster: Cluster, source: psycopg.Connection[Any], rules: Mapping[str, Any], directory: Path
) -> Iterator[tuple[Callable[[Action], Result], Callable[[], psycopg.Connection[Any]]]]:
    """What runs an action with these rules, and what connects to the database that it made."""
    name = f"{source.info.dbname}_dev"
    path = directory / "devdb.yaml"
    path.write_text(
        yaml.safe_dump({"sampling": {"default": "none", "seed": SEED, "tables": dict(rules)}}), encoding="utf-8"
    )
    loaded = Settings.load(
        path,
        overrides=Overrides(
            host=str(cluster.socket_directory),
            port=cluster.port,
            user=SUPERUSER,
            prod_db=source.info.dbname,
            dev_db=name,
        ),
    )

    def build(action: Action) -> Result:
        with reporter(quiet=True, verbose=0) as shown:
            return action(Run(loaded, action.__name__, shown, dump=False))

    try:
        yield build, lambda: connect(cluster, name)
    finally:
        with connect(cluster, "postgres") as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _rows(connection: psycopg.Connection[Any], table: Table) -> dict[int, tuple[str, str]]:
    """Every row by its n: the partition it lies in, and its text."""
    query = f"SELECT whole.n, whole.tableoid::regclass::text, (whole.*)::text FROM {table.sql} AS whole"
    rows = connection.execute(query.encode()).fetchall()
    found = {n: (place, text) for n, place, text in rows}
    assert len(found) == len(rows), "a row is there twice"
    return found


def _foreign_keys(connection: psycopg.Connection[Any]) -> set[tuple[Any, ...]]:
    return set(connection.execute(_FOREIGN_KEYS))
