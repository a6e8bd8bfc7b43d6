"""Either reader serves every way to run; which one it is, a person says or devdb finds."""

from __future__ import annotations

import psycopg
import pytest
from expected import contents
from workbench import unchanged

pytestmark = pytest.mark.usefixtures("shop")

SETTINGS = """
source: {reader: READER}
sampling:
  default: none
  tables: {public.customer: {where: id % 10 = 0}}
  follow: {public.orders(customer_id): {max: 2, order_by: id}}
"""

OWN_SAMPLE = """\
-- What:         the orders of one customer, and what the rules choose
-- Parameters:   takes (list)  see builtin/populate/sample.sql
-- Transaction:  part of the caller's
-- Repeatable:   no

{% include "builtin/populate/sample.sql" %}
INSERT INTO public.orders SELECT f.* FROM prod_public.orders AS f WHERE f.customer_id = 7;
"""


def rows(cluster, name):
    with psycopg.connect(cluster.conninfo(name)) as connection:
        return contents(connection)


def test_in_place_both_readers_do_in_one_transaction_what_they_do_in_a_new_database(run, make_db, cluster):
    found = []
    for reader in ("direct", "wrapper"):
        settings = SETTINGS.replace("READER", reader)
        run("build-dev-db", "--no-dump", settings=settings)
        found.append(rows(cluster, "devdb"))
        make_db(f"place_{reader}")
        run("build-dev-db", "--no-dump", "-d", f"place_{reader}", settings=f"target: {{replace: in_place}}\n{settings}")
        found.append(rows(cluster, f"place_{reader}"))
    # Again, over what is there; and with more connections than one transaction can use.
    run("update-dev-db-data", "--no-dump", "-d", "place_wrapper", "--reader", "direct", "-j", "4")
    found.append(rows(cluster, "place_wrapper"))
    assert found[0]["public.customer"].total() == 5
    assert found[0]["public.orders"].total() == 10
    assert found == found[:1] * 5


def test_sql_of_ones_own_is_run_by_the_dev_server(run, tmp_path, ask):
    own = tmp_path / "sql" / "populate"
    own.mkdir(parents=True)
    (own / "sample.sql").write_text(OWN_SAMPLE)
    done = run("build-dev-db", "--no-dump", "--sql-dir", "sql", settings=SETTINGS.replace("READER", "auto"))
    assert ask("devdb", "SELECT array_agg(id ORDER BY id)::text FROM customer") == "{7,10,20,30,40,50}"
    # Four of the seventh customer's, and two of each other's.
    assert ask("devdb", "SELECT count(*) FROM orders") == 14
    assert ask("devdb", "SELECT count(*) FROM orders WHERE customer_id = 7") == 4
    assert "public.orders" in done.stdout
    with unchanged(tmp_path):
        done = run("build-dev-db", "--sql-dir", "sql", "--reader", "direct", status=1)
    assert "source.reader is direct, and sql_dir has its own populate" in done.stderr
    assert "set source.reader to auto or wrapper" in done.stderr


# What the shop has besides, to be named by mistake.
MORE = """
    CREATE VIEW shown AS SELECT * FROM orders;
    CREATE EXTENSION postgres_fdw;
    CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
    CREATE FOREIGN TABLE far (id int) SERVER elsewhere;
    CREATE TABLE note (id int PRIMARY KEY, kind text, target text, day date);
    CREATE TABLE refund (order_id int NOT NULL REFERENCES orders);
"""


def virtual(text):
    return f"virtual_keys: {{note_order: {{child: public.note, parent: public.orders, {text}}}}}"


@pytest.mark.parametrize(
    ("sampling", "status", "words"),
    [
        (
            "follow: {public.orders(custmer_id): {max: 3}}",
            1,
            ["devdb.yaml:1: ", "public.orders(custmer_id)", "public.orders(customer_id)"],
        ),
        (virtual("columns: [day]"), 1, ["columns differ in type", "public.note.day is date"]),
        (virtual("columns: [id], parent_columns: [note]"), 1, ["public.orders (note) is not unique", "(id)"]),
        (virtual("columns: [id], when: target"), 1, ["when is of type text, not boolean"]),
        (virtual("columns: [no_such_function(id)]"), 3, ["no_such_function", "SQLSTATE 42883"]),
        ("tables: {public.shown: all}", 1, ["public.shown is a view", "its rows follow from the tables"]),
        ("tables: {public.far: {limit: 3}}", 1, ["public.far is a foreign table"]),
        (
            "default: none, tables: {public.refund: all, public.orders: empty}",
            1,
            ["rule public.refund → public.refund.order_id → public.orders, which is empty"],
        ),
        ("keys: {public.refund(order_id): {on_missing: set_null}}", 1, ["public.refund", "none is nullable"]),
    ],
)
def test_what_does_not_fit_the_source_is_refused_before_anything_is_touched(
    run, shop, psql, databases, tmp_path, sampling, status, words
):
    psql(shop, stdin=MORE)
    (tmp_path / "devdb.yaml").write_text(f"sampling: {{{sampling}}}\n")
    there = databases()
    with unchanged(tmp_path):
        done = run("build-dev-db", status=status)
    for word in words:
        assert word in done.stderr, done.stderr
    assert "devdb.yaml:1" in done.stderr
    assert databases() == there


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1001"])
def test_a_number_of_connections_that_there_cannot_be_is_bad_usage(run, jobs):
    assert "--jobs" in run("build-dev-db", "-j", jobs, status=2).stderr


def test_a_plan_of_another_version_is_refused(run, tmp_path):
    (tmp_path / "plan.yaml").write_text("format: 99\nsampling: {}\n")
    done = run("build-dev-db", "--plan", "plan.yaml", status=1)
    assert "plan.yaml:1: format 99: this devdb reads format" in done.stderr


def test_all_tables_that_may_not_be_read_are_named_at_once(run, shop, psql, databases, tell):
    psql(
        shop,
        stdin="""
        CREATE ROLE half_blind LOGIN;
        CREATE TABLE closed (id int PRIMARY KEY);
        CREATE TABLE unused (id int PRIMARY KEY);
        CREATE TABLE child (id int PRIMARY KEY, closed_id int REFERENCES closed);
        GRANT SELECT ON customer, child TO half_blind;
        """,
    )
    try:
        there = databases()
        settings = "source: {user: half_blind}\nsampling: {tables: {public.unused: none}}\n"
        for reader in ("direct", "wrapper"):
            done = run("build-dev-db", "--reader", reader, status=1, settings=settings)
            assert "may not read 2 tables that the sample needs: public.closed, public.orders" in done.stderr
            assert "GRANT SELECT ON public.closed, public.orders TO half_blind;" in done.stderr
        assert databases() == there
    finally:
        tell("proddb", "DROP OWNED BY half_blind")
