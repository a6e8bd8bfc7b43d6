"""Which migrations are where: Django's, Alembic's and Flyway's, in two databases and on disk."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import new_database
from fixture_types import RunCommand
from quiet import Quiet

from devdb.errors import CheckFailed, DevdbError
from devdb.server.cluster import Cluster
from devdb.settings import Settings
from devdb.state import disk
from devdb.state.migrations import State, compare

TABLES = """
    CREATE TABLE django_migrations (id serial PRIMARY KEY, app text, name text, applied timestamptz DEFAULT now());
    CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
    CREATE SCHEMA flyway;
    CREATE TABLE flyway.flyway_schema_history (
        installed_rank int PRIMARY KEY, version text, description text, type text, script text, checksum int,
        success bool
    );
"""
Both = tuple[psycopg.Connection[Any], psycopg.Connection[Any]]


@pytest.fixture(scope="module")
def both(cluster: Cluster) -> Iterator[Both]:
    """The source and the dev database, with each tool's table."""
    with new_database(cluster, TABLES) as source, new_database(cluster, TABLES) as dev:
        yield source, dev


class Site:
    """A directory of an application, with its two databases."""

    def __init__(self, directory: Path, cluster: Cluster, both: Both) -> None:
        self.directory = directory
        self.source, self.dev = both
        for connection in both:
            connection.execute("TRUNCATE django_migrations, alembic_version, flyway.flyway_schema_history")
        place = f"host: {cluster.socket_directory}, port: {cluster.port}"
        self._addresses = (
            f"source: {{{place}, dbname: {self.source.info.dbname}}}\n"
            f"target: {{{place}, dbname: {self.dev.info.dbname}}}\n"
        )

    def files(self, directory: str, **files: str) -> None:
        (self.directory / directory).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            ending = "sql" if name[0] in "VRUB" and "__" in name[1:] else "py"
            (self.directory / directory / f"{name}.{ending}").write_text(text)

    def settings(self, said: str = "") -> Settings:
        (self.directory / "devdb.yaml").write_text(self._addresses + said)
        return Settings.load(self.directory / "devdb.yaml")

    def state(self, said: str = "") -> State:
        self.reporter = Quiet()
        return compare(self.settings(said), self.reporter)

    def told(self, said: str = "") -> list[tuple[str, str | None, str | None, str | None]]:
        return [(each.name, each.source, each.dev, each.disk) for each in self.state(said).migrations]


@pytest.fixture
def site(tmp_path: Path, cluster: Cluster, both: Both) -> Site:
    return Site(tmp_path, cluster, both)


def django(connection: psycopg.Connection[Any], *names: str) -> None:
    for name in names:
        connection.execute("INSERT INTO django_migrations (app, name) VALUES (%s, %s)", name.split(".", 1))


def flyway(connection: psycopg.Connection[Any], *rows: tuple[str | None, str, str, int | None, bool]) -> None:
    for row in rows:
        connection.execute(
            "INSERT INTO flyway.flyway_schema_history "
            "SELECT 1 + count(*), %s, %s, %s, 'x', %s, %s FROM flyway.flyway_schema_history",
            row,
        )


MIGRATION = "import nothing_that_exists\nclass Migration:\n    replaces: list = {}\n"


def test_django_by_convention_squashed_and_all(site: Site) -> None:
    site.files("proj/wells/migrations", __init__="", **{"0001_initial": MIGRATION.format([]), "_helper": "x = 1"})
    site.files("proj/wells/migrations", **{"0002_more": MIGRATION.format("[]"), "0003_new": MIGRATION.format("[]")})
    squashed = [("people", "0001_initial"), ("people", "0002_name")]
    site.files("proj/people/migrations", __init__="", **{"0001_squashed_0002": MIGRATION.format(squashed)})
    site.files(".venv/x/migrations", __init__="", **{"0001_initial": MIGRATION.format([])})
    django(site.source, "wells.0001_initial", "wells.0002_more", "people.0001_initial", "people.0002_name")
    django(site.dev, "wells.0001_initial", "wells.0099_gone", "people.0001_squashed_0002")
    assert site.told() == [
        ("people.0001_squashed_0002", "yes", "yes", "yes"),
        ("wells.0001_initial", "yes", "yes", "yes"),
        ("wells.0002_more", "yes", "no", "yes"),
        ("wells.0003_new", "no", "no", "yes"),
        ("wells.0099_gone", "no", "yes", "no"),
    ]
    assert [each.where for each in site.state().migrations if each.differs] == [
        "not in the dev database", "only on disk", "only in the dev database"
    ]  # fmt: skip


def test_django_where_the_settings_say(site: Site) -> None:
    site.files("a/migrations", **{"0001_initial": MIGRATION.format([])})
    site.files("b/steps", **{"0001_initial": MIGRATION.format([])})
    django(site.source, "a.0001_initial", "b.0001_initial")
    django(site.dev, "a.0001_initial", "b.0001_initial")
    assert not site.state("migrations_state: {django: [a/migrations]}").is_equal
    assert site.state("migrations_state: {django: {a: a/migrations, b: b/steps}}").is_equal
    with pytest.raises(DevdbError, match="a is the label of two directories"):
        site.settings("migrations_state: {django: [a/migrations, x/a/migrations]}")
    with pytest.raises(DevdbError, match=r"migrations_state\.django: there is no directory .*nowhere"):
        site.state("migrations_state: {django: nowhere}")


