"""A dev database from MariaDB: the same rows, keys and masks as from any other source."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from mariadb_server import MariaDb
from workbench import Run, eventually

from devdb.server.cluster import Cluster

pytestmark = pytest.mark.usefixtures("mysql_fdw", "make_db")

# What is in it is said there.
SHOP = (Path(__file__).parent / "mysql_shop.sql").read_text(encoding="utf-8")

KEYS = {
    "person": [(("country",), "country"), (("boss",), "person"), (("favourite",), "item")],
    "item": [(("room", "number"), "shelf"), (("owner",), "person")],
    "Order Line": [(("item",), "item")],
}
PRIMARY = {
    "country": ("code",),
    "person": ("id",),
    "shelf": ("room", "number"),
    "item": ("id",),
    "Order Line": ("order", "line"),
}
Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


@pytest.fixture(scope="module")
def shop(mariadb: MariaDb) -> Iterator[MariaDb]:
    mariadb.run(SHOP)
    yield mariadb
    mariadb.run("DROP DATABASE `Shop`")


@pytest.fixture(scope="module")
def rows(shop: MariaDb) -> Rows:
    """What MariaDB holds of the columns that keys are made of, by its own client."""
    found: Rows = {}
    for table, primary in PRIMARY.items():
        names = [*dict.fromkeys((*primary, *itertools.chain.from_iterable(own for own, _ in KEYS.get(table, ()))))]
        pairs = ", ".join(f"'{name}', `{name}`" for name in names)
        said = shop.run(f"SELECT HEX(JSON_OBJECT({pairs})) FROM `{table}`", database="Shop")
        for line in said.splitlines():
            row = json.loads(bytes.fromhex(line))
            found.setdefault(table, {})[tuple(row[name] for name in primary)] = row
    return found


@pytest.fixture
def settings(shop: MariaDb) -> Callable[[str], str]:
    def made(more: str = "", *, source: str = "") -> str:
        address = f"host: {shop.host}, port: {shop.port}, user: {shop.user}, schemas: [Shop]{source}"
        return f"source: {{wrapper: mysql_fdw, {address}}}\n{more}"

    return made  # type: ignore[return-value]


@pytest.fixture
def build(run: Run, shop: MariaDb) -> Callable[..., Any]:
    def build_it(name: str, *args: str | Path, status: int = 0, settings: str | None = None) -> Any:
        password = {"DEVDB_SOURCE_PASSWORD": shop.password}
        return run(name, *args, status=status, settings=settings, env=password)

    return build_it


def closure(rows: Rows, seeds: Mapping[str, set[tuple[Any, ...]]]) -> dict[str, set[tuple[Any, ...]]]:
    found: dict[str, set[tuple[Any, ...]]] = {table: set() for table in rows}
    todo = [(table, key) for table, keys in seeds.items() for key in keys]
    while todo:
        table, key = todo.pop()
        if key in found[table]:
            continue
        found[table].add(key)
        row = rows[table][key]
        for columns, parent in KEYS.get(table, ()):
            value = tuple(row[name] for name in columns)
            if None not in value:
                todo.append((parent, value))
    return found


def held(cluster: Cluster, table: str) -> set[tuple[Any, ...]]:
    columns = ", ".join(f'"{name}"' for name in PRIMARY[table])
    with psycopg.connect(cluster.conninfo("devdb")) as connection:
        found = connection.execute(f'SELECT {columns} FROM "Shop"."{table}"'.encode()).fetchall()
    assert len(found) == len(set(found))
    return set(found)


def test_the_rows_are_those_that_the_rules_choose_and_what_they_need(build, settings, rows, cluster):
    build(
        "build-dev-db",
        "--no-dump",
        settings=settings(
            """
sampling:
  default: none
  tables:
    Shop.item: {where: "price < 300"}
    'Shop."Order Line"': {order_by: '"taken at" DESC, "order", "line"', limit: 50}
    Shop.person: {where: "id > 5900"}
"""
        ),
    )
    latest = sorted(rows["Order Line"], key=lambda key: -(key[0] * 3 + key[1]))[:50]
    seeds = {
        "item": {key for key in rows["item"] if key[0] / 4 < 300},
        "person": {key for key in rows["person"] if key[0] > 5900},
        "Order Line": set(latest),
    }
    expected = closure(rows, seeds)
    assert len(expected["country"]) > 1000, "keys must not fit into one list"
    assert {key: len(held(cluster, key)) for key in expected} == {key: len(found) for key, found in expected.items()}
    for table, found in expected.items():
        assert held(cluster, table) == found, table


def test_samples_are_the_same_again_whatever_the_key(build, settings, cluster, databases):
    rules = """
sampling:
  default: {percent: 10}
  tables:
    Shop.item: {limit: 20}
    Shop.country: {limit: 30}
    Shop.shelf: {percent: 5}
    'Shop."Order Line"': {limit: 40}
  keys: {"Shop.item(room, number)": {on_missing: set_null}, "Shop.person(boss)": {on_missing: set_null},
         "Shop.person(favourite)": {on_missing: set_null}, "Shop.person(country)": {on_missing: set_null}}
