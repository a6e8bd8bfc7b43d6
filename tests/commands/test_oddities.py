"""Everything that PostgreSQL allows and few expect, through the installed commands: rows, keys and schema arrive."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from databases import SUBSCRIPTIONS, connect, roles
from expected import closure, contents, difference, entries

from devdb.catalog import source as catalog
from devdb.catalog.model import Name
from devdb.sampling import closure as sampling
from devdb.sampling.choice import Reference
from devdb.sqltext.quoting import ident
from devdb.sqltext.templates import Templates

SOURCE, TARGET = "odd_source", "odd_dev"
SCRIPTS = [
    Path(__file__).parent / "oddities" / f"{name}.sql"
    for name in ("keys", "partitions", "names", "key_types", "values", "objects", "superuser")
]
ROLES = ("Odd Reader", "odd_writer")

# Whole tables; the books of migration tools are taken whole unasked.
WHOLE = ("values.*", "objects.*", "public.names")
UNASKED = [("public", "django_migrations"), ("public", "alembic_version")]

# Conditions for seed rows, few enough that most rows come along for a key or not at all.
SEEDS = {
    ("keys", "place"): "id % 10 = 0",
    ("keys", "visit"): "id % 7 = 0",
    ("keys", "match"): "id % 20 = 0",
    ("keys", "link"): "id IN (10000, 20001)",
    ("keys", "tree"): "id % 20 = 7",
    ("keys", "on_the_cycle"): "id % 25 = 0",
    ("keys", "children"): "id % 6 = 0",
    ("keys", "coded"): "id % 30 = 0",
    ("keys", "trip"): "id IN (7, 30)",
    ("keys", "vehicle"): "id % 11 = 0",
    ("keys", "truck"): "id > 85",
    ("keys", "tipper"): "id = 111",
    ("parts", "event"): "id % 97 = 0",
    ("parts", "note"): "id % 31 = 0",
    ("parts", "pin"): "id % 2 = 0",
    ("parts", "flag"): "id % 3 = 0",
    ("parts", "edge"): "id = 21",
    ("parts", "by_kind"): "id % 9 = 0",
    ("key_types", "composite"): "n = 60",
    ("clashes", "cyclic"): "chosen = 5",
    ("clashes", "child"): "chosen = 7",
    ("clashes", "devdb_asked_1"): "chosen = 100",
}

# Nothing that administers the source, or lets one into it, may be seen anywhere else.
SECRETS = (b"s3cret", b"far.away", b"far_user", b"odd_event", b"odd_publication", b"odd_subscription")


@dataclass(frozen=True)
class Odd:
    """The source of all oddities and the dev database made from it."""

    source: psycopg.Connection[Any]
    directory: Path
    environment: dict[str, str]
    seeds: dict[tuple[str, str], str]
    built: subprocess.CompletedProcess[str]
    dev: psycopg.Connection[Any]

    def named(self, schema: str, table: str) -> str:
        ((name,),) = self.source.execute("SELECT format('%%I.%%I', %s::text, %s::text)", (schema, table)).fetchall()
        return name

    def expected(self) -> dict[str, Any]:
        conditions = {self.named(*table): condition for table, condition in self.seeds.items()}
        whole = self.source.execute(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname IN ('values', 'objects')"
        ).fetchall()
        conditions |= {self.named(*table): "true" for table in [*whole, *UNASKED, ("public", "names")]}
        return closure(self.source, conditions)


@pytest.fixture(scope="module")
def odd(cluster, psql, tmp_path_factory):
    directory = tmp_path_factory.mktemp("oddities")
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "LANG": "C.UTF-8"}
    environment |= {"PGHOST": str(cluster.socket_directory), "PGPORT": str(cluster.port)}
    with connect(cluster, "postgres") as admin, roles(cluster, *ROLES):
        admin.execute(f"CREATE DATABASE {SOURCE}")
        try:
            files = [word for path in SCRIPTS for word in ("-f", str(path))]
            psql(cluster.conninfo(SOURCE), "-v", "chain=10000", "-o", os.devnull, *files)
            # Types are spelled by what a session can see; the dev database's sessions see something else.
            admin.execute(f"ALTER DATABASE {SOURCE} SET search_path = ext, public")
            with connect(cluster, SOURCE) as source:
                seeds = _seeds(source)
                _write_settings(directory, seeds)
                built = _run("build-dev-db", directory, environment, "--reader", "direct")
                with connect(cluster, TARGET) as dev:
                    yield Odd(source, directory, environment, seeds, built, dev)
        finally:
            with connect(cluster, SOURCE) as source:
                # A database cannot be dropped while it subscribes to something.
                for (name,) in source.execute(SUBSCRIPTIONS).fetchall():
                    source.execute(f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")
                    source.execute(f"DROP SUBSCRIPTION {name}")
            for name in (SOURCE, TARGET):
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_every_table_holds_the_rows_asked_for_as_they_are_in_the_source_and_no_others(odd):
    # Among them audit, which a trigger would have written to, and ruled, whose rule would have kept every row out.
    expected = odd.expected()
    assert difference(contents(odd.dev), expected) == {}
    assert expected["keys.link"].total() == 10_002
    assert expected["keys.tree"].total() not in (0, len(odd.source.execute("SELECT FROM keys.tree").fetchall()))


@pytest.mark.usefixtures("odd")
def test_every_object_of_the_schema_is_there(pg_dump, cluster):
    flags = ("-s", "--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions")
    without = ("SERVER", "USER MAPPING", "EVENT TRIGGER", "EXTENSION", "FOREIGN TABLE")
    theirs = entries(pg_dump(cluster.conninfo(SOURCE), *flags), without=without)
    link = ("--exclude-schema=prod_*", "--exclude-schema=fdw_setup")
    ours = entries(pg_dump(cluster.conninfo(TARGET), *flags, *link), without=without)
    missing = [text for text in theirs - ours if "COMMENT ON EXTENSION" not in text]
    assert missing == []
    (foreign_table,) = ours - theirs
    assert "CREATE TABLE objects.far_table (\n    id integer NOT NULL,\n    t text\n);" in foreign_table


def test_the_source_is_asked_for_keys_and_not_for_whole_tables(odd):
    """What the plan of a comparison filters here came over the wire in vain."""
    templates = Templates()
    database = catalog.read_database(odd.source, templates)
    source = catalog.read(odd.source, templates, database=database, schemas=None)
    groups = sampling.groups(
        source,
        [Reference(key) for key in source.foreign_keys],
        whole=[],
        seeded=lambda _: True,
        foreign=lambda name: Name(f"prod_{name.schema}"[:63], name.name),
        seed=0,
    )
    unsent, filtered = set(), []
    for k in (key_set for group in groups for key_set in group.key_sets):
        if k.foreign.schema.startswith("prod_o'dd"):
            continue
        unsent |= {column.base_type for column in k.columns} if not k.sent else set()
        with odd.dev.transaction(force_rollback=True):
            odd.dev.execute(f"CREATE TEMPORARY TABLE asked ({k.asked.columns})".encode())
            for column, equals, value in k.sent:
                query = f"SELECT FROM {k.foreign.sql} AS f"
                query += f" WHERE f.{ident(column)} {equals} ANY (ARRAY(SELECT {value} FROM asked AS a))"
                plan = "\n".join(line for (line,) in odd.dev.execute(f"EXPLAIN {query}".encode()))
                filtered += [(k.foreign, column, plan)] if "Filter:" in plan else []
    assert filtered == []
    # A wrapper sends neither types of the source's own nor arrays of arrays, nor arrays of an extension's types.
    assert {name.removeprefix("key_types.") for name in unsent} == {
        '"Mood"', '"Mood"[]', "pair", "pair[]", "span", "text[]", "integer[]",
        "ext.citext", "ext.ltree", "public.hstore",
    }  # fmt: skip


def test_sequences_are_past_the_rows_and_not_behind_the_source(odd):
    positions = dict(
        odd.dev.execute(
            "SELECT sequencename::text, last_value FROM pg_sequences"
            " WHERE schemaname IN ('objects', 'values', 'public')"
        ).fetchall()
    )
    assert positions == {
        "free": 78,
        "never_used": None,
        "down": -13,
        "round": 6,
        "S eq.é": 1,
        "text_seq": 42,
        "audit_id_seq": 1,
        # Their rows were inserted by hand, beyond them.
        "counted_behind_seq": 540,
        "counted_down": -40,
        "counted_n": 41,
        "counted_tiny": 20,
        "secured_id_seq": 20,
        "generated_by_default_seq": 7777,
        "generated_always_seq": 31,
        "generated_small_seq": 31,
        "many_serials_a_seq": 5,
        "many_serials_b_seq": 5,
        "many_serials_c_seq": 5,
        "django_migrations_id_seq": 30,
        "unlogged_id_seq": 10,
        "no_rows_id_seq": None,
    }
    assert odd.dev.execute("SELECT nextval('objects.never_used'), nextval('objects.down')").fetchone() == (1000, -16)


def test_materialized_views_are_filled_in_the_order_in_which_they_read_each_other(odd):
    views = ("m3", "a1", '"0 last"')
    for view in views:
        rows = f"SELECT v::text FROM objects.{view} AS v ORDER BY 1"
        assert odd.dev.execute(rows).fetchall() == odd.source.execute(rows).fetchall() != []
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        odd.dev.execute("SELECT FROM objects.unpopulated")


def test_what_cannot_come_along_is_said(odd):
    assert "warning: the source's 2 large objects are not copied" in odd.built.stderr
    assert "Foreign table objects.far_table of the source is an ordinary table here." in odd.built.stderr


def test_no_secret_of_the_source_leaves_it(odd):
    files = [path for path in odd.directory.rglob("*") if path.is_file() and path.name != "devdb.yaml"]
    assert {path.name for path in files} >= {"schema.sql", "devdb.dump", "devdb.sql.gz", "run.json"}
    texts = {path.name: path.read_bytes() for path in files}
    texts["devdb.sql.gz"] = gzip.decompress(texts["devdb.sql.gz"])
    texts["output"] = (odd.built.stdout + odd.built.stderr).encode()
    assert [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text] == []
    assert odd.dev.execute("SELECT srvname FROM pg_foreign_server").fetchall() == [("prod_server",)]
    for table in ("pg_publication", "pg_event_trigger", "pg_largeobject_metadata"):
        assert odd.dev.execute(f"SELECT FROM {table}").fetchall() == []


def test_a_second_run_brings_the_same_by_the_other_reader(odd, cluster):
    schema = (odd.directory / "schema.sql").read_bytes()
    _run("update-dev-db-data", odd.directory, odd.environment, "--reader", "wrapper")
    with connect(cluster, TARGET) as dev:
        assert difference(contents(dev), odd.expected()) == {}
    assert (odd.directory / "schema.sql").read_bytes() == schema
    assert json.loads((odd.directory / "run.json").read_text())["command"] == "update-dev-db-data"


def _seeds(source: psycopg.Connection[Any]) -> dict[tuple[str, str], str]:
    seeds = dict(SEEDS)
    for (name,) in source.execute("SELECT name FROM public.names"):
        seeds["select", name] = ident(name) + " % 7 = 0"
    for (name,) in source.execute("SELECT name FROM key_types.list"):
        seeds["key_types", f"{name} child"] = "n % 4 = 0"
    return seeds


def _write_settings(directory: Path, seeds: dict[tuple[str, str], str]) -> None:
    tables: dict[str, Any] = {pattern: "all" for pattern in WHOLE}
    for (schema, table), condition in seeds.items():
        quoted = table.replace('"', '""')
        tables[f'{schema}."{quoted}"'] = {"where": condition}
    # The same rows by another rule.
    tables['keys."truck"'] = {"limit": 5, "order_by": "id DESC"}
    settings = {
        "source": {"dbname": SOURCE},
        "target": {"dbname": TARGET},
        "sampling": {"default": "none", "tables": tables},
    }
    with (directory / "devdb.yaml").open("w", encoding="utf-8") as file:
        yaml.safe_dump(settings, file, allow_unicode=True, sort_keys=False)


def _run(name: str, directory: Path, environment: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name(name)
    done = subprocess.run([command, *args], cwd=directory, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stderr[-3000:]}"
    return done
