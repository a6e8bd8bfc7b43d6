"""The dry run is the run, printed: it changes nothing, and psql makes of it what the run makes."""

from __future__ import annotations

import subprocess

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from workbench import SLOW, eventually, unchanged

from devdb.server import programs

COMMANDS = ("build-dev-db", "update-dev-db-schema", "update-dev-db-data")


@pytest.fixture
def through_psql(cluster):
    """Have psql run a text, connected to the database `postgres`, as a person who pipes it there would."""

    def run(text):
        done = subprocess.run(
            [programs.find("psql").path, "-X", "-v", "ON_ERROR_STOP=1", "-d", cluster.conninfo(), "-f", "-"],
            input=text,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def everything(cluster):
    """Databases, roles and settings of the cluster, and the sizes of its databases' catalogs."""

    def look():
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            return [
                connection.execute(question).fetchall()
                for question in (
                    "SELECT oid, datname, datacl::text, shobj_description(oid, 'pg_database') FROM pg_database",
                    "SELECT oid, rolname FROM pg_roles",
                    "SELECT * FROM pg_db_role_setting",
                )
            ]

    return look


@pytest.mark.parametrize("name", COMMANDS)
def test_a_dry_run_changes_nothing(run, dev_db, name, everything, tmp_path, tell, pg_dump, cluster):
    tell(dev_db, "UPDATE orders SET note = 'mine'")
    before, rows = everything(), pg_dump(cluster.conninfo(dev_db))
    with unchanged(tmp_path):
        done = run(name, "--dry-run")
        run(name, "-n", "-o", tmp_path)
    assert everything() == before
    assert pg_dump(cluster.conninfo(dev_db)) == rows
    assert done.stdout.startswith("\\set ON_ERROR_STOP on\n")
    # Steps and notes are no SQL.
    assert "reading the source's catalog" in done.stderr
    assert "reading the source's catalog" not in done.stdout


@pytest.mark.usefixtures("shop")
def test_a_dry_run_before_the_first_build_writes_no_file(run, everything, tmp_path):
    before = everything()
    with unchanged(tmp_path):
        run("build-dev-db", "--dry-run", "-o", tmp_path / "not" / "there")
    assert everything() == before


@pytest.mark.usefixtures("shop")
def test_a_dry_run_refuses_what_a_run_refuses(run, make_db, psql):
    for name in COMMANDS[1:]:
        assert "build-dev-db" in run(name, "--dry-run", status=1).stderr
    psql(make_db("devdb"), stdin="CREATE SCHEMA mine; CREATE TABLE mine.t ()")
    assert "--yes" in run("build-dev-db", "--dry-run", status=1).stderr
    assert "would be the source" in run("build-dev-db", "-n", "-d", "proddb", status=1).stderr


@pytest.mark.usefixtures("demo_db")
def test_psql_makes_of_it_what_the_run_makes(run, through_psql, pg_dump, cluster, ask):
    # The order of the rows is the wrapper's too.
    rules = "source: {reader: wrapper}\nsampling: {default: {percent: 20}, on_violation: drop_rows}"
    text = run("build-dev-db", "--dry-run", settings=rules).stdout
    run("build-dev-db", "--no-dump")
    wanted = pg_dump(cluster.conninfo("devdb"))
    comment = "SELECT left(shobj_description(oid, 'pg_database'), -21) FROM pg_database WHERE datname = 'devdb'"
    marked = ask("devdb", comment)
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute("DROP DATABASE devdb")
    through_psql(text)
    assert pg_dump(cluster.conninfo("devdb")) == wanted
    assert ask("devdb", comment) == marked
    # And a second time, over the database that is there now.
    text = run("update-dev-db-data", "--dry-run").stdout
    oid = ask("devdb", "SELECT oid FROM pg_database WHERE datname = 'devdb'")
    through_psql(text)
    assert pg_dump(cluster.conninfo("devdb")) == wanted
    assert ask("devdb", "SELECT oid FROM pg_database WHERE datname = 'devdb'") != oid


def test_in_place(run, through_psql, make_db, shop, pg_dump, cluster, ask):
    make_db("devdb")
    settings = "target: {replace: in_place}\n"
    run("build-dev-db", "--no-dump", settings=settings)
    wanted = pg_dump(cluster.conninfo("devdb"))
    psycopg.connect(shop, autocommit=True).execute("UPDATE orders SET note = 'new'").connection.close()
    text = run("update-dev-db-data", "--dry-run").stdout
    assert pg_dump(cluster.conninfo("devdb")) == wanted
    # Whatever database psql is connected to.
    through_psql(text)
    assert ask("devdb", "SELECT count(*) FROM orders WHERE note = 'new'") == 200
    assert ask("postgres", "SELECT to_regclass('public.orders')") is None


def test_kept_schemas_are_in_it(run, through_psql, dev_db, tell, ask):
    tell(dev_db, "CREATE SCHEMA scratch", r"CREATE TABLE scratch.t AS SELECT E'a\tb\\.' AS x")
    text = run("update-dev-db-data", "--dry-run", settings="target: {keep_schemas: [scratch]}").stdout
    through_psql(text)
    assert ask(dev_db, "SELECT x FROM scratch.t") == "a\tb\\."
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200


@pytest.mark.usefixtures("dev_db")
def test_it_takes_no_lock(run, start, ask):
    process = start("update-dev-db-data", "--no-dump", settings=SLOW)
    eventually(lambda: ask("postgres", "SELECT 1 FROM pg_database WHERE datname = 'devdb__next'"))
    assert "CREATE DATABASE" in run("update-dev-db-data", "--dry-run").stdout
    assert process.wait(60) == 0


@pytest.mark.usefixtures("make_db")
def test_it_does_the_same_with_a_source_elsewhere(run, through_psql, cluster_factory, ask):
    """The password of the source is all that such a text lacks."""
    source = cluster_factory()
    with psycopg.connect(source.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE proddb")
    address = conninfo_to_dict(source.conninfo("proddb"))
    with psycopg.connect(make_conninfo(**address), autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    settings = f"source: {{host: {address['host']}, port: {address['port']}}}\ntarget: {{dbname: other}}\n"
    through_psql(run("build-dev-db", "-n", settings=settings).stdout)
    assert ask("other", "SELECT x FROM t") == 1
