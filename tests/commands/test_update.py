"""What the commands write, print and answer when all goes well, and when a person asks for less or more."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

import devdb
from devdb.server import programs

FILES = {"schema.sql", "devdb.dump", "devdb.sql.gz", "run.json"}


def made(directory):
    return {path.name for path in directory.iterdir() if path.is_file()}


def test_what_changed_in_the_source_is_printed(run, dev_db, tell, ask, tmp_path):  # noqa: ARG001
    done = run("update-dev-db-schema", "--no-dump")
    assert "schema: " not in done.stdout.replace("schema:  ", "")
    assert json.loads((tmp_path / "run.json").read_text())["changes"] == []
    tell(
        "proddb",
        "ALTER TABLE orders ADD COLUMN placed date, DROP COLUMN note",
        "ALTER TABLE customer ALTER COLUMN name TYPE varchar(80)",
        "CREATE TABLE payment (id int PRIMARY KEY)",
        "CREATE INDEX orders_placed ON orders (placed)",
        "CREATE SCHEMA archive CREATE TABLE old (x int)",
    )
    done = run("update-dev-db-schema", "--no-dump")
    changes = [
        "column public.customer.name: text is now varchar(80)",
        "column public.orders.note removed",
        "column public.orders.placed added (date)",
        "index public.orders_placed added",
        "schema archive added",
        "table archive.old added",
        "table public.payment added",
    ]
    printed = re.findall(r"^schema: (?! )(.*)$", done.stdout, re.MULTILINE)
    assert sorted(printed) == changes
    assert json.loads((tmp_path / "run.json").read_text())["changes"] == printed
    tell("proddb", "DROP TABLE payment")
    done = run("build-dev-db", "--no-dump", "-q")
    assert json.loads((tmp_path / "run.json").read_text())["changes"] == ["table public.payment removed"]
    assert ask("devdb", "SELECT to_regclass('payment')") is None


def test_a_failed_run_tells_what_changed_too(run, dev_db, tell):  # noqa: ARG001
    tell("proddb", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey", "UPDATE orders SET customer_id = 99")
    tell("proddb", "ALTER TABLE orders ADD CONSTRAINT broken FOREIGN KEY (customer_id) REFERENCES customer NOT VALID")
    done = run("update-dev-db-schema", status=1)
    assert "note: schema: fk constraint public.orders broken added" in done.stderr
    # The next one finds nothing new.
    done = run("update-dev-db-schema", status=1)
    assert "note: schema: " not in done.stderr


def test_an_unchanged_source_gives_the_same_bytes(run, demo_db, make_db, cluster, tmp_path):  # noqa: ARG001
    run("build-dev-db")
    first = {name: (tmp_path / name).read_bytes() for name in FILES}
    written = (tmp_path / "schema.sql").stat().st_mtime_ns
    run("update-dev-db-schema")
    assert (tmp_path / "schema.sql").read_bytes() == first["schema.sql"]
    assert (tmp_path / "schema.sql").stat().st_mtime_ns == written
    assert gzip.decompress((tmp_path / "devdb.sql.gz").read_bytes()) == gzip.decompress(first["devdb.sql.gz"])
    assert made(tmp_path) == FILES
    the_dump_can_be_restored_by_anyone(make_db, cluster, tmp_path)


def the_dump_can_be_restored_by_anyone(make_db, cluster, tmp_path):
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
    for name in ("by_pg_restore", "by_psql"):
        make_db(name)
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} OWNER TO plain".encode())
    target = cluster.conninfo("by_pg_restore").replace("user=postgres", "user=plain")
    pg_restore = programs.find("pg_restore")
    subprocess.run([pg_restore.path, "--exit-on-error", "-d", target, tmp_path / "devdb.dump"], check=True)
    with gzip.open(tmp_path / "devdb.sql.gz") as text:
        psql = [programs.find("psql").path, "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        target = cluster.conninfo("by_psql").replace("user=postgres", "user=plain")
        subprocess.run([*psql, target], input=text.read(), stdout=subprocess.DEVNULL, check=True)
    counts = []
    for name in ("devdb", "by_pg_restore", "by_psql"):
        with psycopg.connect(cluster.conninfo(name)) as connection:
            question = "SELECT (SELECT count(*) FROM registry.well), (SELECT sum(id) FROM registry.inspection)"
            counts.append(connection.execute(question).fetchone())
    assert counts[0] == counts[1] == counts[2]


def test_run_json_says_what_was_done(run, demo_db, tmp_path, ask):  # noqa: ARG001
    settings = "sampling:\n  default: {limit: 40}\n  tables:\n    staff.*: none\n    registry.well: {percent: 30}\n"
    done = run("build-dev-db", settings=settings)
    said = json.loads((tmp_path / "run.json").read_text())
    assert (said["command"], said["source"], said["target"]) == ("build-dev-db", "proddb", "devdb")
    assert datetime.fromisoformat(said["started"]).tzinfo is not None
    assert said["seconds"] > 0
    assert said["changes"] == []
    assert said["warnings"] == re.findall(r"^warning: (.*)$", done.stderr, re.MULTILINE)
    assert {what: Path(path).name for what, path in said["files"].items()} == {
        "schema": "schema.sql",
        "archive": "devdb.dump",
        "script": "devdb.sql.gz",
    }
    tables = {table["table"]: table for table in said["tables"]}
    assert tables["registry.well"]["rule"] == "{percent: 30.0}"
    assert tables["staff.post"]["rule"] == "none"
    assert tables["public.django_migrations"]["rule"] == "all"
    for name, table in tables.items():
        quoted = ".".join(f'"{part}"' for part in name.split("."))
        assert table["rows"] == ask("devdb", f"SELECT count(*) FROM {quoted}") == table["by_rule"] + table["by_key"]
        assert table["source_rows"] is None or table["source_rows"] >= table["by_rule"]
        assert table["seconds"] >= 0
    total = sum(table["rows"] for table in tables.values())
    assert f"devdb: {total:,} rows in {len(tables)} tables" in done.stdout
    for name in tables:
        assert name in done.stdout


@pytest.mark.usefixtures("dev_db")
def test_stdout_carries_the_summary_and_stderr_the_rest(run, tell, tmp_path):
    tell("proddb", "SELECT lo_from_bytea(0, 'x')")
    done = run("update-dev-db-data")
    assert "public.orders" in done.stdout
    assert "devdb: 250 rows in 2 tables" in done.stdout
    said = json.loads((tmp_path / "run.json").read_text())
    assert said["changes"] is None
    superuser, *others = said["warnings"]
    assert superuser.startswith("the source's user postgres is a superuser, and needs no more than to read: ")
    assert others == ["the source's 1 large objects are not copied"]
    assert re.search(r"^archive: .*devdb\.dump$", done.stdout, re.MULTILINE)
    assert "warning: the source's 1 large objects are not copied" in done.stderr
    assert "taking public." not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert re.search(r"^ +\d+\.\d s  taking public\.\w+$", done.stderr, re.MULTILINE)


@pytest.mark.usefixtures("dev_db")
def test_quiet_and_verbose(run, tell):
    tell("proddb", "SELECT lo_from_bytea(0, 'x')")
    done = run("update-dev-db-data", "--no-dump", "-q")
    assert done.stdout == ""
    superuser, others = done.stderr.split("\n", 1)
    assert superuser.startswith("warning: the source's user postgres is a superuser")
    assert others == "warning: the source's 1 large objects are not copied\n"
    done = run("update-dev-db-data", "--no-dump", "-v")
    assert "rule: public.orders: {limit: 10000}" in done.stderr
    assert "INSERT INTO" not in done.stderr
    for way, said in (("wrapper", "INSERT INTO public.orders"), ("direct", "FROM public.orders AS f")):
        done = run("update-dev-db-data", "--no-dump", "-vv", "--reader", way)
        assert said in done.stderr
        assert said not in done.stdout
    run("update-dev-db-data", "-q", "-v", status=2)


@pytest.mark.usefixtures("dev_db")
def test_without_a_dump(run, tmp_path, ask):
    (tmp_path / "devdb.dump").write_text("of yesterday")
    done = run("update-dev-db-data", "--no-dump")
    assert (tmp_path / "devdb.dump").read_text() == "of yesterday"
    assert made(tmp_path) == {"schema.sql", "run.json", "devdb.dump"}
    assert "archive:" not in done.stdout
    # The link stands, dump or no dump.
    for args in ([], ["--no-dump"]):
        run("update-dev-db-data", *args)
        assert ask("devdb", "SELECT count(*) FROM prod_public.orders") == 200


@pytest.mark.usefixtures("shop")
def test_where_the_files_go(run, tmp_path, command, server_env):
    run("build-dev-db", "-o", tmp_path / "deep" / "down")
    assert made(tmp_path / "deep" / "down") == FILES
    # Beside the settings file, wherever the command is called from.
    (tmp_path / "project").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project" / "mine.yaml").write_text("target: {dbname: other}\n")
    done = command(
        "build-dev-db", "-c", "../project/mine.yaml", "--no-dump", env=server_env, cwd=tmp_path / "elsewhere"
    )
    assert done.returncode == 0, done.stderr
    assert made(tmp_path / "project") == {"mine.yaml", "schema.sql", "run.json"}
    assert made(tmp_path / "elsewhere") == set()
    (tmp_path / "project" / "mine.yaml").write_text("target: {dbname: other}\ndump: {output_dir: out}\n")
    done = command("build-dev-db", "-c", "../project/mine.yaml", env=server_env, cwd=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    assert made(tmp_path / "project" / "out") == FILES


@pytest.mark.usefixtures("dev_db")
def test_data_alone_needs_no_pg_dump_of_the_source(run, tell, tmp_path):
    before = (tmp_path / "schema.sql").read_bytes()
    # What is no table's shape may have changed: the next update of the schema tells.
    tell("proddb", "CREATE INDEX orders_note ON orders (note)", "CREATE VIEW v AS SELECT 1 AS x")
    done = run("update-dev-db-data", "--no-dump", status=1)
    assert "index public.orders_note" in done.stderr
    assert "view public.v" in done.stderr
    assert (tmp_path / "schema.sql").read_bytes() == before


@pytest.mark.usefixtures("shop")
def test_a_rows_journey_through_a_year(run, tell, ask):
    """Build, then data, then schema: each sees the source of its day."""
    run("build-dev-db", "--no-dump")
    tell("proddb", "INSERT INTO orders VALUES (201, 1, 'late')")
    run("update-dev-db-data", "--no-dump")
    assert ask("devdb", "SELECT note FROM orders WHERE id = 201") == "late"
    tell("proddb", "ALTER TABLE orders RENAME note TO remark")
    run("update-dev-db-schema", "--no-dump")
    assert ask("devdb", "SELECT remark FROM orders WHERE id = 201") == "late"


@pytest.mark.parametrize("name", ["build-dev-db", "update-dev-db-schema", "update-dev-db-data", "devdb"])
def test_help_and_version(command, name):
    for flag in ("-?", "--help"):
        done = command(name, flag)
        assert done.returncode == 0
        assert done.stdout.startswith(f"Usage: {name} ")
        assert done.stderr == ""
    for flag in ("-V", "--version"):
        done = command(name, flag)
        assert (done.returncode, done.stdout) == (0, f"devdb {devdb.__version__}\n")


@pytest.mark.usefixtures("make_db")
def test_a_source_with_nothing_in_it(run, make_db, tmp_path, ask):
    make_db("proddb")
    done = run("build-dev-db")
    assert "warning: the source has no tables in the chosen schemas" in done.stderr
    assert "devdb: 0 rows in 0 tables" in done.stdout
    assert made(tmp_path) == FILES
    run("update-dev-db-data")
    assert ask("devdb", "SELECT 1") == 1
