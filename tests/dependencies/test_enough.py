"""A closure is enough to make its seed in an empty database, and nothing of it could be left out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

import psycopg
import pytest

from devdb.catalog import schema_archive
from devdb.dependencies.finding import find
from devdb.dependencies.model import Graph, Thing
from devdb.dependencies.pieces import restricted

SEEDS = ["app.a", "app.g", "app.mv", "app.v3", "app.v4", "app.ref", "app.std", "app.self", "app.writable", "app.far"]


@pytest.fixture(scope="module")
def archive(everything):
    with psycopg.connect(everything, autocommit=True) as connection:
        return schema_archive.read(connection, schemas=None)


@pytest.fixture(scope="module")
def empty(cluster):
    """A connection to an empty database, in which nothing stays."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as server:
        server.execute("CREATE DATABASE deps_empty TEMPLATE template0")
        try:
            with psycopg.connect(cluster.conninfo("deps_empty"), autocommit=True) as connection:
                yield connection
        finally:
            server.execute("DROP DATABASE deps_empty WITH (FORCE)")


def make(connection: psycopg.Connection, archive, graph: Graph, things: Iterable[Thing]) -> None:
    """Make these things in the connection's database, and make use of them."""
    kept = list(things)
    chosen = restricted(archive, graph, kept)
    connection.execute("SET LOCAL check_function_bodies = off")
    for section in (chosen.pre_data, chosen.post_data):
        for piece in section.pieces:
            connection.execute(piece.text.encode())
    for thing in kept:
        if thing.type in ("table", "view") and thing.schema:
            connection.execute(f"SELECT * FROM {thing.identity} LIMIT 0".encode())


@contextlib.contextmanager
def nothing_stays(connection: psycopg.Connection) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        yield


def hard(graph: Graph, seed: Thing) -> set[Thing]:
    """What of the closure must be there before the seed: no body or text that is looked into when it runs."""
    found, todo = {seed}, [seed]
    while todo:
        of = todo.pop()
        for need in graph.needs_of.get(of, ()):
            is_in_body = need.kind == "routine" and of.type == "function" and of.name in ("note", "over_v1")
            is_text = need.detail == "old"
            if need.is_first and not is_in_body and not is_text and need.needs not in found:
                found.add(need.needs)
                todo.append(need.needs)
    return found - {seed}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_closure_makes_its_seed(everything_graph, archive, empty, seed):
    thing = find(everything_graph, seed)
    with nothing_stays(empty):
        make(empty, archive, everything_graph, everything_graph.needed([thing]).things)
        found = empty.execute("SELECT pg_catalog.to_regclass(%s)", (thing.identity,)).fetchone()
        assert found != (None,) or thing.type == "function"


# A foreign table becomes an ordinary one on the way, which needs no server.
@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed != "app.far"])
def test_nothing_of_it_could_be_left_out(everything_graph, archive, empty, seed):
    thing = find(everything_graph, seed)
    closure = everything_graph.needed([thing]).things
    # Roles are the cluster's, and schemas come with what is in them.
    left_out = [one for one in sorted(hard(everything_graph, thing)) if one.type not in ("role", "schema")]
    made_without = []
    for needed in left_out:
        with contextlib.suppress(psycopg.Error), nothing_stays(empty):
            make(empty, archive, everything_graph, [one for one in closure if one != needed])
            made_without.append(str(needed))
    assert made_without == []
