"""Where no index finds rows by a key, the plan says so and which index would; once it is there it says no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_types import RunProgram
from plan_making import planned, settings_of

from devdb.planning.plan import Plan

SCHEMA = """
    CREATE TABLE customer (id int PRIMARY KEY, region text, no int, UNIQUE (region, no));
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customer, at date, doc jsonb, kind text,
                         region text, no int, FOREIGN KEY (region, no) REFERENCES customer (region, no), tags int[]);
    INSERT INTO customer SELECT i, 'r' || i % 3, i FROM generate_series(1, 3000) AS i;
    INSERT INTO orders
    SELECT i, 1 + i % 3000, date '2020-01-01' + i % 900, jsonb_build_object('customer', 1 + i % 3000),
           'kind ' || i % 2, 'r' || (1 + i % 3000) % 3, 1 + i % 3000, ARRAY[1 + i % 3000, 5]
    FROM generate_series(1, 12000) AS i;
    CREATE TABLE part (order_id int REFERENCES orders, year int, n int) PARTITION BY LIST (year);
    CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
    CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2);
    INSERT INTO part SELECT i, 1 + i % 2, i FROM generate_series(1, 12000) AS i;
    CREATE TABLE tiny (order_id int REFERENCES orders);
    INSERT INTO tiny VALUES (1);
    VACUUM ANALYZE;
"""
SETTINGS = """
sampling:
  default: none
  tables: {public.customer: {limit: 20}}
  follow:
    public.orders(customer_id): {max: 3, order_by: at DESC}
    public.orders(region, no): all
    public.orders.by_doc: all
    public.part(order_id): all
    public.tiny(order_id): all
  virtual_keys:
    by_doc:
      {child: public.orders, columns: ["doc->>'customer'"], parent: public.customer, when: "kind = 'kind 1'"}
"""


@pytest.fixture
def source(db: str, psql: RunProgram) -> str:
    psql(db, stdin=SCHEMA)
    return db


def plan_of(source: str, directory: Path, text: str = SETTINGS) -> Plan:
    return planned(settings_of(source, directory, text)).plan


def test_the_index_that_is_named_is_the_one_that_helps(source: str, tmp_path: Path, psql: RunProgram) -> None:
    plan = plan_of(source, tmp_path)
    by_key = {index.key: index for index in plan.missing_indexes}
    assert {name: index.create for name, index in by_key.items()} == {
        "public.orders(customer_id)": "CREATE INDEX CONCURRENTLY ON public.orders (customer_id, at DESC)",
        "public.orders(region, no)": "CREATE INDEX CONCURRENTLY ON public.orders (region, no)",
        "public.orders.by_doc": (
            "CREATE INDEX CONCURRENTLY ON public.orders "
            "((CASE WHEN ( kind = 'kind 1' ) THEN ( doc->>'customer' )::integer END))"
        ),
        "public.part(order_id)": "CREATE INDEX ON public.part (order_id)",
    }
    assert by_key["public.orders(customer_id)"].rows == pytest.approx(12000, rel=0.1)
    # Rows are found all the same.
    assert plan.table["public.orders"].by_child >= 60
    for index in plan.missing_indexes:
        psql(source, "-c", index.create)
    again = plan_of(source, tmp_path)
    assert again.missing_indexes == []
    assert again.table["public.orders"].rows == plan.table["public.orders"].rows


def test_a_partial_index_serves_no_key(source: str, tmp_path: Path, psql: RunProgram) -> None:
    psql(source, "-c", "CREATE INDEX ON orders (customer_id) WHERE at > '2020-02-01'")
    assert "public.orders(customer_id)" in [index.key for index in plan_of(source, tmp_path).missing_indexes]


def test_of_a_key_that_nothing_comes_over_no_index_is_missed(source: str, tmp_path: Path) -> None:
    text = "sampling: {default: none, tables: {public.tiny: all}, follow: {public.part(order_id): all}}"
    assert plan_of(source, tmp_path, text).missing_indexes == []


def test_no_index_helps_an_array(source: str, tmp_path: Path) -> None:
    text = """
        sampling:
          default: none
          tables: {public.customer: {limit: 2}}
          follow: {public.orders.tagged: {max: 5}}
          virtual_keys: {tagged: {child: public.orders, columns: [tags], parent: public.customer}}
    """
    (index,) = plan_of(source, tmp_path, text).missing_indexes
    assert index.create is None
