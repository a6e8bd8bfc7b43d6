"""The pages of docs/: links lead somewhere, SQL is SQL, examples work."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import documents
import pglast
import psycopg
import pytest
from documents import DOCS, DOCUMENTS
from fixture_types import MakeDb, RunCommand, RunProgram

from devdb.report import Result, TableRows
from devdb.server.cluster import Cluster
from devdb.server.commands import _COMMANDS
from devdb.settings import Settings
from devdb.sqltext.templates import Templates

SOURCE = """
    CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
    CREATE TABLE orders (id serial PRIMARY KEY, customer_id int REFERENCES customer);
    CREATE SEQUENCE number;
    INSERT INTO customer (name) SELECT 'c' || n FROM generate_series(1, 9) AS n;
    INSERT INTO orders (customer_id) SELECT n FROM generate_series(1, 5) AS n;
    SELECT setval('number', 77);
"""


@pytest.mark.parametrize("path", DOCUMENTS, ids=documents.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in documents.links(path):
        place, _, anchor = target.partition("#")
        there = path.parent / place if place else path
        assert there.exists(), target
        assert not anchor or anchor in documents.anchors(there), target


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, todo = set(), [documents.README]
    while todo:
        path = todo.pop().resolve()
        if path not in reached and path.suffix == ".md":
            reached.add(path)
            todo += [path.parent / target.partition("#")[0] for target in documents.links(path) if target[0] != "#"]
    assert [documents.name(path) for path in DOCUMENTS if path.resolve() not in reached] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=documents.name)
def test_sql_is_sql(path: Path) -> None:
    for block in documents.blocks(path, "sql"):
        assert pglast.parse_sql(block)


@pytest.mark.parametrize("path", DOCUMENTS, ids=documents.name)
def test_settings_are_valid(path: Path, tmp_path: Path) -> None:
    for block in documents.blocks(path, "yaml"):
        (tmp_path / "devdb.yaml").write_text(block)
        Settings.load(tmp_path / "devdb.yaml")


def test_scripts_do_what_they_do_in_psql(
    make_db: MakeDb,
    command: RunCommand,
    psql: RunProgram,
    tmp_path: Path,
) -> None:
    (block,) = documents.blocks(DOCS / "scripts.md", "psql")
    (tmp_path / "example.sql").write_text(block)
    done = command("devdb", "run", "example.sql", "-d", make_db())
    assert done.returncode == 0, done.stderr
    assert done.stdout == psql(
        make_db(), "-P", "format=aligned", "-P", "tuples_only=off", "-f", str(tmp_path / "example.sql")
    )


def test_the_page_of_scripts_lists_every_command() -> None:
    listed = {
        code for code in documents.inline_code(documents.section(DOCS / "scripts.md", "Commands")) if code[0] == "\\"
    }
    assert {f"\\{name}" for name in _COMMANDS} - listed == set()


def test_the_template_shown_can_be_rendered(tmp_path: Path) -> None:
    (block,) = documents.blocks(DOCS / "scripts.md", "jinja")
    (tmp_path / "mirror.sql").write_text(block)
    script = Templates([tmp_path]).render("mirror.sql", schema="My schema", readers=["anna", "Bob"])
    assert script.text is not None
    assert 'TO anna, "Bob"' in script.text
    assert pglast.parse_sql(script.text)


def test_every_field_of_run_json_is_explained() -> None:
    named = documents.inline_code(documents.section(DOCS / "commands.md", "Files"))
    fields = [field.name for values in (Result, TableRows) for field in dataclasses.fields(values)]
    assert [name for name in [*fields, "rows"] if name not in named] == []


@pytest.mark.usefixtures("demo_db")
def test_the_worked_example_of_a_site_s_own_sql_runs(cluster: Cluster, command: RunCommand, tmp_path: Path) -> None:
    (script,) = documents.blocks(DOCS / "sampling.md", "jinja")
    (settings,) = (block for block in documents.blocks(DOCS / "sampling.md", "yaml") if "sql_dir" in block)
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "populate_dev_db.sql").write_text(script)
    (tmp_path / "devdb.yaml").write_text(settings)
    done = command("build-dev-db", "--no-dump", "-h", cluster.socket_directory, "-p", str(cluster.port))
    assert done.returncode == 0, done.stderr
    newest = """
        SELECT array_agg(w.id)
        FROM (SELECT id FROM registry.well ORDER BY drilled_on DESC NULLS LAST, id LIMIT 30) AS w
    """
    counts = """
        SELECT
            (SELECT count(*) FROM registry.well WHERE id = ANY (%(wells)s)),
            (SELECT count(*) FROM registry.casing WHERE well_id = ANY (%(wells)s)),
            (SELECT count(*) FROM registry.inspection WHERE well_id = ANY (%(wells)s))
    """
    with psycopg.connect(cluster.conninfo("proddb")) as source, psycopg.connect(cluster.conninfo("devdb")) as made:
        (wells,) = source.execute(newest).fetchone() or ()
        found = made.execute(counts, {"wells": wells}).fetchone()
        assert found == source.execute(counts, {"wells": wells}).fetchone()
        assert found is not None
        assert found[0] == 30
        assert made.execute("SELECT count(*) < 120 FROM registry.well").fetchone() == (True,)


class Site:
    """A source and roles as docs/connections.md has an administrator make them, and a home with their passwords."""

    def __init__(self, cluster: Cluster, psql: RunProgram, home: Path) -> None:
        self.cluster = cluster
        self._psql = psql
        self._blocks = documents.blocks(DOCS / "connections.md", "sql")
        passwords = {"devdb_reader": "choose-one", "devdb_builder": "choose-another", "devdb_owner": "choose-a-third"}
        passfile = home / ".pgpass"
        passfile.write_text("".join(f"*:{cluster.port}:*:{user}:{word}\n" for user, word in passwords.items()))
        passfile.chmod(0o600)

    def administer(self, dbname: str, marks: str) -> None:
        """Run, as superuser, the block of SQL that holds these words."""
        (block,) = (block for block in self._blocks if marks in block)
        self._psql(self.cluster.conninfo(dbname), stdin=block)


@pytest.fixture(params=["GRANT pg_read_all_data", "GRANT USAGE ON SCHEMA public"])
def site(request: Any, make_db: MakeDb, cluster: Cluster, psql: RunProgram, tmp_path: Path, command: object) -> Site:
    """The source's side, by either of two recipes. `command` makes the home."""
    assert command
    psql(make_db("proddb"), stdin=SOURCE)
    made = Site(cluster, psql, tmp_path / "home")
    made.administer("proddb", request.param)
    return made


