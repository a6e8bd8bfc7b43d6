"""A dev database that holds what some objects need, and nothing else."""

from __future__ import annotations

import pytest
from databases import connect
from quiet import Quiet

from devdb.catalog import schema_file
from devdb.nightly.run import choose
from devdb.settings import Overrides, Settings

SHOP = """
    CREATE SCHEMA extra;
    CREATE TYPE extra.state AS ENUM ('open', 'done');
    CREATE TYPE extra.never AS ENUM ('used');
    ALTER TABLE orders ADD COLUMN state extra.state DEFAULT 'open';
    CREATE SEQUENCE extra.numbers;
    CREATE TABLE extra.given (id serial PRIMARY KEY);
    CREATE TABLE extra.parcel (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int REFERENCES orders,
        slip int DEFAULT nextval('extra.given_id_seq'), receiver text
    );
    CREATE TABLE extra.label (parcel_id int REFERENCES extra.parcel, customer int, secret text);
    CREATE FUNCTION extra.busy(int) RETURNS bigint LANGUAGE sql STABLE
    AS 'SELECT count(*) FROM orders WHERE customer_id = $1';
    CREATE VIEW extra.best AS SELECT id, extra.busy(id) AS orders FROM customer;
    CREATE MATERIALIZED VIEW extra.best_now AS SELECT * FROM extra.best;
    INSERT INTO extra.parcel (order_id) SELECT id FROM orders;
    CREATE INDEX ON extra.parcel (order_id);
    REFRESH MATERIALIZED VIEW extra.best_now;
"""
# Half of it is about what is not taken.
SETTINGS = """
sampling:
  tables:
    public.orders: {where: "id <= 20"}
    public.customer: none
    extra.parcel: {limit: 3}
    extra.label: empty
    extra.gi*: none
  virtual_keys:
    label_customer: {child: extra.label, columns: [customer], parent: public.customer}
  follow:
    public.orders: none
    extra.label: {max: 5}
classification: {policy: open}
masking:
  columns:
    public.customer.name: redact
    extra.label.secret: redact
    extra.parcel.receiver: redact
"""

RELATIONS = """
    SELECT array_agg(c.oid::regclass::text ORDER BY c.oid::regclass::text COLLATE "C") FROM pg_class AS c
    WHERE c.relkind IN ('r', 'v', 'm', 'S') AND c.relnamespace IN ('public'::regnamespace, 'extra'::regnamespace)
"""


@pytest.fixture
def source(shop, tell):
    tell("proddb", *SHOP.split(";\n"))
    return shop


def test_a_view_with_what_it_needs_and_no_more(run, source, ask, tell, cluster, tmp_path):  # noqa: ARG001
    done = run("build-dev-db", "--only-deps-of", "extra.best_now", "--no-dump", settings=SETTINGS)
    relations = ["customer", "extra.best", "extra.best_now", "orders"]
    assert ask("devdb", RELATIONS) == relations
    assert ask("devdb", "SELECT to_regtype('extra.state') IS NOT NULL AND to_regtype('extra.never') IS NULL")
    # All keys satisfied, and the rules heeded.
    assert (ask("devdb", "SELECT count(*) FROM orders"), ask("devdb", "SELECT count(*) FROM customer")) == (20, 20)
    assert ask("devdb", "SELECT count(*) FROM extra.best_now") == 20
    assert "extra.label" not in done.stdout + done.stderr
    path = tmp_path / "schema.sql"
    assert schema_file.only_deps_of(path) == (("extra.best_now", "materialized view"),)

    # The next night knows what it is about.
    tell("proddb", "ALTER TABLE extra.label ADD COLUMN nobody_cares int")
    overrides = Overrides(host=str(cluster.socket_directory), port=cluster.port)
    settings = Settings.load(tmp_path / "devdb.yaml", overrides=overrides)
    assert choose(settings, Quiet()).command == "update-dev-db-data"
    tell("proddb", "INSERT INTO customer VALUES (1000, 'new')", "UPDATE orders SET customer_id = 1000 WHERE id = 20")
    done = run("update-dev-db-data", "--no-dump")
    assert "only what extra.best_now needs" in done.stderr
    assert ask("devdb", RELATIONS) == relations
    assert ask("devdb", "SELECT count(*) FROM customer WHERE id = 1000") == 1
    done = run("update-dev-db-data", "--no-dump", "--only-deps-of", "extra.parcel", status=1)
    assert "schema.sql is not of what extra.parcel needs" in done.stderr

    # Another part, by the wrapper; a sequence without the table that owns it.
    run("update-dev-db-schema", "--only-deps-of", "EXTRA.parcel", "--reader", "wrapper")
    assert ask("devdb", RELATIONS) == [
        *("customer", "extra.given_id_seq", "extra.parcel", "extra.parcel_id_seq", "orders")
    ]
    assert ask("devdb", "SELECT count(*) FROM extra.parcel") == 3
    assert ask("devdb", "SELECT nextval('extra.parcel_id_seq')") > 1
    # And all of it again.
    run("build-dev-db", "--no-dump")
    assert len(ask("devdb", RELATIONS)) == 10
    assert schema_file.only_deps_of(path) == ()


@pytest.mark.parametrize(
    ("args", "settings", "status", "said"),
    [
        (["--only-deps-of", "extra.parcels"], None, 2, "there is no object extra.parcels"),
        (["--only-deps-of", "extra.parcel"], "source: {schemas: [public]}", 2, "which source.schemas leaves out"),
        (["--only-deps-of", "extra.parcel", "--plan", "plan.yaml"], None, 2, "exclude each other"),
        (
            ["--only-deps-of", "public.orders", "--seed", "extra.label: true"],
            None,
            1,
            "extra.label is not taken: nothing that --only-deps-of names needs it",
        ),
        (
            ["--only-deps-of", "public.orders"],
            "sampling: {tables: {extra.labels: none}}",
            1,
            "sampling.tables.extra.labels: there is no such table",
        ),
    ],
)
def test_what_cannot_be_is_refused(run, source, databases, args, settings, status, said):  # noqa: ARG001
    done = run("build-dev-db", *args, settings=settings, status=status)
    assert said in done.stderr
    assert "devdb" not in databases()


def test_a_dry_run_is_of_the_part_alone(run, source, cluster):  # noqa: ARG001
    done = run("build-dev-db", "--only-deps-of", "customer", "--dry-run")
    assert "CREATE TABLE public.customer" in done.stdout
    assert "extra.label" not in done.stdout
    with connect(cluster, "postgres") as connection:
        assert connection.execute("SELECT FROM pg_database WHERE datname = 'devdb'").rowcount == 0
