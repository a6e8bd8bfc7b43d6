"""Sources for the installed commands, and ways to run them on the private cluster as a person would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from killing import RUNS, WORK, Reader, readers_of
from workbench import SHOP, Run, Start, eventually

from devdb.server.cluster import Cluster


@pytest.fixture
def server_env(cluster: Cluster) -> dict[str, str]:
    """The environment by which a person would name the session's cluster."""
    return {"PGHOST": str(cluster.socket_directory), "PGPORT": str(cluster.port)}


@pytest.fixture
def run(command: Callable[..., subprocess.CompletedProcess[str]], server_env: Mapping[str, str], tmp_path: Path) -> Run:
    """Run a command in `tmp_path`, on the session's cluster; it must end with `status`.

    `settings` is a new devdb.yaml.
    """

    def run_it(
        name: str,
        *args: str | Path,
        status: int = 0,
        env: Mapping[str, str] | None = None,
        settings: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        _write_settings(tmp_path, settings)
        done = command(name, *args, env={**server_env, **(env or {})})
        assert done.returncode == status, f"{name} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return run_it


@pytest.fixture
def start(tmp_path: Path, server_env: Mapping[str, str]) -> Iterator[Start]:
    """Start a command like `run`, and do not wait for it; its temporary files go to `tmp_path`/tmp."""
    started: list[subprocess.Popen[str]] = []

    def start_it(name: str, *args: str | Path, settings: str | None = None, **popen: Any) -> subprocess.Popen[str]:
        _write_settings(tmp_path, settings)
        temporary = tmp_path / "tmp"
        temporary.mkdir(exist_ok=True)
        places = {"HOME": str(tmp_path / "home"), "TMPDIR": str(temporary)}
        process = subprocess.Popen(
            [Path(sys.executable).with_name(name), *map(str, args)],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **places, **server_env},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **popen,
        )
        started.append(process)
        return process

    yield start_it
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def shop_template(cluster: Cluster) -> Iterator[str]:
    """The name of a database that holds the shop, to clone from."""
    with _template(cluster, "shop_template"):
        with psycopg.connect(cluster.conninfo("shop_template"), autocommit=True) as connection:
            connection.execute(SHOP.encode())
        yield "shop_template"


@pytest.fixture(scope="session")
def built_shop(
    cluster: Cluster, shop_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The name of a dev database of the shop, to clone from, and the schema.sql that belongs to it."""
    directory = tmp_path_factory.mktemp("built_shop")
    with _template(cluster, "built_shop"):
        environment = {"PATH": os.environ["PATH"], "HOME": str(directory)}
        environment |= {"PGHOST": str(cluster.socket_directory), "PGPORT": str(cluster.port)}
        build = Path(sys.executable).with_name("build-dev-db")
        subprocess.run(
            [build, "--prod-db", shop_template, "-d", "built", "--no-dump", "-q"],
            env=environment,
            cwd=directory,
            check=True,
        )
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            connection.execute("DROP DATABASE built_shop")
            connection.execute("ALTER DATABASE built RENAME TO built_shop")
        yield "built_shop", directory / "schema.sql"


@pytest.fixture
def shop(make_db: Callable[..., str], shop_template: str) -> str:
    """The connection string of a small `proddb`."""
    return make_db("proddb", template=shop_template)


@pytest.fixture
def dev_db(shop: str, built_shop: tuple[str, Path], cluster: Cluster, tmp_path: Path) -> str:  # noqa: ARG001
    """The name of the shop's dev database, as if build-dev-db had just run in `tmp_path`."""
    template, schema_file = built_shop
    shutil.copy(schema_file, tmp_path)
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE devdb TEMPLATE {template}".encode())
        connection.execute("COMMENT ON DATABASE devdb IS '[made by devdb from proddb, 2020-01-01 00:00 UTC]'")
    return "devdb"


@pytest.fixture
def ask(cluster: Cluster) -> Callable[..., Any]:
    """Ask a database of the session's cluster one question; returns the first column of the first row."""

    def ask_it(dbname: str, question: str, *params: object) -> Any:
        with psycopg.connect(cluster.conninfo(dbname), autocommit=True) as connection:
            row = connection.execute(question, params or None).fetchone()  # type: ignore[arg-type]
            return None if row is None else row[0]

    return ask_it


@pytest.fixture
def tell(cluster: Cluster) -> Callable[..., None]:
    """Have a database of the session's cluster run statements."""

    def tell_it(dbname: str, *statements: str) -> None:
        with psycopg.connect(cluster.conninfo(dbname), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    return tell_it


@pytest.fixture
def databases(cluster: Cluster) -> Callable[[], set[str]]:
    """The names of all databases there are now."""

    def names() -> set[str]:
        with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}

    return names


@contextmanager
def _template(cluster: Cluster, name: str) -> Iterator[None]:
    """An empty database for the whole session."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _write_settings(directory: Path, settings: str | None) -> None:
    if settings is not None:
        (directory / "devdb.yaml").write_text(settings, encoding="utf-8")


@pytest.fixture
def reader(cluster):
    """Makes readers, and says at the end whether they could read on."""
    readers = []

    def make(dbname, question="SELECT count(*), sum(id) FROM orders"):
        readers.append(Reader(cluster.conninfo(dbname), question))
        return readers[-1]

    yield make
    for each in readers:
        each.finish()


@pytest.fixture
def work_is_gone(databases):
    def check():
        eventually(lambda: WORK not in databases(), timeout_s=5)

    return check


@pytest.fixture
def nothing_is_left(ask, databases, cluster, tmp_path):
    """Neither at a server, nor as a process, nor as a file."""

    def check():
        eventually(
            lambda: WORK not in databases() and not ask("postgres", RUNS) and not readers_of(cluster), timeout_s=5
        )
        assert not list((tmp_path / "tmp").iterdir())

    return check