def test_alembic_s_heads_stand_for_all_before_them(site: Site) -> None:
    def revision(name: str, before: object) -> str:
        head = f'"""Make {name}\n\nMore.\n"""\nfrom alembic import op\n'
        return f"{head}revision: str = {name!r}\ndown_revision = {before!r}\n"

    site.files("db/versions", a=revision("aaa", None), b=revision("bbb", "aaa"), c=revision("ccc", "aaa"))
    site.files("db/versions", m=revision("mmm", ("bbb", "ccc")), z=revision("zzz", "mmm"), helper="x = 1")
    site.files("db", env="")
    site.source.execute("INSERT INTO alembic_version VALUES ('mmm')")
    site.dev.execute("INSERT INTO alembic_version VALUES ('bbb'), ('unknown')")
    told = site.told()
    assert next(name for name, *_ in told) == "aaa"
    assert dict((name, places) for name, *places in told) == {
        "aaa": ["yes", "yes", "yes"],
        "bbb": ["yes", "yes", "yes"],
        "ccc": ["yes", "no", "yes"],
        "mmm": ["yes", "no", "yes"],
        "zzz": ["no", "no", "yes"],
        "unknown": ["no", "yes", "no"],
    }
    assert site.state().migrations[0].title == "Make aaa"


def test_flyway_s_names_failures_undone_and_changed_ones(site: Site) -> None:
    site.files("sql", V1__base="CREATE", V1_10__ten="a\r\nb\n", V1_9__nine="x", V2_0__two="y", V3__three="z")
    site.files("sql", R__all_views="SELECT ${x}", U3__three="undo", notes="x = 1")
    ten = zlib.crc32(b"ab")
    signed = ten - 2**32 if ten >= 2**31 else ten
    flyway(
        site.source, (None, "<< made >>", "SCHEMA", None, True), ("1.9", "nine", "SQL", zlib.crc32(b"x") - 2**32, True)
    )
    flyway(
        site.source,
        ("1.10", "ten", "SQL", signed, True),
        ("2", "two", "SQL", 12345, True),
        (None, "all views", "SQL", 7, True),
    )
    flyway(
        site.dev,
        ("1", "base", "BASELINE", None, True),
        ("1.9", "nine", "SQL", None, True),
        ("1.10", "ten", "SQL", signed, False),
    )
    flyway(site.dev, ("3", "three", "SQL", None, True), ("3", "three", "UNDO_SQL", None, True))
    assert site.told("migrations_state: {flyway: sql}") == [
        ("V1", "no", "yes", "yes"),
        ("V1.9", "yes", "yes", "yes"),
        ("V1.10", "yes", "failed", "yes"),
        ("V2", "changed", "no", "yes"),
        ("V3", "no", "no", "yes"),
        ("R all views", "yes", "no", "yes"),
    ]
    assert site.told() == site.told("migrations_state: {flyway: sql}")


@pytest.mark.parametrize(
    ("directory", "name", "text", "said"),
    [
        ("a/migrations", "0001_a", "class Migration(:\n", "0001_a.py:1: this is not Python"),
        ("a/migrations", "0001_a", "class Migration:\n    replaces = f()\n", "0001_a.py:2: this is computed"),
        ("a/versions", "x", "revision = 'r'\ndown_revision = x()\n", "x.py:2: this is computed"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told(site: Site, directory: str, name: str, text: str, said: str) -> None:
    site.files(directory, __init__="", **{name: text})
    site.files("a", env="")
    with pytest.raises(CheckFailed) as failed:
        disk.read(site.settings())
    assert said in failed.value.message


def test_two_files_of_one_name_are_told(site: Site) -> None:
    site.files("sql", V1__a="", V1_0__b="")
    with pytest.raises(CheckFailed, match=r"flyway's migration V1 is in .* already"):
        disk.read(site.settings())


def test_without_files_the_databases_are_compared(site: Site) -> None:
    django(site.source, "a.0001_initial")
    assert site.told() == [("a.0001_initial", "yes", "no", None)]
    assert "no files of django's were found: say where they are with migrations_state.django" in site.reporter.told


def test_the_command(site: Site, command: RunCommand) -> None:
    site.files("app/migrations", __init__="", **{"0001_initial": MIGRATION.format([])})
    for connection in (site.source, site.dev):
        django(connection, "app.0001_initial")
    path = site.settings().path
    assert path is not None
    done = command("devdb", "migrations-state", "-q", "-c", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    django(site.source, "app.0002_more")
    done = command("devdb", "migrations-state", "-c", path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "tool    migration         source  dev  disk",
        "django  app.0001_initial  yes     yes  yes ",
        "django  app.0002_more     yes     no   no  ",
        "django, only in the source: app.0002_more",
    ]
    assert done.stderr.endswith("Error: 1 of 2 migrations differ\n")
    told = json.loads(command("devdb", "migrations-state", "-q", "--format", "json", "-c", path).stdout)
    assert told["equal"] is False
    assert told["kept"]["django"]["dev"] == ["public.django_migrations"]
    assert told["migrations"][1] == {
        "tool": "django", "name": "app.0002_more", "title": "",
        "source": "yes", "dev": "no", "disk": "no", "differs": True,
    }  # fmt: skip
    done = command("devdb", "migrations-state", "--no-source", "-c", path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 migrations, the same everywhere")
