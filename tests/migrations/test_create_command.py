"""The commands that write and check migrations, as a person types them."""

from __future__ import annotations

import pytest
from databases import new_database
from migration_making import created, empty

SMALL = """
    CREATE TYPE colour AS ENUM ('red');
    CREATE TABLE shop (id int PRIMARY KEY);
    CREATE FUNCTION shop() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE "Orders" (id int PRIMARY KEY, shop int REFERENCES shop, colour colour);
    CREATE INDEX "Orders shop" ON "Orders" (shop);
"""


@pytest.fixture(scope="module")
def small(cluster):
    with new_database(cluster, SMALL) as source:
        yield source


@pytest.fixture
def migrations(command, small):
    def run(*args, **said):
        info = small.info
        address = ("-h", info.host, "-p", str(info.port), "--prod-db", info.dbname)
        return command("devdb", "migrations", args[0], *address, *args[1:], **said)

    return run


def test_create_and_check_and_nothing_more(migrations, tmp_path):
    done = migrations("create", "--seed", '"Orders"', "--type", "table", "--name", "shop_orders", "shop")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        ["migrations/V1.0.0__shop_orders_TYP.sql", "migrations/V1.0.1__shop_orders_TAB.sql"],
    ), done.stderr
    again = migrations("create", "--seed", "public.colour", "--name", "again")
    assert (again.returncode, again.stdout) == (
        0,
        "again: nothing to create, all that public.colour needs is there\n",
    )
    found = migrations("check")
    assert (found.returncode, found.stdout) == (0, "2 files make 3 objects, all as the source has them\n"), found.stderr
    assert len(list((tmp_path / "migrations").iterdir())) == 2


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["--seed", "public.shops", "--name", "x"], 2, "there is no object public.shops"),
        (["--seed", "shop", "--name", "x"], 2, "say which with --type: function, table"),
        (["--seed", "public.colour", "--name", "x", "--version", "one"], 2, "--version: 'one' is not a version"),
        (["--seed", "public.colour", "--name", "x", "--target", "oracle"], 1, "is no Oracle"),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_nothing(migrations, tmp_path, args, status, said):
    done = migrations("create", *args)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert not (tmp_path / "migrations").exists()


def test_what_differs_is_shown(cluster, small, tmp_path):
    (path,) = created(small, tmp_path, "public.colour", '"Orders"', layout="flat").files
    text = path.read_text()
    path.write_text(
        text.replace('CREATE INDEX "Orders shop" ON public."Orders" USING btree (shop);', "").replace(
            "id integer NOT NULL,\n    shop", "id integer NOT NULL,\n    note text,\n    shop"
        )
        + "CREATE TABLE public.mine ();"
    )
    with empty(cluster) as database:
        found = database.difference(small, tmp_path)
    assert (found.differing, found.things) == (2, 4)
    changes = [line for line in found.diff.splitlines() if line[0] in "+-"]
    assert {
        "+    note text,",
        '-CREATE INDEX "Orders shop" ON public."Orders" USING btree (shop);',
        "+CREATE TABLE public.mine (",
    } <= set(changes)
    assert len(changes) < 12
