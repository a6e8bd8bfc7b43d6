"""A dev database through the real tds_fdw, from a server of ours that holds rows and takes no batch that it does not
know: the same rows, keys and masks as from any other source, and no more questions than it takes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from sqlserver import Answer, SqlServer, sql_server
from sqlserver_queries import Row
from sqlserver_schema import Table
from sqlserver_shop import SEQUENCES, SHELF, tables
from sqlserver_tables import Tables, closure, here
from workbench import Run

from devdb.server.cluster import Cluster
from devdb.sqltext.quoting import ident

LOB_LIMIT = 400
LINES, SHELVES = 'sales dept."Order Line"', 'sales dept."Shelf ]""\'x"'


@pytest.fixture(scope="module")
def shop() -> Tables:
    return Tables(tables(), SEQUENCES)


@pytest.fixture(scope="module")
def rows(shop: Tables) -> dict[str, list[dict[str, Any]]]:
    return {table.name: table.rows for table in shop.tables.values()}


@pytest.fixture(scope="module")
def server(shop: Tables, cluster: Cluster) -> Iterator[SqlServer]:
    with psycopg.connect(cluster.conninfo()) as connection:
        if not connection.execute("SELECT FROM pg_available_extensions WHERE name = 'tds_fdw'").fetchall():
            pytest.skip("tds_fdw is not installed")
    with sql_server(shop.reply) as started:
        yield started


@pytest.fixture
def build(run: Run, server: SqlServer, shop: Tables, make_db: Any) -> Iterator[Callable[..., Any]]:  # noqa: ARG001
    """Run a command; what the server is asked, it must know."""

    def build_it(
        name: str, *args: str | Path, more: str = "", status: int = 0, source: str = "", schemas: str = ", kinds"
    ) -> Any:
        address = f"host: 127.0.0.1, port: {server.port}, dbname: Shop, user: dev"
        address += f", schemas: [dbo, sales dept{schemas}], lobs: true, lob_limit: {LOB_LIMIT}"
        settings = f"source: {{wrapper: tds_fdw, {address}{source}}}\n{more}"
        return run(name, *args, status=status, settings=settings, env={"DEVDB_SOURCE_PASSWORD": "secret"})

    yield build_it
    refused, shop.refused[:] = list(shop.refused), []
    assert not refused


def rules(text: str) -> str:
    return "sampling:" + text.replace("LINES", json.dumps(LINES)).replace("SHELVES", json.dumps(SHELVES))


def of(table: Table, chosen: Iterable[Row]) -> set[tuple[Any, ...]]:
    return {tuple(row[name] for name in table.primary) for row in chosen}


def first(rows: Iterable[Row], count: int, order: Callable[[Row], Any], **values: Any) -> list[Row]:
    """Of the rows that have these values so many, in an order."""
    return sorted((row for row in rows if values.items() <= row.items()), key=order)[:count]


@pytest.fixture
def held(cluster: Cluster, shop: Tables) -> Callable[[], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]:
    """The rows of the dev database, by table and primary key."""

    def local(name: str) -> str:
        return ident(name.lower() if name.isupper() else name)

    def all_rows() -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
        found = {}
        with psycopg.connect(cluster.conninfo("devdb")) as connection:
            for table in shop.tables.values():
                columns = ", ".join(local(column.name) for column in table.columns)
                name = f"{local(table.schema)}.{local(table.name)}"
                if connection.execute("SELECT pg_catalog.to_regclass(%s)", (name,)).fetchone() == (None,):
                    continue
                query = f"SELECT {columns} FROM {name}"
                got = [dict(zip(table.column, row, strict=True)) for row in connection.execute(query.encode())]
                found[table.name] = {tuple(row[name] for name in table.primary): row for row in got}
                assert len(found[table.name]) == len(got)
        return found

    return all_rows


@pytest.fixture
def holds(held: Any, shop: Tables) -> Callable[[Mapping[str, set[tuple[Any, ...]]]], None]:
    """The dev database holds the rows of these keys and no others, each as it is at the source."""

    def check(keys: Mapping[str, set[tuple[Any, ...]]]) -> None:
        found = held()
        for table in shop.tables.values():
            wanted = {}
            for row in table.rows:
                if tuple(row[name] for name in table.primary) in keys[table.name]:
                    value = {
                        column.name: here(column, row[column.name], lob_limit=LOB_LIMIT) for column in table.columns
                    }
                    wanted[tuple(value[name] for name in table.primary)] = value
            assert found[table.name].keys() == wanted.keys(), table.name
            for key, row in wanted.items():
                assert found[table.name][key] == row

    return check


def times(batches: Iterable[str]) -> Counter[str]:
    """How often each table was read: as a whole, by key, or by what else a query says."""
    found: Counter[str] = Counter()
    for batch in batches:
        table = re.search(r" FROM (\[.*?\]\.\[(?:[^]]|\]\])+\])( WHERE \[| WHERE| ORDER BY|$)", batch)
        if table is not None:
            found[table[1] + table[2].replace("[", "KEY")] += 1
    return found


def test_the_rows_are_those_that_the_rules_choose_and_what_they_need(build, shop, rows, holds, cluster, ask):
    with shop.read() as batches:
        build(
            "build-dev-db",
            "--no-dump",
            more=rules("""
  default: none
  tables:
    dbo.Item: {where: '"Price" < 50'}
    LINES: {order_by: '"taken at" DESC, "Order ID", "Line"', limit: 50}
    dbo.Person: {where: '"PersonID" > 400'}
    kinds.refs: {where: id % 2 = 0}
