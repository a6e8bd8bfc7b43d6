"""What PostgreSQL has noted of needs is read whole, and of whole things."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from devdb.dependencies import reading
from devdb.sqltext.templates import Templates

EVERYTHING = Path(__file__).with_name("everything.sql")

# What each thing needs, and why.
NEEDS = {
    "domain app.feeling": {"type app.mood": "type"},
    "type app.pair": {"domain app.feeling": "type"},
    "type app.span": {},
    "table app.a": {
        "table app.b": "fk",
        "domain app.feeling": "type",
        "type app.pair": "type",
        "type app.span": "type",
        "collation app.by_code": "type",
        "extension citext": "extension",
    },
    "table app.b": {"table app.a": "fk", "sequence log.numbers": "sequence"},
    "table app.s": {"sequence app.s_id_seq": "sequence", "sequence log.numbers": "sequence"},
    # A key to itself is none; a column may be of the row type of a table.
    "table app.self": {"table app.s": "type"},
    # The table that owns the sequence is not needed.
    "table app.adopted": {"sequence app.s_id_seq": "sequence"},
    "sequence app.s_id_seq": {},
    "table app.g": {
        "function app.twice(integer)": "default index",
        "function app.is_fine(integer)": "check",
        "trigger note on app.g": "trigger",
        "trigger late on app.g": "trigger",
        "policy own on app.g": "policy",
    },
    "view app.v1": {"table app.g": "view"},
    "view app.v2": {"function app.over_v1()": "view", "table app.g": "view"},
    "function app.over_v1()": {"view app.v1": "routine", "table app.g": "routine"},
    "function app.std(integer)": {"view app.v2": "routine"},
    "materialized view app.mv": {"view app.v2": "view", "extension pg_trgm": "extension"},
    "trigger note on app.g": {"table app.g": "trigger", "function app.note()": "trigger"},
    "trigger late on app.g": {"table app.g": "trigger", "function app.note()": "trigger"},
    "function app.note()": {"table app.trail": "routine"},
    "policy own on app.g": {"table app.g": "policy", "table app.s": "policy", "role deps_reader": "role"},
    "view app.writable": {'rule "to trail" on app.writable': "rule"},
    'rule "to trail" on app.writable': {"view app.writable": "rule", "table app.trail": "rule"},
    # The triggers and keys of partitions are those of their parent.
    "table app.m": {"table app.a": "fk", "table app.m1": "partition", "trigger pnote on app.m": "trigger"},
    "table app.m1": {"table app.m": "partition"},
    "table app.ref": {"table app.m": "fk"},
    "trigger pnote on app.m": {"table app.m": "trigger", "function app.note()": "trigger"},
    "table app.heir": {"table app.base": "inherits"},
    "table app.base": {},
    "aggregate app.total(integer)": {"function app.plus(integer,integer)": "routine"},
    "operator app.#+#(integer,integer)": {"function app.plus(integer,integer)": "operator"},
    "view app.v3": {
        "table app.base": "view",
        "aggregate app.total(integer)": "view",
        "operator app.#+#(integer,integer)": "view",
    },
    "function app.mood_of(integer)": {"type app.mood": "type", "cast (integer AS app.mood)": "cast"},
    "cast (integer AS app.mood)": {"type app.mood": "type", "function app.mood_of(integer)": "operator"},
    "view app.v4": {"table app.base": "view", "type app.mood": "type", "function app.mood_of(integer)": "view"},
    "foreign table app.far": {"server away": "server"},
    "server away": {"extension postgres_fdw": "extension"},
    "extension pg_trgm": {"schema tools": "schema"},
    "extension citext": {},
    'table "Odd ""one"."T (x)"': {},
    "function app.proc(text,app.mood[])": {"type app.mood": "type"},
}


@pytest.mark.parametrize("thing", NEEDS)
def test_a_thing_needs(everything_graph, thing):
    (found,) = [one for one in everything_graph.things if str(one) == thing]
    needs: dict[str, list[str]] = {}
    for need in everything_graph.needs_of.get(found, ()):
        needs.setdefault(str(need.needs), []).append(need.kind)
    assert {name: " ".join(sorted(kinds)) for name, kinds in needs.items()} == NEEDS[thing]


def test_nothing_is_a_thing_that_is_part_of_another(everything_graph):
    """Indexes, keys, row and array types, constructors of ranges, identity sequences, members of extensions."""
    known = {one for one in NEEDS}
    others = {str(one) for one in everything_graph.things} - known - {need for of in NEEDS.values() for need in of}
    assert others == {
        "schema app",
        "schema log",
        'schema "Odd ""one"',
        "schema public",
        "procedure app.proc(integer)",
        "function app.proc(text)",
    } - ({"schema public"} if not _is_listed(everything_graph, "public") else set())


def _is_listed(graph, name):
    return any(thing.type == "schema" and thing.name == name for thing in graph.things)


def test_what_comes_after_is_told_apart(everything_graph):
    after = {(str(need.of), str(need.needs)) for need in everything_graph.needs if not need.is_first}
    assert after == {
        ("table app.g", "trigger note on app.g"),
        ("table app.g", "trigger late on app.g"),
        ("table app.g", "policy own on app.g"),
        ("view app.writable", 'rule "to trail" on app.writable'),
        ("table app.m", "trigger pnote on app.m"),
        ("table app.m", "table app.m1"),
        ("function app.mood_of(integer)", "cast (integer AS app.mood)"),
    }


def test_a_foreign_key_is_told_by_its_name(everything_graph):
    details = {(str(need.of), need.detail) for need in everything_graph.needs if need.kind == "fk"}
    assert details == {
        ("table app.a", "a_b"),
        ("table app.b", "b_a_fkey"),
        ("table app.m", "m_a_fkey"),
        ("table app.ref", "ref_m_at_fkey"),
    }


def test_every_object_of_the_catalog_is_a_thing_or_part_of_one(everything, everything_graph):
    """pg_dump's table of contents goes by OIDs: none of those that it names is unknown."""
    known = {*everything_graph.oids.values(), *everything_graph.parts}
    with psycopg.connect(everything) as connection:
        rows = connection.execute(
            """
            SELECT 'pg_class'::regclass::oid::bigint, c.oid::bigint, c.oid::regclass::text FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname IN ('app', 'log') AND c.relkind <> 't'
            UNION ALL
            SELECT 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, k.conname FROM pg_constraint AS k
            JOIN pg_namespace AS n ON n.oid = k.connamespace WHERE n.nspname IN ('app', 'log')
            UNION ALL
            SELECT 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, d.adrelid::regclass::text FROM pg_attrdef AS d
            UNION ALL
            SELECT 'pg_proc'::regclass::oid::bigint, p.oid::bigint, p.oid::regprocedure::text FROM pg_proc AS p
            JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = 'app'
            """
        ).fetchall()
    assert [name for catalog, oid, name in rows if (catalog, oid) not in known] == []


