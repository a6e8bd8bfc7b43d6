"""A database of the tests' cluster that is linked to the private MariaDB, as devdb links one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from databases import new_database
from mariadb_server import MariaDb

from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates

HERE = Path(__file__).parent


@contextlib.contextmanager
def linked(cluster: Cluster, mariadb: MariaDb) -> Iterator[psycopg.Connection[Any]]:
    """A connection to such a database; gone afterwards."""
    text = f"""
        CREATE SCHEMA fdw_setup;
        CREATE EXTENSION mysql_fdw WITH SCHEMA fdw_setup;
        CREATE SERVER prod_server FOREIGN DATA WRAPPER mysql_fdw OPTIONS ({mariadb.server_options});
        CREATE USER MAPPING FOR CURRENT_USER SERVER prod_server
            OPTIONS (username '{mariadb.user}', password '{mariadb.password}');
    """
    with new_database(cluster, text) as connection:
        yield connection


def ask_dictionary(connection: psycopg.Connection[Any], *schemas: str) -> None:
    """Make the dictionary's relations in the database."""
    script = Templates().render("wrapper/mysql_fdw.sql", server="prod_server", schemas=list(schemas))
    assert script.text is not None
    connection.execute(script.text.encode())


def rows(
    connection: psycopg.Connection[Any], relation: str, columns: str, where: str = "true"
) -> Sequence[tuple[Any, ...]]:
    """Rows of a relation of the dictionary, in an order that no collation changes; NULLs come last."""
    question = f"SELECT {columns} FROM fdw_setup.dictionary_{relation} WHERE {where}"
    found = connection.execute(question.encode()).fetchall()
    return sorted(found, key=lambda row: [(value is None, value) for value in row])