"""),
        )
    latest = sorted(rows["Order Line"], key=lambda row: (row["Order ID"], row["Line"]))
    latest.sort(key=lambda row: row["taken at"], reverse=True)
    chosen = {
        "Item": [row for row in rows["Item"] if row["Price"] < 50],
        "Person": [row for row in rows["Person"] if row["PersonID"] > 400],
        "refs": [row for row in rows["refs"] if row["id"] % 2 == 0],
        "Order Line": latest[:50],
    }
    expected = closure(shop.tables.values(), chosen)
    assert len(expected["Country"]) > 1000, "keys must not fit into one list"
    holds(expected)
    # The tables that rules take from are read once, the others by key alone; and no list is sent twice.
    read = times(batches)
    assert {name: count for name, count in read.items() if not name.endswith("KEY")} == {
        "[dbo].[Item]": 1, "[dbo].[Person]": 1, "[kinds].[refs]": 1, "[sales dept].[Order Line] ORDER BY": 1
    }  # fmt: skip
    assert read["[dbo].[Country] WHERE KEY"] == 2
    assert len(batches) == len(set(batches))
    # What a fetch said of the tables is taken back.
    with psycopg.connect(cluster.conninfo("devdb")) as connection:
        for (query,) in connection.execute(
            "SELECT option_value FROM information_schema.foreign_table_options WHERE option_name = 'query'"
        ).fetchall():
            assert not query.partition(" FROM ")[2].partition("WHERE")[1]
    assert ask("devdb", "SELECT nextval('dbo.\"OrderNo\"')") == 1043
    assert ask("devdb", 'INSERT INTO dbo."Person" ("Name") VALUES (\'new\') RETURNING "PersonID"') == 1701


def test_samples_are_the_same_again_whatever_the_key(build, shop, held, databases, tmp_path):
    more = rules("""
  default: {percent: 10}
  tables:
    dbo.Item: {limit: 20}
    dbo.Country: {limit: 30}
    LINES: {limit: 40}
    kinds.*: {limit: 5}
  keys: {"dbo.Item(Room, Number)": {on_missing: set_null}, "dbo.Person(*)": {on_missing: set_null}}
""")
    build("build-dev-db", "--no-dump", more=more)
    before, schema = held(), (tmp_path / "schema.sql").read_text()
    count = {name: len(found) for name, found in before.items()}
    assert (count["Country"], count["Order Line"], count["refs"]) == (30, 40, 5)
    assert 20 <= count["Item"] <= 60
    assert 12 <= count[SHELF] <= 40
    assert 120 <= count["Person"] <= 220
    with shop.read() as batches:
        build("update-dev-db-schema", "--no-dump", more=more, source=", fdw_options: {row_estimate_method: execute}")
    assert held() == before
    assert (tmp_path / "schema.sql").read_text() == schema
    assert not [name for name in databases() if "__source" in name or "__next" in name]
    # Without the right to ask for plans, every query is run once more, to count its rows.
    assert {times % 2 for times in Counter(batches).values()} == {0}


def test_children_come_up_to_their_maximum(build, shop, rows, holds):
    build(
        "build-dev-db",
        "--no-dump",
        more=rules("""
  default: none
  tables: {dbo.Country: {where: '"Code" ~* ''^abc$'''}, SHELVES: all}
  follow:
    dbo.Item(Room, Number): {max: 2, order_by: '"Price" DESC'}
    'sales dept."Order Line"(Item)': all
    dbo.Person(Country): {where: '"PersonID" % 2 = 0'}
