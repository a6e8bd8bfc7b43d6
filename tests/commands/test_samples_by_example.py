"""The smallest database that holds some rows, and a share of everything."""

from __future__ import annotations

import json

import pytest
from both import READERS, both

SOURCE = """
    CREATE TABLE country (code char(2) PRIMARY KEY);
    CREATE TABLE customer (id int PRIMARY KEY, country char(2) NOT NULL REFERENCES country);
    CREATE TABLE product (id int PRIMARY KEY);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, note text);
    CREATE TABLE item (
        order_id int REFERENCES orders, line int, product_id int NOT NULL REFERENCES product,
        PRIMARY KEY (order_id, line)
    );
    CREATE TABLE parcel (id int PRIMARY KEY, order_id int, line int, FOREIGN KEY (order_id, line) REFERENCES item);
    CREATE TABLE audit (id int PRIMARY KEY, order_id int REFERENCES orders);
    CREATE TABLE alembic_version (version_num text);
    INSERT INTO country SELECT 'c' || n FROM generate_series(0, 9) AS n;
    INSERT INTO customer SELECT n, 'c' || n % 10 FROM generate_series(1, 3000) AS n;
    INSERT INTO product SELECT n FROM generate_series(1, 50) AS n;
    INSERT INTO orders SELECT n, n % 3000 + 1, 'order #' || n FROM generate_series(1, 9000) AS n;
    INSERT INTO item SELECT n, l, (n + l) % 50 + 1 FROM generate_series(1, 9000) AS n, generate_series(1, 2) AS l;
    INSERT INTO parcel SELECT n, n, n % 2 + 1 FROM generate_series(1, 9000) AS n;
    INSERT INTO audit SELECT n, n FROM generate_series(1, 9000) AS n;
    INSERT INTO alembic_version VALUES ('a1b2');
    CREATE INDEX ON orders (customer_id);
    CREATE INDEX ON audit (order_id);
    CREATE INDEX ON parcel (order_id, line);
    ANALYZE;
"""

SETTINGS = """
sampling:
  default: {limit: 100}
  tables: {public.product: all, public.audit: empty}
"""


@pytest.fixture(scope="module")
def made(cluster, tmp_path_factory):
    with both(cluster, tmp_path_factory.mktemp("seeds"), SOURCE) as made:
        yield made


def sizes(made, reader="direct"):
    return {name.removeprefix("public."): rows.total() for name, rows in made.contents(reader).items() if rows}


def test_a_seed_comes_with_its_children_and_all_that_they_need_and_nothing_else(made):
    made.build(SETTINGS, "--seed", "public.orders: id IN (42, 4711)")
    # Neither other orders of these customers, nor the products that a rule would take, nor what is barred.
    assert sizes(made) == {
        "orders": 2, "item": 4, "parcel": 2, "customer": 2, "country": 2, "product": 4, "alembic_version": 1
    }  # fmt: skip
    assert made.dev("SELECT id FROM orders") == [42, 4711]
    assert made.dev("SELECT order_id * 10 + line FROM item") == [421, 422, 47111, 47112]


def test_seeds_in_a_file(made):
    (made.directory / "bug.seeds").write_text(
        "# The customer who called, and an order of somebody else.\n\n"
        "public.customer: id = 7\n"
        "  public.orders: note = 'order #100' -- it has one\n"
    )
    settings = f"{SETTINGS}  follow: {{public.parcel: none}}\n"
    made.run("direct", "--seed-file", "bug.seeds", settings=settings)
    assert sizes(made) == {
        "orders": 4, "item": 8, "customer": 2, "country": 2, "product": 4, "alembic_version": 1
    }  # fmt: skip


def test_a_seed_that_matches_nothing(made):
    seeds = ("--seed", "public.orders: id = -1", "--seed", "public.customer: id = 3 AND country = 'xx'")
    done = made.run("direct", *seeds, "--seed", "public.orders: id = 1", settings=SETTINGS, status=1)
    assert "2 seeds match no row of the source:" in done.stderr
    assert "--seed: public.orders: id = -1" in done.stderr
    assert "--allow-empty" in done.stderr
    for reader in READERS:
        done = made.run(reader, *seeds, "--allow-empty")
        assert "2 seeds match no row of the source:" in done.stderr
        assert sizes(made, reader) == {"alembic_version": 1}


def test_a_percentage_of_everything(made):
    made.build("sampling: {tables: {public.audit: none}}\n", "--percent", "5")
    found = sizes(made)
    assert {name: rows for name, rows in found.items() if name in ("country", "product", "alembic_version")} == {
        "country": 10, "product": 50, "alembic_version": 1
    }  # fmt: skip
    for name, rows in (("customer", 3000), ("orders", 9000), ("item", 18000), ("parcel", 9000)):
        assert 0.03 < found[name] / rows < 0.07, (name, found[name])
    said = made.said["direct"]
    assert "note: keys need more than 5 % of" in said
    assert "public.product (about all, for public.item (product_id))" in said
    assert json.loads((made.directory / "run.json").read_text())["command"] == "build-dev-db"


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["--seed", "public.order: id = 1"], 1, ["--seed: public.order", "did you mean public.orders?"]),
        (["--seed", "public.orders"], 2, ["--seed: ", "TABLE: CONDITION"]),
        (["--seed", "public.orders: id ="], 3, ["--seed"]),
        (["--seed", "public.orders: ident = 1"], 1, ["--seed: where of public.orders: there is no column ident"]),
        (["--seed", "public.audit: true"], 1, ["public.audit", "empty"]),
        (["--seed", "public.orders: true", "--percent", "3"], 2, ["--seed", "--percent"]),
        (["--seed-file", "nowhere"], 1, ["nowhere"]),
        (["--percent", "0"], 2, ["--percent"]),
        (["--percent", "many"], 2, ["--percent"]),
    ],
)
def test_what_is_no_seed_and_no_percentage_is_refused(made, args, status, words):
    done = made.run("direct", *args, settings=SETTINGS, status=status)
    for word in words:
        assert word in done.stderr