def settings_with(marks: str) -> str:
    (target,) = (block for block in documents.blocks(DOCS / "connections.md", "yaml") if marks in block)
    return f"source: {{user: devdb_reader}}\n{target}"


def test_a_role_with_createdb_and_a_template_will_do(site: Site, command: RunCommand, tmp_path: Path) -> None:
    site.administer("postgres", "CREATE DATABASE devdb_template")
    with psycopg.connect(site.cluster.conninfo(), autocommit=True) as admin:
        try:
            site.administer("devdb_template", "AUTHORIZATION devdb_builder")
            (tmp_path / "devdb.yaml").write_text(settings_with("template: devdb_template"))
            address = ("-h", "127.0.0.1", "-p", str(site.cluster.port))
            done = command("build-dev-db", *address)
            assert done.returncode == 0, done.stderr
            admin.execute("CREATE ROLE somebody LOGIN")
            with psycopg.connect(site.cluster.conninfo("devdb"), user="somebody") as session:
                done = command("update-dev-db-data", "--no-dump", *address)
                assert done.returncode == 0, done.stderr
                with pytest.raises(psycopg.OperationalError):
                    session.execute("SELECT 1")
        finally:
            admin.execute("ALTER DATABASE devdb_template IS_TEMPLATE false")
            admin.execute("DROP DATABASE devdb_template")
    check_made(site.cluster)


def test_a_database_of_one_s_own_will_do(site: Site, command: RunCommand, tmp_path: Path) -> None:
    site.administer("postgres", "CREATE DATABASE devdb OWNER")
    site.administer("devdb", "AUTHORIZATION devdb_owner")
    (tmp_path / "devdb.yaml").write_text(settings_with("replace: in_place"))
    for name in ("build-dev-db", "update-dev-db-data"):
        done = command(name, "-h", "127.0.0.1", "-p", str(site.cluster.port))
        assert done.returncode == 0, done.stderr
        check_made(site.cluster)


def check_made(cluster: Cluster) -> None:
    with psycopg.connect(cluster.conninfo("devdb")) as made:
        assert made.execute("SELECT count(*) FROM customer").fetchone() == (9,)
        assert made.execute("SELECT count(*) FROM orders").fetchone() == (5,)
        assert made.execute("SELECT last_value FROM number").fetchone() == (77,)
