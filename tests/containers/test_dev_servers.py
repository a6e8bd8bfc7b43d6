"""devdb server where no container is meant: a private cluster, or a server that is there."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_types import RunCommand

from devdb.server import account
from devdb.server.cluster import Cluster


@pytest.fixture
def environment(reachable_path: Path, command: RunCommand, tmp_path: Path) -> Iterator[dict[str, str]]:
    account.server_account().own(reachable_path, mode=0o755)
    env = {"DEVDB_CACHE_DIR": str(reachable_path), "PGHOST": "192.0.2.1", "PGCONNECT_TIMEOUT": "1"}
    (tmp_path / "devdb.yaml").write_text("server: private\n")
    yield env
    assert command("devdb", "server", "down", "--volumes", env=env).returncode == 0
    assert not (reachable_path / "devdb" / "demo-cluster").exists()


def test_a_private_server_is_started_used_stopped_and_removed(
    environment: dict[str, str], command: RunCommand, reachable_path: Path, tmp_path: Path
) -> None:
    def server(*args: str) -> subprocess.CompletedProcess[str]:
        return command("devdb", "server", *args, env=environment)

    (tmp_path / "make.sql").write_text("CREATE TABLE kept AS SELECT 1 AS one;\n")
    (tmp_path / "look.sql").write_text("SELECT one FROM kept;\n")
    before = command("devdb", "run", "make.sql", "-d", "postgres", env=environment)
    assert (before.returncode, "devdb server up" in before.stderr) == (2, True)

    up = server("up")
    assert up.returncode == 0, up.stderr
    variables = dict(line.split("=", 1) for line in shlex.split(up.stdout))
    assert sorted(variables) == ["PGHOST", "PGPORT", "PGUSER"]
    assert variables["PGHOST"].startswith(("/tmp/", str(reachable_path)))
    made = command("devdb", "run", "make.sql", "-d", "postgres", env=environment)
    assert made.returncode == 0, made.stderr
    # An address that somebody wrote goes over it.
    elsewhere = command("devdb", "run", "look.sql", "-h", "/nowhere", "-d", "postgres", env=environment)
    assert (elsewhere.returncode, "host /nowhere" in elsewhere.stderr) == (2, True)

    assert server("down").returncode == 0
    assert (server("status").returncode, server("up").returncode) == (1, 0)
    status = server("status")
    assert (status.returncode, status.stdout.splitlines()[0]) == (0, "the private cluster runs")
    assert status.stdout.endswith(up.stdout)
    kept = command("devdb", "run", "look.sql", "-d", "postgres", env=environment)
    assert (kept.returncode, kept.stdout.split()) == (0, ["one", "-----", "1", "(1", "row)"]), kept.stderr


def test_a_server_that_is_there_is_only_looked_at(command: RunCommand, cluster: Cluster) -> None:
    env = {"PGHOST": str(cluster.socket_directory), "PGPORT": str(cluster.port)}
    for word in ("up", "down"):
        done = command("devdb", "server", word, env=env)
        assert (done.returncode, done.stdout, "nothing to do" in done.stderr) == (0, "", True)
    done = command("devdb", "server", "status", env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == [f"{name}={value}" for name, value in env.items()] + ["PGUSER=postgres"]
    done = command("devdb", "server", "status", env={"PGHOST": "/nowhere"})
    assert (done.returncode, "host /nowhere" in done.stderr) == (2, True)
