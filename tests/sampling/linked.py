"""A database that is linked to itself: its schema public is the source, prod_public what an import makes of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from databases import new_database
from psycopg import sql

from devdb.catalog import source as catalog
from devdb.catalog.model import Name, Source, Table
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

_LINK = """
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER itself FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host {host}, port {port}, dbname {dbname});
    CREATE USER MAPPING FOR CURRENT_USER SERVER itself OPTIONS (user {user});
    CREATE SCHEMA prod_public;
    IMPORT FOREIGN SCHEMA public FROM SERVER itself INTO prod_public;
"""


@contextmanager
def linked(cluster: Cluster, text: str) -> Iterator[psycopg.Connection[Any]]:
    """An empty database in which this SQL made the schema public."""
    with new_database(cluster, text) as made:
        options = {
            "host": str(cluster.socket_directory),
            "port": str(cluster.port),
            "dbname": made.info.dbname,
            "user": made.info.user,
        }
        made.execute(sql.SQL(_LINK).format(**{name: sql.Literal(value) for name, value in options.items()}))
        yield made


def read(connection: psycopg.Connection[Any], *schemas: str) -> Source:
    """What these schemas of a database hold; without any, public."""
    templates = Templates()
    database = catalog.read_database(connection, templates)
    return catalog.read(connection, templates, database=database, schemas=schemas or ["public"])


def table(source: Source, name: str) -> Table:
    return next(table for table in source.tables if table.name.name == name)


def foreign(name: Name) -> Name:
    return Name(f"prod_{name.schema}", name.name)


def plan(connection: psycopg.Connection[Any], query: str) -> tuple[str, str]:
    """What EXPLAIN tells of a query: the statement that is sent to the source, and all of it."""
    lines = [line for (line,) in connection.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {query}".encode())]
    (remote,) = (line.partition("Remote SQL: ")[2] for line in lines if "Remote SQL: " in line)
    return remote, "\n".join(lines)
