"""A percentage of everything: which tables follow others, and how near the result comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from choosing import chosen
from databases import new_database
from linked import read

from devdb.catalog.model import Name, Source
from devdb.sampling.choice import Choice
from devdb.sampling.proportions import deviations, estimated_rows
from devdb.server.cluster import Cluster

TABLES = """
CREATE TABLE country (id integer PRIMARY KEY);
CREATE TABLE customer (
    id integer PRIMARY KEY, country integer NOT NULL REFERENCES country, sponsor integer REFERENCES customer
);
CREATE TABLE product (id integer PRIMARY KEY);
CREATE TABLE orders (
    id integer PRIMARY KEY, customer integer NOT NULL REFERENCES customer, gift_to integer REFERENCES customer
);
CREATE TABLE "Line Item" (
    id integer PRIMARY KEY, "order" integer NOT NULL REFERENCES orders, product integer NOT NULL REFERENCES product
);
CREATE TABLE visit (id integer, customer integer REFERENCES customer, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE visit_0 PARTITION OF visit FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE visit_1 PARTITION OF visit FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE chicken (id integer PRIMARY KEY, egg integer NOT NULL);
CREATE TABLE egg (id integer PRIMARY KEY, chicken integer NOT NULL REFERENCES chicken);
CREATE TABLE audit_log (id integer PRIMARY KEY, customer integer NOT NULL REFERENCES customer);
CREATE TABLE alembic_version (version_num text);
CREATE TABLE post (id integer PRIMARY KEY, tags integer[]);
INSERT INTO country SELECT generate_series(1, 50);
INSERT INTO customer SELECT n, n % 50 + 1, NULLIF(n % 7, 0) FROM generate_series(1, 3000) AS n;
INSERT INTO product SELECT generate_series(1, 1000);
INSERT INTO orders SELECT n, n % 3000 + 1, NULLIF(n % 100, 0) FROM generate_series(1, 12000) AS n;
INSERT INTO "Line Item" SELECT n, n % 12000 + 1, n % 1000 + 1 FROM generate_series(1, 24000) AS n;
INSERT INTO visit SELECT n, CASE WHEN n % 2 = 0 THEN n % 3000 + 1 END FROM generate_series(1, 10000) AS n;
INSERT INTO chicken SELECT n, n FROM generate_series(1, 5000) AS n;
INSERT INTO egg SELECT n, n FROM generate_series(1, 5000) AS n;
ALTER TABLE chicken ADD FOREIGN KEY (egg) REFERENCES egg;
INSERT INTO audit_log SELECT n, n % 3000 + 1 FROM generate_series(1, 10000) AS n;
INSERT INTO alembic_version VALUES ('1');
INSERT INTO post SELECT n, ARRAY[n % 3000, n % 1000] FROM generate_series(1, 5000) AS n;
ANALYZE;
"""


@pytest.fixture(scope="module")
def connection(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with new_database(cluster, TABLES) as made:
        yield made


@pytest.fixture(scope="module")
def source(connection: psycopg.Connection[Any]) -> Source:
    return read(connection)


def rules(choice: Choice) -> dict[str, str]:
    return {name.name: str(rule) for name, rule in choice.rules.items()}


def follows(choice: Choice) -> dict[str, str]:
    """The child's columns of the keys whose children are taken, by table."""
    return {item.key.child.name.name: ", ".join(item.key.child_columns) for item in choice.references if item.follow}


def test_most_tables_follow_the_largest_table_that_every_row_of_theirs_refers_to(
    source: Source, tmp_path: Path
) -> None:
    choice = chosen(source, tmp_path, "percent: 5")
    assert follows(choice) == {
        "orders": "customer",
        "Line Item": "order",
        "visit": "customer",
        "audit_log": "customer",
        # One of a cycle follows the other.
        "chicken": "egg",
    } or follows(choice)["egg"] == "chicken"  # fmt: skip
    found = rules(choice)
    assert {name for name, rule in found.items() if rule == "{percent: 5.0}"} >= {"customer", "country", "product"}
    assert (found["orders"], found["Line Item"]) == ("none", "none")
    assert found["alembic_version"] == "all"


def test_rows_that_refer_to_nothing_are_a_share_by_themselves(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "percent: 5")
    assert rules(choice)["visit"] == "{where: customer IS NULL, percent: 5.0}"


def test_one_of_a_cycle_is_sampled_by_itself(source: Source, tmp_path: Path) -> None:
    found = rules(chosen(source, tmp_path, "percent: 5"))
    assert sorted((found["chicken"], found["egg"])) == ["none", "{percent: 5.0}"]


def test_a_table_of_few_chosen_rows_is_followed_by_none(source: Source, tmp_path: Path) -> None:
    assert "orders" not in follows(chosen(source, tmp_path, "percent: 2"))
    assert follows(chosen(source, tmp_path, "percent: 2"))["Line Item"] == "order"


def test_what_the_settings_say_has_the_last_word(source: Source, tmp_path: Path) -> None:
    text = """
percent: 5
default: all
tables: {public.audit_log: empty, public.orders: {limit: 7}, public.product: all, public.egg: {percent: 5}}
follow: {default: none, 'public.visit(customer)': {max: 2}, 'public.customer(country)': none}
"""
    choice = chosen(source, tmp_path, text)
    found = rules(choice)
    assert (found["audit_log"], found["orders"], found["product"]) == ("empty", "{limit: 7}", "all")
    assert found["visit"] == "none"
    assert str(next(item.follow for item in choice.references if item.key.child.name.name == "visit")) == "{max: 2}"
    # Neither orders nor products are a fair share, so what refers to them is sampled by itself; eggs are one.
    assert found["Line Item"] == "{percent: 5.0}"
    assert follows(choice) == {"visit": "customer", "chicken": "egg"}
    names = {name.name for name in choice.proportional}
    assert names == {"country", "customer", "Line Item", "chicken", "post"}


def test_elements_of_arrays_are_not_followed(source: Source, tmp_path: Path) -> None:
    keys = "virtual_keys: {tagged: {child: public.post, columns: [tags], parent: public.customer}}\npercent: 5"
    assert "post" not in follows(chosen(source, tmp_path, keys))


def test_what_keys_bring_beyond_the_share_is_told_beforehand(source: Source, tmp_path: Path) -> None:
    (note,) = chosen(source, tmp_path, "percent: 5").notes
    assert note.startswith("keys need more than 5 % of public.country (about ")
    assert "public.product (about 70 %, for public.Line Item (product))" in note


def test_seeds_leave_no_room_for_a_percentage(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "percent: 5", seeds=["public.product: true"])
    assert {rule for name, rule in rules(choice).items() if name != "alembic_version"} == {"none", "{where: true}"}


def test_rows_of_a_partitioned_table_are_those_of_its_partitions(source: Source) -> None:
    table = next(table for table in source.tables if table.name.name == "visit")
    assert estimated_rows(source, table) == 10_000


def test_deviations_name_the_key_that_is_the_cause(source: Source, tmp_path: Path) -> None:
    choice = chosen(source, tmp_path, "percent: 5")

    def name(table: str) -> Name:
        return Name("public", table)

    there = {table.name: estimated_rows(source, table) for table in source.filled_tables}
    taken = {table: round(rows * 0.05) for table, rows in there.items()}
    assert deviations(choice, 5, taken, there) == []
    taken |= {name("product"): 1000, name("Line Item"): 300, name("country"): 21, name("post"): 20}
    assert deviations(choice, 5, taken, there) == [
        "public.Line Item: 300 of 24000 rows, 1.2 % instead of 5 %: "
        "the chosen rows of public.orders have few children by public.Line Item (order)",
        "public.post: 20 of 5000 rows, 0.4 % instead of 5 %",
        "public.product: 1000 of 1000 rows, all instead of 5 %: public.Line Item (product) refers to these rows",
    ]
