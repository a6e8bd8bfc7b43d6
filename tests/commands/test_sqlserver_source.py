"""A dev database through tds_fdw, as far as that goes without SQL Server.

The server is one of ours: it hands what it is asked to PostgreSQL, where catalog views and rows lie, after the little
of T-SQL that devdb writes has been put into PostgreSQL's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from sqlserver import Answer, SqlServer, sql_server
from workbench import Run

from devdb.server.cluster import Cluster

# Which takes away what a command has made.
pytestmark = pytest.mark.usefixtures("make_db")

CATALOG = (Path(__file__).parents[1] / "dictionary" / "sqlserver_catalog.sql").read_text(encoding="utf-8")
ROWS = """
    CREATE SCHEMA dbo;
    CREATE SCHEMA sales;
    CREATE TABLE dbo.customers AS
        SELECT n AS "CustomerID", 'Näme ' || n AS "Name", 'c' || n || '@example.com' AS "Email",
            timestamp '2024-01-01' + n * interval '1 day' AS "Created", n % 2 = 0 AS "IsActive",
            (n * 1.25)::numeric(19, 4) AS "Balance", decode('0000000000000001', 'hex') AS "RowVer",
            'shown'::text AS "Shown", repeat('é', n) AS "Notes", '/1/'::text AS "Place", 'sa'::text AS "Owner"
        FROM generate_series(1, 3000) AS n;
    CREATE TABLE sales.orders AS
        SELECT n::bigint AS "OrderID", (n * 7 % 3000 + 1)::int AS "CustomerID",
            timestamptz '2024-06-01 12:00+02' + n * interval '1 minute' AS "Placed", n::numeric(18, 2) AS "Total",
            'N'::text AS "State", gen_random_uuid() AS "Ref"
        FROM generate_series(1, 5000) AS n;
    CREATE TABLE dbo.archive ("Line" text);
    DELETE FROM sys.objects WHERE object_id = 107;
"""
KINDS = {
    "int4": "int", "int8": "bigint", "numeric": "decimal(38,4)", "varchar": "nvarchar(4000)", "bool": "bit",
    "bytea": "varbinary(max)", "uuid": "nvarchar(36)",
}  # fmt: skip


def in_postgresqls_words(batch: str) -> str:
    for pattern, instead in [
        (r"CASE WHEN (\[\w+\]) IS NOT NULL THEN CONCAT\(LEFT\(.*?, \d+\), RIGHT\(.*?, 6\)\) END", r"\1::text"),
        (r"LEFT\(CONVERT\(nvarchar\(\d+\), (\[\w+\]), 121\), \d+\)", r"\1::text"),
        (r"CONVERT\(nvarchar\(\w+\), (\[\w+\])\)", r"\1::text"),
        (r"CONVERT\(varbinary\(\w+\), (\[\w+\])\)", r"\1"),
        (r"CONVERT\(decimal\(19, 4\), (\[\w+\])\)", r"\1"),
        (r"(\[\w+\])\.ToString\(\)", r"\1"),
        (r"FROM \[(\w+)\]\.\[(\w+)\]", lambda found: f"FROM {found[1].lower()}.{found[2].lower()}"),
        (r"^SELECT TOP \((\d+)\) (.*)$", r"SELECT \2 LIMIT \1"),
        (r"\[(\w+)\]", r'"\1"'),
        (r"\bnvarchar\(", "varchar("),
        (r" COLLATE DATABASE_DEFAULT", ""),
        (r"\bINFORMATION_SCHEMA\.", "sqlserver_information_schema."),
        (r"\bSERVERPROPERTY\(", "sys.serverproperty("),
    ]:
        batch = re.sub(pattern, instead, batch)
    return batch


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[SqlServer]:
    with new_database(cluster, CATALOG + ROWS) as source:
        try:
            source.execute("CREATE EXTENSION tds_fdw")
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("tds_fdw is not installed")
        types = dict(source.execute("SELECT oid, typname FROM pg_type").fetchall())

        def reply(batch: str) -> Answer | None:
            if not batch.lstrip().startswith("SELECT"):
                return None
            rows = source.execute(in_postgresqls_words(batch).encode())
            kinds = {**KINDS, **({"numeric": "decimal(38,0)"} if "sys." in batch else {})}
            columns = [(one.name, kinds.get(types[one.type_code], "nvarchar(max)")) for one in rows.description or ()]
            return Answer(columns, rows.fetchall())

        with sql_server(reply) as started:
            yield started


@pytest.fixture
def build(run: Run, server: SqlServer) -> Any:
    def build_it(name: str, *args: str, more: str = "", status: int = 0) -> Any:
        settings = f"""
