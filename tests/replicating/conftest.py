"""The example site: its legacy system in PostgreSQL, its application's database, and the command."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from fixture_types import MakeDb, RunCommand, RunProgram

from devdb.cli.main import devdb
from devdb.server.cluster import Cluster

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "wells"
LEGACY, APPLICATION = "replicated_legacy", "replicating_application"


class Done(NamedTuple):
    """What a run within this process said."""

    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def legacy_template(cluster: Cluster, psql: RunProgram) -> Iterator[str]:
    """The name of a database that plays the legacy system, to clone from or to read."""
    with _database(cluster, LEGACY):
        psql(cluster.conninfo(LEGACY), "-f", str(EXAMPLE / "legacy" / "postgresql.sql"))
        yield LEGACY


@pytest.fixture(scope="session")
def application_template(cluster: Cluster, psql: RunProgram, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the application's tables, codes loaded, to clone from."""
    with _database(cluster, APPLICATION):
        psql(cluster.conninfo(APPLICATION), "-f", str(EXAMPLE / "application.sql"))
        subprocess.run(
            [Path(sys.executable).with_name("devdb"), "load-codes", "-q", "-d", APPLICATION],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home")), **_address(cluster)},
            cwd=EXAMPLE,
            check=True,
        )
        yield APPLICATION


@pytest.fixture
def application(make_db: MakeDb, application_template: str) -> str:
    """The connection string of the application's database, `wells`."""
    return make_db("wells", template=application_template)


@pytest.fixture
def legacy(make_db: MakeDb, legacy_template: str) -> str:
    """The connection string of a legacy system of the test's own, `legacy`."""
    return make_db("legacy", template=legacy_template)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The example's directory, to be changed."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "site"))


@pytest.fixture
def environment(cluster: Cluster, legacy_template: str) -> dict[str, str]:
    """The variables by which the site says where it and its legacy system are."""
    return {
        **_address(cluster),
        "FDW_USER": "postgres",
        "FDW_PASS": cluster.password,
        "FDW_FOREIGN_SCHEMA": "wells",
        "FDW_NAME": "wells_server",
        "FDW_SCHEMA": "wells_legacy",
        "FDW_FOREIGN_SERVER": f"127.0.0.1:{cluster.port}/{legacy_template}",
        "FDW_WRAPPER": "postgres_fdw",
    }


@pytest.fixture
def replicate(
    command: RunCommand, environment: dict[str, str], site: Path, application: str
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `devdb replicate` in the site; it must end with `status`. Variables that are None are not set."""
    assert application

    def run(mode: str | None, *args: str, status: int = 0, **variables: str | None) -> Any:
        said = {name: value for name, value in {**environment, **variables}.items() if value is not None}
        done = command("devdb", "replicate", *(["--mode", mode] if mode else []), *args, env=said, cwd=site)
        assert done.returncode == status, f"ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def replicate_here(
    environment: dict[str, str],
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Callable[..., Done]]:
    """As `replicate`, within this process: half a second less for each of many runs. Asks for no database."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.chdir(site)
    monkeypatch.setenv("HOME", str(site))

    def run(mode: str, *args: str, status: int = 0, **variables: str | None) -> Done:
        with monkeypatch.context() as patch:
            for name, value in {**environment, **variables}.items():
                if value is not None:
                    patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                devdb.main(["replicate", "--mode", mode, *args], prog_name="devdb")
        done = Done(*capsys.readouterr())
        assert ended.value.code == status, f"ended with {ended.value.code}:\n{done.stdout}\n{done.stderr}"
        return done

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def contents(application: str) -> Callable[[], dict[str, list[Any]]]:
    """What the application's tables hold, but for ids that sequences gave."""

    def read() -> dict[str, list[Any]]:
        with psycopg.connect(application) as connection:
            return {
                table: connection.execute(
                    f"SELECT to_jsonb(t) - 'id' FROM wells.{table} AS t ORDER BY (to_jsonb(t) - 'id')::text".encode()
                ).fetchall()
                for table in ("xform_well", "well", "casing", "lithology")
            }

    return read


@pytest.fixture
def counts(contents: Callable[[], dict[str, list[Any]]]) -> Callable[[], dict[str, int]]:
    """How many rows they hold."""
    return lambda: {table: len(rows) for table, rows in contents().items()}


def _address(cluster: Cluster) -> dict[str, str]:
    return {"PGHOST": str(cluster.socket_directory), "PGPORT": str(cluster.port)}


@contextmanager
def _database(cluster: Cluster, name: str) -> Iterator[None]:
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