"""),
    )
    codes = {"abc", "ABC", "Abc"}
    items: list[Row] = []
    for shelf in rows[SHELF]:
        items += first(rows["Item"], 2, lambda row: -row["Price"], Room=shelf["Room"], Number=shelf["Number"])
    ids = {row["Id"] for row in items}
    chosen = {
        "Country": [row for row in rows["Country"] if row["Code"] in codes],
        SHELF: rows[SHELF],
        "Item": items,
        "Order Line": [row for row in rows["Order Line"] if row["Item"] in ids],
        "Person": [row for row in rows["Person"] if row["Country"] in codes and row["PersonID"] % 2 == 0],
    }
    holds(closure(shop.tables.values(), chosen))


def test_children_come_in_rounds_where_tables_refer_to_each_other(build, shop, rows, holds):
    build(
        "build-dev-db",
        "--no-dump",
        more=rules("""
  default: none
  tables: {dbo.Person: {where: '"PersonID" in (5, 17)'}, kinds.by_small: {where: k < 203}}
  virtual_keys:
    listed:
      {child: kinds.refs, columns: ["ARRAY[200 + id % 3, 201]::int2[]"], parent: kinds.by_small, parent_columns: [k]}
  follow:
    dbo.Person(Boss): {max: 2, order_by: '"PersonID"'}
    dbo.Item(Owner): {max: 1, order_by: '"Price"', where: '"Price" > 10'}
    'sales dept."Order Line"(Item)': {max: 2, order_by: '"taken at", "Order ID", "Line"'}
    kinds.refs.listed: {where: id < 10}
"""),
    )
    people, todo = {5, 17}, [5, 17]
    while todo:
        boss = todo.pop()
        came = first(rows["Person"], 2, lambda row: row["PersonID"], Boss=boss)
        todo += {row["PersonID"] for row in came} - people
        people |= {row["PersonID"] for row in came}
    dear = [row for row in rows["Item"] if row["Price"] > 10]
    items: list[Row] = []
    for owner in people:
        items += first(dear, 1, lambda row: row["Price"], Owner=owner)
    lines: list[Row] = []
    for item in items:
        lines += first(rows["Order Line"], 2, lambda row: (row["taken at"], row["Order ID"]), Item=item["Id"])
    chosen = {
        "Person": [row for row in rows["Person"] if row["PersonID"] in people],
        "Item": items,
        "Order Line": lines,
        "by_small": [row for row in rows["by_small"] if row["k"] < 203],
        "refs": [row for row in rows["refs"] if row["id"] < 10],
    }
    holds(closure(shop.tables.values(), chosen))


def test_everything_comes_as_it_is_and_stays_when_the_next_run_fails(
    build, shop, rows, holds, tmp_path, databases, monkeypatch
):
    with shop.read() as batches:
        build("build-dev-db", "--no-dump", more="sampling: {default: all}")
    everything = {table.name: of(table, table.rows) for table in shop.tables.values()}
    holds(everything)
    assert times(batches) == {table.source: 1 for table in shop.tables.values()}
    assert len(batches) == 10 + len(shop.tables)
    schema = (tmp_path / "schema.sql").read_text()
    for said in (
        'CREATE TABLE "sales dept"."Shelf ]""\'x"',
        "IS 'Who buys: it''s a table'",
        "GENERATED ALWAYS AS IDENTITY",
        "GENERATED ALWAYS AS (((",
        "DEFAULT gen_random_uuid()",
        'CHECK (("Price" >= ',
        "CREATE UNIQUE INDEX",
        'REFERENCES "sales dept"."Shelf ]""\'x"("Room", "Number")',
        "k timestamp(3) with time zone NOT NULL",
    ):
        assert said in schema, said
    before = databases()
    people = "sampling: {default: none, tables: {dbo.Person: {where: '\"PersonID\" > 1600'}}}"
    with shop.failing(lambda batch: broken(shop, batch, fails="a deadlock") if "[Country] WHERE" in batch else None):
        done = build("update-dev-db-data", "--no-dump", more=people, status=3)
        assert "Msg: a deadlock" in done.stderr
    # To SQL Server it refers to C0002.
    with monkeypatch.context() as changed:
        changed.setitem(rows["Person"][1690], "Country", "c0002")
        done = build("update-dev-db-schema", "--no-dump", more=people, status=1)
        assert '"Country": "c0002"' in done.stderr
    assert databases() == before
    holds(everything)
    assert (tmp_path / "schema.sql").read_text() == schema


@pytest.mark.parametrize("how", [{"fails": "a deadlock"}, {"hangs_up": True}], ids=["an error", "no end"])
def test_rows_that_end_in_the_middle_are_an_error(server, shop, cluster, how):
    table = shop.tables["[kinds].[by_small]"]
    query = f"SELECT [k] FROM {table.source}"
    with new_database(cluster) as connection:
        connection.execute(f"""
            CREATE EXTENSION tds_fdw;
            CREATE SERVER s FOREIGN DATA WRAPPER tds_fdw OPTIONS ({server.options()});
            CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (username 'dev', password 'secret');
            CREATE FOREIGN TABLE t (k int) SERVER s OPTIONS (query '{query}', match_column_names '0');
        """)
        with shop.failing(lambda batch: broken(shop, batch, **how)), pytest.raises(psycopg.Error, match="DB-Library"):
            connection.execute("SELECT * FROM t")
        # And the session is none the worse for it.
        assert len(connection.execute("SELECT * FROM t").fetchall()) == len(table.rows)


MASKS = """
sampling: {default: {percent: 10}}
masking:
  columns:
    dbo.Person.Name: full_name
    dbo.Person.Email: email
    dbo.Person.PersonID: number
    dbo.Person.Note: {sql: "'x' || length(\\"Note\\")"}
    dbo.Country.name: {sql: "'somewhere'"}
