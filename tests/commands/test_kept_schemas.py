"""Schemas that only the dev database holds: named, kept when asked, never lost unasked."""

from __future__ import annotations

import re

import pytest

from devdb.server import programs

pytestmark = pytest.mark.usefixtures("shop")


def test_a_schema_that_only_the_dev_database_holds_is_named_and_not_lost(run, dev_db, tell, ask):
    tell(dev_db, "CREATE SCHEMA scratch", "CREATE TABLE scratch.t AS SELECT 1 AS x")
    done = run("update-dev-db-data", status=1)
    assert "scratch" in done.stderr
    assert "keep_schemas" in done.stderr
    assert "--yes" in done.stderr
    assert ask(dev_db, "SELECT x FROM scratch.t") == 1
    done = run("update-dev-db-data", "--no-dump", "--yes")
    assert "warning: schemas that only devdb holds are not kept: scratch" in done.stderr
    assert ask(dev_db, "SELECT to_regclass('scratch.t')") is None


def test_a_kept_schema_keeps_everything(run, dev_db, tell, ask, psql, cluster):
    tell(
        dev_db,
        'CREATE SCHEMA "My Scratch"',
        """CREATE TABLE "My Scratch".note (
            id bigint GENERATED ALWAYS AS IDENTITY,
            order_id int REFERENCES public.orders,
            "100%" text CHECK ("100%" <> ''),
            at timestamptz DEFAULT now()
        )""",
        r"""INSERT INTO "My Scratch".note (order_id, "100%") VALUES (7, E'a\tb\\'), (NULL, '{{ x }}')""",
        """CREATE FUNCTION "My Scratch".f() RETURNS int LANGUAGE sql AS 'SELECT 7'""",
        """CREATE VIEW "My Scratch".v AS
            SELECT o.note, n."100%" FROM "My Scratch".note AS n JOIN orders AS o ON o.id = n.order_id""",
        """CREATE INDEX ON "My Scratch".note (at)""",
        """COMMENT ON TABLE "My Scratch".note IS 'ours'""",
        """GRANT SELECT ON "My Scratch".note TO PUBLIC""",
    )
    kept = ["--schema", '"My Scratch"']
    before = psql(cluster.conninfo(dev_db), "-c", 'SELECT * FROM "My Scratch".note, "My Scratch".v')
    schema = programs.run(programs.find("pg_dump"), [*kept, "--schema-only", cluster.conninfo(dev_db)])
    run("update-dev-db-data", "--no-dump", settings="target: {keep_schemas: [My Scratch]}")
    assert psql(cluster.conninfo(dev_db), "-c", 'SELECT * FROM "My Scratch".note, "My Scratch".v') == before
    after = programs.run(programs.find("pg_dump"), [*kept, "--schema-only", cluster.conninfo(dev_db)])
    assert _plain(after) == _plain(schema)
    assert ask(dev_db, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated") == 2


def test_a_kept_row_whose_target_is_no_longer_sampled_is_kept(run, dev_db, tell, ask):
    tell(
        dev_db,
        "CREATE SCHEMA scratch",
        "CREATE TABLE scratch.note (order_id int REFERENCES public.orders)",
        "INSERT INTO scratch.note VALUES (150)",
    )
    settings = 'target: {keep_schemas: [scratch]}\nsampling: {tables: {public.orders: {where: "id < 10"}}}\n'
    done = run("update-dev-db-data", "--no-dump", settings=settings)
    assert "NOT VALID" in done.stderr
    assert "note_order_id_fkey" in done.stderr
    assert ask(dev_db, "SELECT order_id FROM scratch.note") == 150
    assert ask(dev_db, "SELECT convalidated FROM pg_constraint WHERE conname = 'note_order_id_fkey'") is False


def test_a_kept_schema_that_no_longer_fits_leaves_the_dev_database_alone(run, dev_db, tell, ask, databases):
    tell(dev_db, "CREATE SCHEMA scratch", "CREATE VIEW scratch.v AS SELECT note FROM orders")
    tell("proddb", "ALTER TABLE orders DROP COLUMN note")
    there = databases()
    done = run("update-dev-db-schema", status=3, settings="target: {keep_schemas: [scratch]}")
    assert "scratch" in done.stderr
    assert "note" in done.stderr
    assert databases() == there
    assert ask(dev_db, "SELECT count(*) FROM scratch.v") == 200


def test_a_schema_to_keep_that_is_not_there_does_not_stop_a_run(run, dev_db, ask):
    run("update-dev-db-data", "--no-dump", settings="target: {keep_schemas: [scratch]}")
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


def _plain(dump):
    return re.sub(rb"^\\(un)?restrict .*\n", b"", dump, flags=re.MULTILINE)