def test_the_number_of_questions_is_fixed(everything, monkeypatch):
    asked = []
    ask = reading.ask
    monkeypatch.setattr(reading, "ask", lambda *args, **more: asked.append(args[2]) or ask(*args, **more))
    with psycopg.connect(everything, autocommit=True) as connection:
        reading.read(connection, Templates())
    assert len(asked) == len(set(asked)) == 9


def test_another_release_notes_the_same(cluster_factory, everything_graph):
    """PostgreSQL 18 has constraints for NOT NULL, and others of its own; these servers come without extensions."""
    lines = EVERYTHING.read_text(encoding="utf-8").replace("public.citext", "text").splitlines()
    left_out = ("CREATE EXTENSION", "CREATE INDEX mv_trgm", "CREATE SERVER", "CREATE FOREIGN TABLE")
    with psycopg.connect(cluster_factory(major=18).conninfo(), autocommit=True) as connection:
        connection.execute("\n".join(line for line in lines if not line.startswith(left_out)).encode())
        graph = reading.read(connection, Templates())
    here, there = set(everything_graph.needs), set(graph.needs)
    assert there <= here
    assert {need.kind for need in here - there} == {"extension", "server", "schema"}


def test_an_order_has_what_is_needed_first(everything_graph):
    groups = everything_graph.ordered(everything_graph.things)
    at = {thing: number for number, group in enumerate(groups) for thing in group}
    assert sorted(at) == sorted(everything_graph.things)
    for need in everything_graph.needs:
        if need.is_first:
            assert at[need.needs] <= at[need.of], need
    cycles = [sorted(map(str, group)) for group in groups if len(group) > 1]
    # A row security policy and its table come one after the other, and are no cycle.
    assert cycles == [["table app.a", "table app.b"]]
