"""A source that violates its own foreign keys: said which, or dealt with as the settings say."""

from __future__ import annotations

import json

import psycopg
import pytest

from devdb.server import programs

pytestmark = pytest.mark.usefixtures("shop")

# A key that is NOT VALID at the source, and one that it believes in: its checks were off for a while.
SINNED = """
    CREATE TABLE item (
        order_id int, line int, sku text,
        PRIMARY KEY (order_id, line),
        CONSTRAINT item_order FOREIGN KEY (order_id) REFERENCES orders
    );
    CREATE TABLE refund (
        id int PRIMARY KEY, order_id int, line int,
        CONSTRAINT refund_item FOREIGN KEY (order_id, line) REFERENCES item
    );
    INSERT INTO item SELECT n, 1, 'sku ' || n FROM generate_series(1, 200) AS n;
    SET session_replication_role = replica;
    INSERT INTO item SELECT n, 7, 'lost' FROM generate_series(1001, 1005) AS n;
    INSERT INTO refund VALUES (1, 1001, 7), (2, 5, 1), (3, NULL, 8), (4, 1001, 7);
    RESET session_replication_role;
    ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
    UPDATE orders SET customer_id = 900 + id WHERE id <= 4;
    ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customer NOT VALID;
    ANALYZE;
"""
ITEM, ORDERS = "public.item (order_id) -> public.orders (item_order)", "public.orders (customer_id) -> public.customer"

# Where the parents are taken whole, and where they are sampled.
WHOLE = ""
SAMPLED = """
  tables:
    public.customer: {where: "id % 7 = 0"}
    public.orders: {where: "id % 50 <= 4"}
"""


@pytest.fixture
def sinner(shop, dev_db, psql):
    psql(shop, stdin=SINNED)
    return dev_db


@pytest.mark.parametrize("tables", [WHOLE, SAMPLED])
def test_every_violated_key_is_named(run, sinner, databases, pg_dump, cluster, tables):
    before, there = pg_dump(cluster.conninfo(sinner)), databases()
    done = run("build-dev-db", status=1, settings=f"sampling:{tables or ' {}'}\n")
    assert "the source violates its own foreign keys" in done.stderr
    assert f"{ORDERS} (orders_customer): 4 rows point at nothing" in done.stderr
    examples = done.stderr.partition("(orders_customer): 4 rows point at nothing, such as ")[2].partition("\n")[0]
    assert examples.count('"customer_id": 90') == 3
    assert examples.count('"id": ') == 3
    assert "on_violation" in done.stderr
    assert databases() == there
    assert pg_dump(cluster.conninfo(sinner)) == before


def test_a_key_that_the_source_believes_in(run, sinner, tell, ask):
    tell("proddb", "UPDATE orders SET customer_id = 1 WHERE id <= 4")
    done = run("build-dev-db", status=1, settings="sampling: {}\n")
    assert f"{ITEM}: 5 rows point at nothing, such as " in done.stderr
    assert done.stderr.count('"order_id": ') == 3
    assert "schema.sql" not in done.stderr.partition("Error")[2]
    assert ask(sinner, "SELECT count(*) FROM orders") == 200


def test_in_place_the_key_is_named_as_well(run, make_db, psql, shop):
    make_db("other")
    psql(shop, stdin=SINNED)
    psql(shop, "-c", "UPDATE orders SET customer_id = 1 WHERE id <= 4")
    done = run("build-dev-db", "-d", "other", status=1, settings="target: {replace: in_place}\n")
    assert f"{ITEM}: 5 rows point at nothing" in done.stderr
    assert psql(shop.replace("proddb", "other"), "-c", "SELECT to_regclass('orders')").strip() == ""


@pytest.mark.parametrize("tables", [WHOLE, SAMPLED])
def test_violated_keys_may_be_left_not_valid(run, sinner, ask, tmp_path, tables):
    done = run("build-dev-db", settings=f"sampling:\n  on_violation: not_valid{tables}\n")
    assert "warning: NOT VALID:" in done.stderr
    for key in ("item_order", "orders_customer"):
        assert ask(sinner, "SELECT convalidated FROM pg_constraint WHERE conname = %s", key) is False
    # Kept by the source's own rows as well as by what was taken.
    assert ask(sinner, "SELECT convalidated FROM pg_constraint WHERE conname = 'refund_item'") is True
    assert ask(sinner, "SELECT count(*) FROM orders WHERE customer_id > 900") == 4
    assert ask(sinner, "SELECT count(*) FROM item WHERE sku = 'lost'") == 5
    warnings = json.loads((tmp_path / "run.json").read_text())["warnings"]
    assert any("item_order" in warning for warning in warnings)


