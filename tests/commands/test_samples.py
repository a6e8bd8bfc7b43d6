"""Samples are what their rules say, the same again tomorrow, and of any size that a source can have."""

from __future__ import annotations

import json

import psycopg
import pytest

LIKES = """
    CREATE TABLE likes (id int PRIMARY KEY, at timestamptz NOT NULL, kind text);
    INSERT INTO likes SELECT i, timestamptz 'epoch' + i * 7919 % 10007 * interval '1 minute', 'kind ' || i % 10
    FROM generate_series(1, 10000) AS i;
    CREATE TABLE by_share (LIKE likes INCLUDING ALL);
    CREATE TABLE by_share_of_some (LIKE likes INCLUDING ALL);
    CREATE TABLE by_number (LIKE likes INCLUDING ALL);
    CREATE TABLE by_number_of_some (LIKE likes INCLUDING ALL);
    CREATE TABLE latest (LIKE likes INCLUDING ALL);
    CREATE TABLE without_key AS TABLE likes;
    CREATE TABLE too_few AS SELECT * FROM likes LIMIT 50;
    INSERT INTO by_share TABLE likes;
    INSERT INTO by_share_of_some TABLE likes;
    INSERT INTO by_number TABLE likes;
    INSERT INTO by_number_of_some TABLE likes;
    INSERT INTO latest TABLE likes;
"""
TABLES = ("by_share", "by_share_of_some", "by_number", "by_number_of_some", "latest", "without_key", "too_few")
RULES = """
sampling:
  default: {limit: 100}
  seed: SEED
  tables:
    public.likes: none
    public.by_share: {percent: 10}
    public.by_share_of_some: {percent: 10, where: "kind = 'kind 3'"}
    public.by_number_of_some: {limit: 100, where: "kind IN ('kind 1', 'kind 2')"}
    public.latest: {limit: 20, order_by: "at DESC, id"}
"""


@pytest.fixture
def sample(run, cluster):
    """Take samples, by a command and with a seed; returns the ids by table."""

    def sampled(command="update-dev-db-data", seed=0):
        run(command, "--no-dump", settings=RULES.replace("SEED", str(seed)))
        with psycopg.connect(cluster.conninfo("devdb")) as dev:
            return {table: {id for (id,) in dev.execute(f"SELECT id FROM {table}")} for table in (*TABLES, "likes")}

    return sampled


def test_a_sample_is_what_its_rule_says_and_the_same_tomorrow(make_db, psql, sample):
    source = make_db("proddb")
    psql(source, stdin=LIKES)
    first = sample("build-dev-db")
    sizes = {table: len(ids) for table, ids in first.items()}
    assert 900 < sizes["by_share"] < 1100
    assert 70 < sizes["by_share_of_some"] < 130
    assert {id % 10 for id in first["by_share_of_some"]} == {3}
    # Every part of the table is in it.
    assert {id // 1000 for id in first["by_share"]} >= set(range(10))
    assert {table: sizes[table] for table in TABLES[2:]} == {
        "by_number": 100, "by_number_of_some": 100, "latest": 20, "without_key": 100, "too_few": 50
    }  # fmt: skip
    assert {id % 10 for id in first["by_number_of_some"]} == {1, 2}
    latest = psql(source, "-c", "SELECT id FROM latest ORDER BY at DESC, id LIMIT 20")
    assert first["latest"] == {int(id) for id in latest.split()}
    assert first["likes"] == set()

    # Rewritten in another order, and with some rows more and some rows fewer.
    psql(source, "-c", "DELETE FROM by_number", "-c", "INSERT INTO by_number SELECT * FROM likes ORDER BY kind, at")
    for table in TABLES:
        psql(
            source,
            "-c",
            f"INSERT INTO {table} SELECT id + 20000, at - interval '1 year', kind FROM likes WHERE id < 500",
        )
        psql(source, "-c", f"DELETE FROM {table} WHERE id % 20 = 0")
    tomorrow = sample()
    for table in ("by_share", "by_share_of_some"):
        assert {id for id in tomorrow[table] if id < 20000} == {id for id in first[table] if id % 20}
    assert len(tomorrow["by_number"] & first["by_number"]) > 80

    other = sample(seed=7)
    assert len(other["by_share"] & first["by_share"]) < 300
    assert len(other["by_number"] & first["by_number"]) < 20
    assert sample(seed=7) == other


def test_an_empty_source_makes_an_empty_dev_database(make_db, run, cluster, tmp_path):
    make_db("proddb")
    done = run("build-dev-db")
    assert "warning: the source has no tables" in done.stderr
    assert run("update-dev-db-data").returncode == 0
    with psycopg.connect(cluster.conninfo("devdb")) as dev:
        assert dev.execute("SELECT FROM pg_tables WHERE schemaname = 'public'").fetchall() == []
    assert json.loads((tmp_path / "run.json").read_text())["tables"] == []


def test_some_hundred_tables(make_db, psql, run, cluster):
    psql(
        make_db("proddb"),
        stdin="""
        SELECT format('CREATE TABLE t%s (id int PRIMARY KEY, up int); INSERT INTO t%s VALUES (1, 1), (2, 1);', i, i)
        FROM generate_series(1, 400) AS i
        \\gexec
        SELECT format('ALTER TABLE t%s ADD FOREIGN KEY (up) REFERENCES t%s', i, (i - 1) / 10 * 10 + i % 10 + 1)
        FROM generate_series(1, 400) AS i
        \\gexec
        """,
    )
    run("build-dev-db", "--no-dump", settings='sampling: {default: none, tables: {"public.t*5": {where: id = 2}}}')
    with psycopg.connect(cluster.conninfo("devdb"), autocommit=True) as dev:
        names = [name for (name,) in dev.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = {name: dev.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()[0] for name in names}
        keys = dev.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated").fetchone()
    assert keys == (400,)
    # Ten tables at a time refer to each other in a ring, round which every second row leads to the first ones.
    assert rows == {f"t{n}": 2 if n % 10 == 5 else 1 for n in range(1, 401)}