"""
    build("build-dev-db", "--no-dump", settings=settings(rules))
    first = {table: held(cluster, table) for table in PRIMARY}
    assert len(first["country"]) == 30
    assert len(first["Order Line"]) == 40
    assert 10 <= len(first["shelf"]) <= 40
    assert 500 <= len(first["person"]) <= 800
    build("update-dev-db-data", "--no-dump", settings=settings(rules))
    assert {table: held(cluster, table) for table in PRIMARY} == first
    assert not [name for name in databases() if "__source" in name or "__next" in name]


def test_children_come_up_to_their_maximum(build, settings, rows, cluster):
    build(
        "build-dev-db",
        "--no-dump",
        settings=settings(
            """
sampling:
  default: none
  tables: {Shop.shelf: all}
  follow:
    Shop.item(room, number): {max: 2, order_by: id DESC}
    'Shop."Order Line"(item)': all
"""
        ),
    )
    expected = set()
    for shelf in rows["shelf"]:
        on_it = [key for key, row in rows["item"].items() if (row["room"], row["number"]) == shelf]
        expected |= set(sorted(on_it, reverse=True)[:2])
    lines = {key for key, row in rows["Order Line"].items() if (row["item"],) in expected}
    wanted = closure(rows, {"item": expected, "shelf": set(rows["shelf"]), "Order Line": lines})
    for table in PRIMARY:
        assert held(cluster, table) == wanted[table], table


def test_everything_comes_as_it_is(build, settings, shop, tmp_path, ask):
    build("build-dev-db", settings=settings("sampling: {default: all}"))
    for table in PRIMARY:
        count = int(shop.run(f"SELECT COUNT(*) FROM `{table}`", database="Shop"))
        assert ask("devdb", f'SELECT count(*) FROM "Shop"."{table}"') == count
    columns = "id, name, email, country, boss, note, born, is_vip"
    row = ask("devdb", f"""SELECT concat_ws('|', {columns}) FROM "Shop".person WHERE id = 403""")
    assert row == "Person 403 🎉".join(("403|", "|p403@example.org|ünïcødé 🎉|201|")) + (
        '{"a": [1, null]}|1981-04-07|t'
    )
    schema = (tmp_path / "schema.sql").read_text()
    for said in (
        'CREATE TABLE "Shop"."Order Line"',
        "COMMENT ON TABLE",
        "a quoted ''name''",
        "CHECK ((price >= ",
        'REFERENCES "Shop".shelf(room, number)',
        "ADD CONSTRAINT",
        "UNIQUE",
        "IDENTITY",
    ):
        assert said in schema, said
    assert ask("devdb", """SELECT pg_get_serial_sequence('"Shop".person', 'id') IS NOT NULL""")
    assert ask("devdb", """INSERT INTO "Shop".person (name) VALUES ('new') RETURNING id""") == 6001
    before = schema
    build("update-dev-db-schema", settings=settings("sampling: {default: none}"))
    assert (tmp_path / "schema.sql").read_text() == before


def test_masked_values_are_masked_and_proven_so(build, settings, ask):
    masks = """
sampling: {default: {percent: 5}}
masking:
  columns:
    Shop.person.name: full_name
    Shop.person.email: email
    Shop.person.id: number
    Shop.person.born: {kind: date_shift, days: 90}
