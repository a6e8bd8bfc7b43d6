"""Nobody needs to be a superuser: not at the source, not on the dev server, not to restore the dump."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from databases import connect, new_database, roles
from expected import Contents, closure, contents, difference
from psycopg.conninfo import make_conninfo

from devdb.server import programs
from devdb.server.cluster import Cluster

SOURCE, TEMPLATE, SWAPPED, IN_PLACE = "roles_source", "roles_template", "roles_swapped", "roles_in_place"
READER, BUILDER, KEEPER, ANYONE = "odd reader", "odd_builder", "odd_keeper", "odd_anyone"
PASSWORDS = {READER: "of:the reader\\", BUILDER: "of-the-builder", KEEPER: "of-the-keeper", ANYONE: "of-anyone"}
SCRIPTS = [
    Path(__file__).parent / "oddities" / f"{name}.sql"
    for name in ("keys", "partitions", "key_types", "values", "objects")
]

# As an administrator would, once, at the source and on the dev server.
GRANTS = """
    DO $$ BEGIN
        EXECUTE (SELECT string_agg(format('GRANT USAGE ON SCHEMA %I TO "odd reader"', nspname), ';')
                 FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema');
        EXECUTE (SELECT string_agg(format(
                     'GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO "odd reader";'
                     'GRANT SELECT ON ALL SEQUENCES IN SCHEMA %1$I TO "odd reader"', nspname), ';')
                 FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema');
    END $$
"""
EXTENSION = """
    CREATE SCHEMA fdw_setup AUTHORIZATION {0};
    CREATE EXTENSION postgres_fdw SCHEMA fdw_setup;
    GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO {0}
"""

# Some tables in part, so that keys must be followed.
SEEDS = {
    "keys.region": "code < 0",
    "keys.link": "id = 30",
    "keys.place": "id % 10 = 0",
    "parts.event": "id % 97 = 0",
    "parts.extra": "id < 0",
    "parts.actor": "id < 0",
}
RULES = "".join(f"    {name}: {{where: {condition}}}\n" for name, condition in SEEDS.items())
SETTINGS = f"""
source: {{dbname: {SOURCE}, user: {READER}, reader: WAY}}
target: {{dbname: DBNAME, user: USER, replace: REPLACE}}
sampling:
  default: all
  tables:
{RULES}"""


@dataclass(frozen=True)
class Place:
    """Where someone who is no superuser works: over TCP, by password."""

    cluster: Cluster
    directory: Path

    def run(self, name: str, way: str, **settings: str) -> subprocess.CompletedProcess[str]:
        text = SETTINGS.replace("WAY", way)
        for word, value in settings.items():
            text = text.replace(word.upper(), value)
        (self.directory / "devdb.yaml").write_text(text)
        passwords = "".join(f"127.0.0.1:*:*:{user}:{_escaped(password)}\n" for user, password in PASSWORDS.items())
        passfile = self.directory / ".pgpass"
        passfile.touch(mode=0o600)
        passfile.write_text(passwords)
        done = subprocess.run(
            [Path(sys.executable).with_name(name)],
            cwd=self.directory,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.directory),
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.cluster.port),
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stderr[-3000:]}"
        return done

    def made(self, dbname: str) -> Contents:
        with connect(self.cluster, dbname) as dev:
            return contents(dev)


@pytest.fixture(scope="module")
def place(cluster, psql, tmp_path_factory):
    databases = (SOURCE, TEMPLATE, SWAPPED, IN_PLACE)
    with connect(cluster, "postgres") as admin, roles(cluster, *PASSWORDS, "Odd Reader", "odd_writer"):
        try:
            for role, password in PASSWORDS.items():
                admin.execute(f"ALTER ROLE \"{role}\" LOGIN PASSWORD '{password}'")
            admin.execute(f'ALTER ROLE "{READER}" BYPASSRLS')
            admin.execute(f"ALTER ROLE {BUILDER} CREATEDB")
            admin.execute(f"GRANT pg_signal_backend TO {BUILDER}")
            for name in (SOURCE, TEMPLATE):
                admin.execute(f"CREATE DATABASE {name}")
            # Who may make temporary tables can write at the source: nobody but its owner may.
            admin.execute(f"REVOKE TEMPORARY ON DATABASE {SOURCE} FROM PUBLIC")
            admin.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")
            admin.execute(f"CREATE DATABASE {IN_PLACE} OWNER {KEEPER}")
            source = cluster.conninfo(SOURCE)
            files = [word for path in SCRIPTS for word in ("-f", str(path))]
            names = ("-c", "CREATE TABLE public.names (name text)")
            psql(source, "-v", "chain=30", "-o", os.devnull, *names, *files, "-c", GRANTS)
            psql(cluster.conninfo(TEMPLATE), "-c", EXTENSION.format(BUILDER))
            psql(cluster.conninfo(IN_PLACE), "-c", EXTENSION.format(KEEPER))
            yield Place(cluster, tmp_path_factory.mktemp("roles"))
        finally:
            admin.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE false")
            for name in databases:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def expected(place):
    with connect(place.cluster, SOURCE) as source:
        return closure(source, {name: SEEDS.get(name, "true") for name in contents(source)})


def test_a_builder_with_a_template(place, expected):
    done = place.run("build-dev-db", "direct", dbname=f"{SWAPPED}, template: {TEMPLATE}", user=BUILDER, replace="swap")
    assert difference(place.made(SWAPPED), expected) == {}
    for password in PASSWORDS.values():
        assert password not in done.stdout + done.stderr
    _restored_by_anyone(place, expected)


def test_a_keeper_who_may_not_create_databases(place, expected):
    for name, way in (("build-dev-db", "wrapper"), ("update-dev-db-schema", "direct")):
        place.run(name, way, dbname=IN_PLACE, user=KEEPER, replace="in_place")
        assert difference(place.made(IN_PLACE), expected) == {}
    with connect(place.cluster, IN_PLACE) as dev:
        # Policies hide every row of this table from its owner.
        assert dev.execute("SELECT last_value FROM objects.secured_id_seq").fetchone() == (20,)
    _restored_by_anyone(place, expected)


def _restored_by_anyone(place: Place, expected: Contents) -> None:
    archive, script = place.directory / "devdb.dump", place.directory / "devdb.sql.gz"
    text = gzip.decompress(script.read_bytes())
    assert [secret for secret in PASSWORDS.values() if secret.encode() in archive.read_bytes() + text] == []
    with new_database(place.cluster, owner=ANYONE) as restored:
        _run("pg_restore", "--exit-on-error", "--dbname", _as_anyone(place, restored), str(archive))
        assert difference(contents(restored), expected) == {}
    with new_database(place.cluster, owner=ANYONE) as restored:
        _run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", _as_anyone(place, restored), stdin=text)
        assert difference(contents(restored), expected) == {}


def _as_anyone(place: Place, restored: Any) -> str:
    return make_conninfo(place.cluster.conninfo(restored.info.dbname), user=ANYONE)


def _run(name: str, *args: str, stdin: bytes = b"") -> None:
    done = subprocess.run([programs.find(name).path, *args], input=stdin, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-3000:]


def _escaped(password: str) -> str:
    return password.replace("\\", "\\\\").replace(":", "\\:")
