"""A plan changes nothing; what it counts exactly, and what it writes, is what a build takes."""

from __future__ import annotations

import json

import psycopg
import pytest
from workbench import unchanged

RULES = """
sampling:
  default: none
  seed: 3
  tables:
    public.customer: {percent: 40, where: "id % 2 = 0"}
  follow:
    public.orders(customer_id): {max: 3, order_by: "id DESC", where: "id > 20"}
"""


@pytest.fixture
def rows(cluster):
    def of(dbname):
        with psycopg.connect(cluster.conninfo(dbname)) as connection:
            return {
                table: connection.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1").fetchall()
                for table in ("customer", "orders")
            }

    return of


@pytest.mark.usefixtures("shop")
def test_a_plan_changes_nothing_and_counts_what_a_build_takes(run, databases, rows, tmp_path):
    (tmp_path / "devdb.yaml").write_text(RULES)
    before, there = rows("proddb"), databases()
    with unchanged(tmp_path):
        estimated = json.loads(run("devdb", "plan", "--format", "json").stdout)
        exact = json.loads(run("devdb", "plan", "--format", "json", "--exact").stdout)
    assert databases() == there
    assert rows("proddb") == before
    assert not estimated["is_exact"]
    assert exact["is_exact"]

    run("devdb", "plan", "--write", "plan.yaml", "-q")
    run("build-dev-db", "--no-dump")
    built = rows("devdb")
    counted = {table["table"]: table["rows"] for table in exact["tables"]}
    assert counted == {f"public.{table}": len(found) for table, found in built.items()}
    assert all(table["bytes"] > 0 for table in exact["tables"])
    # So few that nothing is left to be guessed.
    assert {table["table"]: table["rows"] for table in estimated["tables"]} == counted

    # From the plan, whatever the settings say by now.
    (tmp_path / "devdb.yaml").write_text("sampling: {default: all}")
    run("build-dev-db", "--no-dump", "--plan", "plan.yaml")
    assert rows("devdb") == built
    # The link and the last run are there now: the plan knows more.
    later = json.loads(run("devdb", "plan", "--format", "json", "--plan", "plan.yaml").stdout)
    assert later["is_linked"]


def test_a_plan_for_another_schema_is_not_built(shop, run, psql, databases):
    run("devdb", "plan", "--write", "plan.yaml", "-q")
    psql(shop, "-c", "ALTER TABLE orders ADD COLUMN total numeric")
    done = run("build-dev-db", "--plan", "plan.yaml", status=1)
    assert "the source's schema is no longer that of the plan: public.orders has changed" in done.stderr
    assert "devdb" not in databases()


def test_what_a_build_refuses_a_plan_refuses(shop, run):
    assert shop
    settings = "sampling:\n  tables: {public.customer: empty}\n"
    refused = run("build-dev-db", "--no-dump", status=1, settings=settings).stderr
    assert run("devdb", "plan", status=1).stderr.splitlines()[-1] == refused.splitlines()[-1]
    done = run("devdb", "plan", "--seed", "public.customer: id = 99999", status=1, settings="")
    assert "public.customer" in done.stderr