@pytest.mark.parametrize("tables", [WHOLE, SAMPLED])
def test_rows_that_point_at_nothing_may_be_dropped(run, sinner, ask, tmp_path, tables):
    done = run("build-dev-db", settings=f"sampling:\n  on_violation: drop_rows{tables}\n")
    assert f"warning: {ORDERS} (orders_customer): 4 rows pointed at nothing and were dropped" in done.stderr
    assert f"warning: {ITEM}: " in done.stderr
    # The source's orders_customer is NOT VALID: so it stays, whatever the rows say.
    assert ask(sinner, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated") <= 1
    assert ask(sinner, "SELECT count(*) FROM orders WHERE customer_id > 900") == 0
    assert ask(sinner, "SELECT count(*) FROM item WHERE sku = 'lost'") == 0
    assert ask(sinner, "SELECT array_agg(id ORDER BY id)::text FROM refund") == "{2,3}"
    tables_said = {table["table"]: table for table in json.loads((tmp_path / "run.json").read_text())["tables"]}
    assert tables_said["public.orders"]["dropped"] == 4
    for name, table in tables_said.items():
        assert table["rows"] == ask(sinner, f"SELECT count(*) FROM {name}")


@pytest.mark.usefixtures("sinner")
def test_the_dropped_rows_are_gone_from_the_dump_too(run, make_db, tmp_path):
    run("build-dev-db", settings="sampling: {on_violation: drop_rows}\n")
    restored = make_db("restored")
    programs.run(programs.find("pg_restore"), ["--exit-on-error", "--dbname", restored, str(tmp_path / "devdb.dump")])
    with psycopg.connect(restored) as connection:
        assert connection.execute("SELECT count(*) FROM refund").fetchone() == (2,)


def test_a_self_reference_and_a_cycle(run, shop, psql, ask):
    psql(
        shop,
        stdin="""
        CREATE TABLE node (id int PRIMARY KEY, up int, CONSTRAINT node_up FOREIGN KEY (up) REFERENCES node);
        CREATE TABLE a (id int PRIMARY KEY, b_id int);
        CREATE TABLE b (id int PRIMARY KEY, a_id int CONSTRAINT b_a REFERENCES a);
        ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b;
        SET session_replication_role = replica;
        INSERT INTO node SELECT n, n - 1 FROM generate_series(1, 30) AS n;
        INSERT INTO a SELECT n, n FROM generate_series(1, 10) AS n;
        INSERT INTO b SELECT n, n + 1 FROM generate_series(1, 10) AS n;
        """,
    )
    settings = "sampling: {default: none, tables: {public.node: {where: id = 30}, public.a: {where: id = 8}}, "
    done = run("build-dev-db", status=1, settings=settings + "on_violation: error}")
    assert "public.node (up) -> public.node (node_up): 1 rows point at nothing" in done.stderr
    assert "public.b (a_id) -> public.a (b_a): 1 rows point at nothing" in done.stderr
    # Each dropped row was what another one pointed at: nothing is left.
    run("build-dev-db", "--no-dump", settings=settings + "on_violation: drop_rows}")
    assert [ask("devdb", f"SELECT count(*) FROM {table}") for table in ("node", "a", "b")] == [0, 0, 0]
    run("build-dev-db", "--no-dump", settings=settings + "on_violation: not_valid}")
    assert [ask("devdb", f"SELECT count(*) FROM {table}") for table in ("node", "a", "b")] == [30, 3, 3]


def test_keys_of_partitions_and_of_several_columns(run, shop, psql, ask):
    psql(
        shop,
        stdin="""
        CREATE TABLE period (year int, region text, PRIMARY KEY (year, region)) PARTITION BY LIST (year);
        CREATE TABLE period_1 PARTITION OF period FOR VALUES IN (1);
        CREATE TABLE period_2 PARTITION OF period FOR VALUES IN (2);
        CREATE TABLE level (
            id int, year int, "the region" text,
            CONSTRAINT level_period FOREIGN KEY (year, "the region") REFERENCES period
        ) PARTITION BY RANGE (id);
        CREATE TABLE level_1 PARTITION OF level FOR VALUES FROM (0) TO (100);
        INSERT INTO period VALUES (1, 'n'), (2, 's');
        SET session_replication_role = replica;
        INSERT INTO level VALUES (1, 1, 'n'), (2, 2, 'n'), (3, 2, NULL), (4, NULL, 'x');
        """,
    )
    done = run("build-dev-db", status=1)
    assert (
        "public.level (year, the region) -> public.period (level_period): 1 rows point at nothing, such as "
        '{"year": 2, "the region": "n"}'
    ) in done.stderr
    run("build-dev-db", "--no-dump", settings="sampling: {on_violation: drop_rows}")
    assert ask("devdb", "SELECT array_agg(id ORDER BY id)::text FROM level") == "{1,3,4}"
