"""What the wrapper does not send is told, with PostgreSQL's own plan where a dev database is linked."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from fixture_types import MakeDb, RunCommand, RunProgram
from plan_making import planned, settings_of

from devdb.planning.plan import Plan
from devdb.server.cluster import Cluster

SCHEMA = """
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE FUNCTION odd(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 % 2 = 1; END';
    CREATE TABLE thing (id int PRIMARY KEY, at timestamptz, mood mood, doc jsonb, name text,
                        german text COLLATE "C", other_id int REFERENCES thing);
    CREATE TABLE keyless (n int);
    CREATE TABLE of_mood (mood mood PRIMARY KEY);
    CREATE TABLE moody (id int PRIMARY KEY, mood mood REFERENCES of_mood);
    INSERT INTO thing (id, at, mood, doc) SELECT i, now(), 'good', '{}' FROM generate_series(1, 100) AS i;
"""

CONDITIONS = {
    "random() < 0.5": "random() is volatile: its value differs from row to row",
    "at > now() - interval '1 day'": "now() is stable: its value depends on the session",
    "at > current_timestamp": "CURRENT_TIMESTAMP is stable: its value depends on the session",
    "mood = 'good'": "mood is of the type public.mood, which is not built in",
    "doc->>'k' = 'v'": "the text that ->> makes has the collation of no column",
    "odd(id)": "odd() is not built in: the source may not have it",
    "at::date = '2024-01-01'": "the cast of at to date is stable: its value depends on the session",
    "id IN (SELECT n FROM keyless)": "a subquery is run here",
}
SENT = ("id = 7", "id = ANY ('{1,2}'::int[])", "at > timestamptz '2024-01-01 00:00+00'", "hashint4(id) % 10 = 0")


def plan_of(source: str, directory: Path, rule: str, follow: str = "") -> Plan:
    text = f"sampling:\n  default: none\n  tables: {{public.thing: {rule}}}\n{follow}"
    return planned(settings_of(source, directory, text)).plan


@pytest.fixture
def source(make_db: MakeDb, psql: RunProgram) -> str:
    made = make_db("proddb")
    psql(made, stdin=SCHEMA)
    return made


@pytest.fixture
def linked(source: str, command: RunCommand, cluster: Cluster, tmp_path: Path) -> str:
    done = command(
        "build-dev-db", "--no-dump", "-q", "-h", cluster.socket_directory, "-p", str(cluster.port), cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    return source


def test_each_reason_is_told_in_words(source: str, tmp_path: Path) -> None:
    where = " AND ".join([*CONDITIONS, *SENT])
    plan = plan_of(source, tmp_path, f'{{where: "{where}"}}')
    assert not plan.is_linked
    assert any("no dev database is linked" in note for note in plan.notes)
    assert [part.reason for part in plan.unsent] == list(CONDITIONS.values())
    assert all(part.remote_sql is None for part in plan.unsent)


def test_a_linked_dev_database_tells_what_is_sent_instead(linked: str, tmp_path: Path) -> None:
    where = " AND ".join([*CONDITIONS, *SENT])
    plan = plan_of(linked, tmp_path, f'{{where: "{where}", limit: 5, order_by: "mood, id"}}')
    assert plan.is_linked
    *conditions, order = plan.unsent
    assert [part.reason for part in conditions] == list(CONDITIONS.values())
    remote = conditions[0].remote_sql
    assert remote is not None
    assert remote.startswith("SELECT id, at, mood")
    assert "(id = 7)" in remote.replace("((", "(")
    assert "random" not in remote
    assert order.clause == "ORDER BY mood, id"
    assert order.reason == "mood is of the type public.mood, which is not built in"
    assert order.remote_sql == "SELECT id, at, mood, doc, name, german, other_id FROM public.thing"
    # A plan reads alone.
    with psycopg.connect(linked) as connection:
        assert connection.execute("SELECT count(*) FROM thing").fetchone() == (100,)
    sent = plan_of(linked, tmp_path, f'{{where: "{" AND ".join(SENT)}", limit: 5}}')
    assert sent.unsent == []


def test_children_s_conditions_and_keys_of_own_types_are_told(source: str, tmp_path: Path) -> None:
    text = """
        sampling:
          default: none
          tables: {public.thing: {limit: 5}, public.moody: all, public.keyless: {limit: 3}}
          follow: {public.thing(other_id): {max: 2, where: "mood = 'bad' AND id > 3"}}
    """
    plan = planned(settings_of(source, tmp_path, text)).plan
    told = [(part.table, part.clause, part.reason) for part in plan.unsent]
    own = "mood is of the type public.mood, which is not built in"
    assert told == [
        (
            "public.keyless",
            "ORDER BY the hash of the row",
            "without a primary key the text of the whole row is hashed, here",
        ),
        ("public.thing", "mood = 'bad'", own),
        ("public.of_mood", "parents by moody_mood_fkey", own),
    ]