source:
  wrapper: tds_fdw
  host: 127.0.0.1
  port: {server.port}
  dbname: Shop
  user: dev
  schemas: [dbo, sales]
  case: lower
{more}"""
        return run(name, *args, status=status, settings=settings, env={"DEVDB_SOURCE_PASSWORD": "secret"})

    return build_it


def asked_of(server: SqlServer, table: str) -> list[str]:
    """Queries of a table's rows, each as often as it was run: before that, the wrapper asks for its plan."""
    found = [batch for batch in server.batches if batch.endswith(table) or f"{table} WHERE" in batch]
    assert found[::2] == found[1::2]
    return found[1::2]


def test_rows_by_a_rule_bring_those_that_they_need(build, cluster, server):
    server.batches.clear()
    build("build-dev-db", more="sampling: {default: none, tables: {sales.orders: {where: 'total <= 40'}}}")
    with psycopg.connect(cluster.conninfo("devdb")) as connection:
        orders = connection.execute(
            "SELECT orderid, customerid, total, placed - orderid * interval '1 minute' = '2024-06-01 10:00+00'"
            " FROM sales.orders ORDER BY orderid"
        ).fetchall()
        assert orders == [(n, n * 7 % 3000 + 1, n, True) for n in range(1, 41)]
        customers = connection.execute(
            "SELECT customerid, name, created - '2024-01-01', isactive, balance, rowver, place, shown"
            " FROM dbo.customers ORDER BY customerid"
        ).fetchall()
        wanted = sorted({customer for _, customer, *_ in orders})
        assert [(n, name, since.days, *rest) for n, name, since, *rest in customers] == [
            (
                n,
                f"Näme {n}",
                n,
                n % 2 == 0,
                n * Decimal("1.25"),
                b"\0" * 7 + b"\1",
                "/1/",
                f"Näme {n} <c{n}@example.com",
            )
            for n in wanted
        ]
        assert connection.execute("SELECT nextval('sales.orderno')").fetchone() == (1043,)
    # Parents are asked for by key, and the source is not read as a whole.
    questions = asked_of(server, "[dbo].[Customers]")
    assert questions
    assert all(re.search(r" WHERE \[CustomerID\] IN \(\d+(, \d+)*\)$", one) for one in questions)


def test_the_latest_and_a_share_are_chosen_and_masked_on_the_way(build, cluster, server):
    more = """
sampling:
  default: none
  tables:
    sales.orders: {order_by: placed DESC, limit: 30}
    dbo.customers: {percent: 10}
masking:
  columns:
    dbo.customers.email: email
    dbo.customers.name: {sql: "'somebody'"}
classification: {policy: open}
"""
    build("build-dev-db", "--no-dump", more=more)
    with psycopg.connect(cluster.conninfo("devdb")) as connection:
        orders = {n for (n,) in connection.execute("SELECT orderid FROM sales.orders")}
        assert orders == set(range(4971, 5001))
    # Chosen there: no more came than was wanted.
    chosen = [batch for batch in server.batches if "TOP (30)" in batch or "48271" in batch]
    # Each once to be planned, and once for its rows.
    assert len([batch for batch in chosen if batch.startswith("SELECT TOP (30) [OrderID]")]) == 2
    assert len([batch for batch in chosen if "WHERE (((CAST([CustomerID] AS bigint) % 1000003" in batch]) == 2
    with psycopg.connect(cluster.conninfo("devdb")) as connection:
        rows = connection.execute("SELECT customerid, email, name, shown FROM dbo.customers").fetchall()
        assert 200 < len(rows) < 430
        assert {name for _, _, name, _ in rows} == {"somebody"}
        assert not [row for row in rows if row[1] == f"c{row[0]}@example.com" or "Näme" in row[3]]


def test_a_source_that_fails_ends_the_run(build, server):
    before, server.reply = server.reply, lambda _batch: "SHOWPLAN permission denied in database 'Shop'."
    try:
        done = build("build-dev-db", "--no-dump", status=3)
    finally:
        server.reply = before
    assert "General SQL Server error" in done.stderr
