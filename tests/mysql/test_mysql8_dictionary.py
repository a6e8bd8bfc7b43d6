"""The dictionary of MySQL 8, whose information_schema differs from MariaDB's: tables of its shape stand in for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from linking import HERE, linked, rows
from mariadb_server import MariaDb

from devdb.dictionary import reading
from devdb.dictionary.dialect import Reading
from devdb.dictionary.mysql import DIALECT
from devdb.dictionary.schema import apply, local_schema, understanding
from devdb.server.cluster import Cluster
from devdb.sqltext.templates import Templates


@pytest.fixture(scope="module")
def mysql8(cluster: Cluster, mariadb: MariaDb, mysql_fdw: None) -> Iterator[psycopg.Connection[Any]]:
    """A database that takes mysql8.sql for the source's information_schema."""
    assert mysql_fdw is None
    mariadb.run((HERE / "mysql8.sql").read_text(encoding="utf-8"))
    script = Templates().render("wrapper/mysql_fdw.sql", server="prod_server", schemas=["shop"])
    assert script.text is not None
    text = script.text.replace("dbname 'information_schema'", "dbname 'mysql8_schema'")
    text = text.replace("dbname 'performance_schema'", "dbname 'mysql8_performance'")
    with linked(cluster, mariadb) as connection:
        connection.execute(text.encode())
        yield connection
    mariadb.run("DROP DATABASE mysql8_schema; DROP DATABASE mysql8_performance")


def test_the_version_comes_from_the_performance_schema(mysql8):
    assert rows(mysql8, "source", "version") == [("8.0.36 (MySQL Community Server - GPL)",)]


def test_literals_get_the_quotes_that_mysql_leaves_out(mysql8):
    assert rows(mysql8, "columns", "name, default_sql", "default_sql IS NOT NULL") == [
        ("code", "0x00FF"),
        ("data", "json_array()"),
        ("flag", "'0'"),
        ("made", "CURRENT_TIMESTAMP"),
        ("mask", "b'101'"),
        ("name", "'it''s \\\\ 1'"),
        ("price", "'1.50'"),
        ("status", "'new'"),
    ]
    assert rows(mysql8, "columns", "name, generated_sql", "generated_sql IS NOT NULL") == [("twice", "(`price` * 2)")]


def test_checks_find_their_table_unless_they_are_switched_off(mysql8):
    assert rows(mysql8, "checks", "table_name, name, condition") == [
        ("item", "named", "(`name` <> _utf8mb4\\'\\')"),
        ("item", "status_labels", "`status` in ('new','old','')"),
    ]


def test_indexes_over_expressions_are_told(mysql8):
    columns = "name, position, column_name, expression, is_unique, is_descending"
    assert rows(mysql8, "indexes", columns) == [
        ("by_name", 1, None, "left(`name`,5)", False, False),
        ("by_name", 2, "price", None, False, True),
        ("lowered", 1, None, "lower(`name`)", True, False),
    ]
    assert rows(mysql8, "keys", "name, kind, column_name") == [("PRIMARY", "p", "id")]
    assert rows(mysql8, "sequences", "name") == []


def test_the_schema_that_follows_is_one_that_postgresql_takes(mysql8):
    dictionary = reading.read(mysql8, Templates())
    schema = local_schema(dictionary, DIALECT, Reading(), schemas=["shop"], understood=understanding(mysql8))
    assert apply(mysql8, schema.pre_data) + apply(mysql8, schema.post_data) == []
    told = mysql8.execute(
        "INSERT INTO shop.item DEFAULT VALUES RETURNING id, name, status, data, flag, mask, code, twice"
    ).fetchone()
    assert told == (1, "it's \\ 1", "new", [], False, "0101", b"\x00\xff", 3)
    with pytest.raises(psycopg.errors.CheckViolation, match="named"):
        mysql8.execute("INSERT INTO shop.item (name) VALUES ('')")
    with pytest.raises(psycopg.errors.CheckViolation, match="status_labels"):
        mysql8.execute("INSERT INTO shop.item (status) VALUES ('none')")