classification: {policy: open}
"""


def test_masked_values_are_masked_and_a_leak_is_found(build, shop, rows, held, tell, ask):
    with shop.read() as batches:
        build("build-dev-db", "--no-dump", more=MASKS, schemas="")
    people = held()["Person"]
    assert len(people) > 100
    raw = {row[name] for row in rows["Person"] for name in ("Name", "Email")} - {None}
    assert not [row for row in people.values() if {row["Name"], row["Email"]} & raw]
    assert all(row["Shown"].startswith(row["Name"]) for row in people.values())
    assert not people.keys() & of(shop.tables["[dbo].[Person]"], rows["Person"])
    assert ask("devdb", 'SELECT count(*) FROM dbo."Item" JOIN dbo."Person" ON "Owner" = "PersonID"') > 20
    # Each mask is tried on the first rows, and the leak check draws from all of them, once.
    read = times(batches)
    assert (read["[dbo].[Country]"], read["[dbo].[Person]"], read["[sales dept].[Order Line]"]) == (3, 6, 1)
    # A kept column has raw values of a masked one, which it does not hold at the source.
    tell(
        "devdb",
        "UPDATE dbo.\"Item\" SET \"Tag]\" = concat('p', n * 3 + 2, '@example.org')"
        ' FROM (SELECT "Id", row_number() OVER () AS n FROM dbo."Item") AS i WHERE i."Id" = "Item"."Id" AND n <= 60',
    )
    with shop.read() as batches:
        done = build("devdb", "leakcheck", more=MASKS, status=1, schemas="")
    assert "dbo.Item.Tag]" in done.stdout
    assert "dbo.Person.Email" in done.stdout
    assert set(times(batches)) == {"[dbo].[Country]", "[dbo].[Item]", "[dbo].[Person]"}


def test_columns_are_classified_by_their_first_rows(build, shop):
    def half_of_it(batch: str) -> Answer | None:
        return broken(shop, batch, fails="no") if "[dbo].[Item]" in batch else None

    with shop.failing(half_of_it), shop.read() as batches:
        said = json.loads(build("devdb", "classify", "--json", schemas="").stdout)
    by_column = {(one["table"], one["column"]): one for one in said}
    assert by_column["dbo.Person", "Email"]["proposal"]["matched"]
    assert "could not be read" in str(by_column["dbo.Item", "Tag]"])
    assert set(times(batches).values()) == {1}


def broken(shop: Tables, batch: str, **how: Any) -> Answer:
    """Half of the rows, and then something else."""
    whole = shop.answer(batch)
    return Answer(whole.columns, whole.rows[: len(whole.rows) // 2], **how)
