"""devdb deps, as a person runs it."""

from __future__ import annotations

import gc
import json

import psycopg
import pytest
from click.testing import CliRunner

from devdb.cli.main import devdb


@pytest.fixture
def deps(tmp_path, monkeypatch):
    """Run the command in this process, which saves its start; `status` is how it must end."""
    monkeypatch.chdir(tmp_path)

    def run(*args, status=0):
        done = CliRunner().invoke(devdb, ["deps", *args])
        gc.enable()
        assert done.exit_code == status, done.output
        assert "Traceback" not in done.output
        return done.stdout if status == 0 else done.stderr

    return run


def test_the_command_is_installed(command, everything):
    done = command("devdb", "deps", "--prod-db", everything, "app.heir")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "table app.heir\n└─ table app.base  (inherits)\n\n2 objects: 2 tables\n"


def test_the_demo_as_a_tree(deps, demo_db):
    said = deps("--prod-db", demo_db, "registry.owner")
    assert said.startswith("table registry.owner\n├─ ")
    assert "├─ trigger audit on registry.owner  (trigger)\n│  └─ function registry.audit()  (trigger)\n" in said
    assert "table registry.audit_event  (routine)\n" in said
    assert "extension pg_trgm  (extension owner_display_name_trgm)\n" in said


def test_every_table_of_the_demo_is_closed_and_known(deps, demo_db):
    with psycopg.connect(demo_db) as connection:
        tables = [
            str(name)
            for (name,) in connection.execute(
                "SELECT c.oid::regclass FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
                "WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('registry', 'lab', 'staff')"
            )
        ]
    made = json.loads(deps("--prod-db", demo_db, "--format", "json", *tables))
    assert [one["object_identity"] for one in made] == tables
    assert "cannot_be_known" not in json.dumps(made)


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("dot", "digraph"), ("mermaid", "flowchart LR"), ("html", "<!DOCTYPE html>"), ("json", "{"), ("text", "table")],
)
def test_every_format(deps, everything, form, beginning):
    assert deps("--prod-db", everything, "app.g", "--format", form).startswith(beginning)


def test_directions_kinds_and_depth(deps, everything):
    assert "materialized view app.mv" in deps("--prod-db", everything, "app.g", "--direction", "needed-by")
    assert deps("--prod-db", everything, "app.b", "--follow", "fk").splitlines() == [
        "table app.b",
        "└─ table app.a  (fk b_a_fkey)",
        "   └─ table app.b  (fk a_b), see above",
        "",
        "2 objects: 2 tables",
    ]
    assert len(deps("--prod-db", everything, "app.mv", "--depth", "1", "--follow", "view,extension").splitlines()) == 5


def test_a_role_that_may_read_nothing_may_ask(deps, everything, cluster):
    """The catalog is everybody's: no right on any table is needed."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as server:
        server.execute("CREATE ROLE deps_nobody LOGIN PASSWORD 'x'")
    try:
        said = deps("--prod-db", f"{everything} user=deps_nobody password=x host=127.0.0.1", "app.std")
        assert "view app.v2" in said
    finally:
        with psycopg.connect(cluster.conninfo(), autocommit=True) as server:
            server.execute("DROP ROLE deps_nobody")


def test_the_dev_database_can_be_looked_at(deps, everything):
    assert "table app.a" in deps("--dev", "-d", everything, "--prod-db", "host=/nowhere", "app.b")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["app.gg"], ["Error: there is no object app.gg", "Hint: did you mean", "table app.g"]),
        (["app.note"], ["app.note may be function app.note(), trigger note on app.g", "--type: function, trigger"]),
        (["app.proc"], ["app.proc may be", "procedure app.proc(integer)", "give it as it is written here"]),
        (["app.g", "--type", "view"], ["app.g is no view", "of type table"]),
        (["app.g", "--follow", "fkk"], ["--follow: there is no kind 'fkk'", "did you mean fk?"]),
        ([], ["Missing argument"]),
        (["app.g", "--depth", "-1"], ["-1"]),
    ],
)
def test_what_is_wrong_is_told(deps, everything, args, words):
    said = deps("--prod-db", everything, *args, status=2)
    assert all(word in said for word in words), said


def test_a_schema_that_is_left_out(deps, everything, tmp_path):
    (tmp_path / "devdb.yaml").write_text("source: {schemas: [app]}\n", encoding="utf-8")
    said = deps("--prod-db", everything, "log.numbers", status=2)
    assert "sequence log.numbers lies in the schema log, which source.schemas leaves out" in said
    # What is needed from there is told.
    done = deps("--prod-db", everything, "app.b")
    assert "sequence log.numbers" in done


def test_a_source_that_does_not_answer(deps):
    assert "cannot connect" in deps("--prod-db", "host=/nowhere dbname=x", "app.g", status=2)