classification: {policy: open}
"""
    done = build("build-dev-db", settings=settings(masks))
    assert (
        ask("devdb", """SELECT count(*) FROM "Shop".person WHERE name LIKE 'Person %' OR email LIKE '%example.org'""")
        == 0
    )
    assert ask("devdb", """SELECT count(*) FROM "Shop".item JOIN "Shop".person ON owner = person.id""") > 100
    assert "leakcheck" not in done.stderr or "leaks" not in done.stderr
    build("devdb", "leakcheck")


def test_nothing_is_written_at_the_source_nor_read_from_two_moments(build, settings, shop):
    shop.run("SET GLOBAL general_log_file = 'general.log'; SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1")
    try:
        build("build-dev-db", "--no-dump", settings=settings("sampling: {default: {limit: 10}}"))
    finally:
        shop.run("SET GLOBAL general_log = 0")
    said = shop.run(
        "SELECT DISTINCT UPPER(SUBSTRING_INDEX(TRIM(argument), ' ', 1)) FROM mysql.general_log "
        "WHERE command_type IN ('Query', 'Prepare', 'Execute') AND user_host LIKE 'reader%'"
    )
    assert set(said.split()) <= {"SELECT", "SET", "START"}
    sessions = shop.run(
        "SELECT COUNT(DISTINCT thread_id) FROM mysql.general_log WHERE user_host LIKE 'reader%' "
        "AND argument LIKE '%FROM `Shop`.%' AND command_type = 'Execute'"
    )
    assert int(sessions) == 1


def test_the_password_is_nowhere(build, settings, shop, cluster, tmp_path):
    build("build-dev-db", settings=settings("sampling: {default: {limit: 5}}"))
    build("build-dev-db", "-n", "-vv", settings=settings())
    log = cluster.log.read_text(errors="replace") if hasattr(cluster, "log") else ""
    assert shop.password not in log
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert shop.password.encode() not in path.read_bytes(), path


def test_a_killed_run_leaves_a_stand_in_that_the_next_one_removes(build, settings, shop, start, databases, monkeypatch):
    monkeypatch.setenv("DEVDB_SOURCE_PASSWORD", shop.password)
    text = settings("sampling: {default: all}")
    process = start("build-dev-db", settings=text, start_new_session=True)
    eventually(lambda: any("__source_" in name for name in databases()))
    process.kill()
    process.wait()
    build("build-dev-db", "--no-dump", settings=settings("sampling: {default: none}"))
    assert not [name for name in databases() if "__source_" in name]


def test_who_may_only_select_still_has_every_key(build, settings, shop, tmp_path):
    shop.run(f"CREATE USER plain IDENTIFIED BY '{shop.password}'; GRANT SELECT ON Shop.* TO plain")
    try:
        text = settings("sampling: {default: none}").replace(f"user: {shop.user}", "user: plain")
        done = build("build-dev-db", "--no-dump", settings=text)
    finally:
        shop.run("DROP USER plain")
    assert (tmp_path / "schema.sql").read_text().count("FOREIGN KEY") == sum(map(len, KEYS.values()))
    assert "Foreign keys without their actions" in done.stderr


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"schemas: [Shop]": "schemas: [shop]"}, 1, ("no schema 'shop'", "Shop")),
        ({"schemas: [Shop]": "schemas: [nowhere]"}, 1, ("no schema 'nowhere'",)),
        ({"host: 127.0.0.1": "host: 127.0.0.1, fdw_options: {port: '1'}"}, 2, ("could not reach the source",)),
        ({"user: reader": "user: nobody"}, 2, ("could not reach the source", "denied")),
        ({"schemas: [Shop]": "schemas: [Shop], fdw_options: {hots: x}"}, 1, ("hots", "host?")),
        ({"schemas: [Shop]": "schemas: [Shop], fdw_options: {init_command: x}"}, 1, ("init_command", "devdb itself")),
        ({"schemas: [Shop]": "schemas: [Shop], reader: direct"}, 1, ("reader: direct reads PostgreSQL only",)),
        ({"user: reader, ": ""}, 1, ("needs a user",)),
        (
            {"mysql_fdw": "oracle_fdw"},
            1,
            ("the dev server has no oracle_fdw, which reads Oracle", "-oracle-fdw", "Dockerfile.postgres-oraclefdw"),
        ),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_touched(build, settings, databases, change, status, said):
    text = settings()
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    before = databases()
    done = build("build-dev-db", status=status, settings=text)
    for words in said:
        assert words in done.stderr
    assert databases() == before


def test_types_that_there_is_nothing_for_are_listed_and_taken_when_told(build, settings, shop, ask):
    shop.run("CREATE TABLE odd (id int PRIMARY KEY, place point, area polygon)", database="Shop")
    shop.run("INSERT INTO odd VALUES (1, POINT(1, 2), NULL)", database="Shop")
    try:
        rules = "sampling: {default: none, tables: {Shop.odd: all}}"
        done = build("build-dev-db", "--no-dump", status=1, settings=settings(rules))
        for said in ("Shop.odd.place", "Shop.odd.area", "unsupported_types"):
            assert said in done.stderr
        build("build-dev-db", "--no-dump", settings=settings(rules, source=", unsupported_types: leave_out"))
        assert ask("devdb", """SELECT to_jsonb(o)::text FROM "Shop".odd AS o""") == '{"id": 1}'
        build("build-dev-db", "--no-dump", settings=settings(rules, source=", unsupported_types: text"))
        assert ask("devdb", """SELECT count(place) FROM "Shop".odd""") == 1
    finally:
        shop.run("DROP TABLE odd", database="Shop")


def test_plans_are_refused_and_columns_classified(build, settings):
    done = build("devdb", "plan", status=1, settings=settings())
    assert "build-dev-db --no-dump" in done.stderr
    found = json.loads(build("devdb", "classify", "--json", settings=settings()).stdout)
    by_column = {(one["table"], one["column"]): one["proposal"] for one in found}
    assert by_column["Shop.person", "email"]["mask"] is not None
    assert by_column["Shop.person", "email"]["matched"]


def test_what_a_table_needs_is_told_by_the_dictionary(build, settings):
    said = build("devdb", "deps", 'Shop."Order Line"', settings=settings()).stdout
    assert said.splitlines()[:2] == ['table Shop."Order Line"', "└─ table Shop.item  (fk Order Line_ibfk_1)"]
    assert {"table Shop.country", "table Shop.shelf"} <= {
        line.strip("├└│─ ").split("  (")[0] for line in said.splitlines()
    }
