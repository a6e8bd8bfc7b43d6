"""Databases that the tests of this room look at, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from devdb.dependencies import reading
from devdb.dependencies.model import Graph
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

EVERYTHING = Path(__file__).with_name("everything.sql")


@pytest.fixture(scope="session")
def everything(cluster: Cluster) -> Iterator[str]:
    """The connection string of a database that holds everything.sql."""
    name = "deps_everything"
    with psycopg.connect(cluster.conninfo(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with psycopg.connect(cluster.conninfo(name), autocommit=True) as connection:
                connection.execute(EVERYTHING.read_bytes())
            yield cluster.conninfo(name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            server.execute("DROP ROLE deps_reader")


@pytest.fixture(scope="session")
def everything_graph(everything: str) -> Graph:
    """What needs what in everything.sql."""
    with psycopg.connect(everything, autocommit=True) as connection:
        return reading.read(connection, Templates())
