"""devdb server with a container: the real SDK, a daemon that is one at its socket only, a real server at its port."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fake_docker import FakeDocker
from fixture_types import RunCommand

from devdb.containers import container
from devdb.errors import ConnectionFailed, DevdbError, Refused, SettingsError, UsageError
from devdb.server.cluster import Cluster
from devdb.settings import Settings

IMAGE = "devdb/postgres-oraclefdw:18"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Load = Callable[..., Settings]


class Told:
    """A reporter that nobody listens to."""

    def step(self, title: str) -> None: ...
    def note(self, text: str) -> None: ...
    def warning(self, text: str) -> None: ...
    def detail(self, text: str, *, level: int) -> None: ...


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDocker]:
    with FakeDocker(tmp_path / "d.sock").running() as running:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{running.path}")
        # The person's own contexts and logins are not asked.
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        yield running


@pytest.fixture
def settings(tmp_path: Path, cluster: Cluster) -> Load:
    """Write settings and load them; the container's port is that of the tests' own cluster, and so is its password."""
    password = tmp_path / "server.password"
    password.write_text(cluster.password + "\n")
    password.chmod(0o600)

    def load(more: Mapping[str, Any] | None = None, **docker: Any) -> Settings:
        said = {"port": cluster.port, "password_file": "server.password", "start_timeout": "20s", **docker}
        path = tmp_path / "devdb.yaml"
        path.write_text(json.dumps({"server": "docker", "docker": said, **(more or {})}))
        return Settings.load(path)

    return load


@pytest.fixture
def server(command: RunCommand, daemon: FakeDocker) -> Run:
    return lambda *args: command("devdb", "server", *args, env={"DOCKER_HOST": f"unix://{daemon.path}"})


def test_the_server_is_built_started_used_and_stopped(
    server: Run, daemon: FakeDocker, command: RunCommand, cluster: Cluster, settings: Load, tmp_path: Path, demo_db: str
) -> None:
    assert demo_db
    socket = str(cluster.socket_directory)
    settings({"source": {"host": socket, "port": cluster.port, "fdw_options": {"host": socket}}})
    done = server("up")
    assert done.returncode == 0, done.stderr
    passfile = tmp_path / "server.password.pgpass"
    lines = ["PGHOST=127.0.0.1", f"PGPORT={cluster.port}", "PGUSER=postgres", f"PGPASSFILE={passfile}"]
    assert done.stdout.splitlines() == lines
    assert "Step 1/2 : FROM postgres:18-trixie" in done.stderr
    assert passfile.stat().st_mode & 0o777 == 0o600

    # The context is what the Dockerfile copies, and no secret.
    assert {"Dockerfile.postgres-oraclefdw", "container/take", "devdb/errors.py", "sql/devdb.yaml"} <= set(
        daemon.context
    )
    assert not [
        name for name in daemon.context if name.startswith((".git", ".venv", "tests", "data", "container/secrets"))
    ]

    assert daemon.container is not None
    body = daemon.container["body"]
    assert body["HostConfig"]["PortBindings"] == {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(cluster.port)}]}
    assert body["HostConfig"]["Binds"] == ["devdb-data:/var/lib/postgresql:rw"]
    assert "POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password" in body["Env"]
    assert daemon.handed_over == {"/run/secrets/postgres_password": (cluster.password.encode(), 0o444)}
    assert cluster.password not in done.stdout + done.stderr + json.dumps(body) + "".join(daemon.asked)

    # Up already: nothing is changed.
    daemon.asked.clear()
    again = server("up")
    assert (again.returncode, again.stdout) == (0, done.stdout), again.stderr
    assert daemon.verbs() == []
    status = server("status")
    assert status.returncode == 0, status.stderr
    assert status.stdout.splitlines()[0] == f"the container devdb ({IMAGE}) is running, healthy"
    assert status.stdout.splitlines()[1].startswith(f"PostgreSQL {cluster.programs.major}.")

    # It is the dev server of every command, over TCP with its password; the source is where the settings say.
    built = command("build-dev-db", "--no-dump", "--reader", "wrapper")
    assert built.returncode == 0, built.stderr
    with psycopg.connect(cluster.conninfo("devdb")) as made:
        assert made.execute("SELECT count(*) > 0 FROM registry.well").fetchone() == (True,)

    down = server("down")
    assert down.returncode == 0, down.stderr
    assert (daemon.container, set(daemon.volumes)) == (None, {"devdb-data"})
    assert not passfile.exists()
    stopped = command("build-dev-db", "--no-dump")
    assert (stopped.returncode, "devdb server up" in stopped.stderr) == (2, True)
    assert server("status").returncode == 1

    # With its data.
    emptied = server("down", "--volumes")
    assert (emptied.returncode, daemon.volumes) == (0, {}), emptied.stderr


def test_a_container_that_was_stopped_is_started_and_one_built_anew_replaced(
    settings: Load, daemon: FakeDocker
) -> None:
    container.up(settings(), Told())
    assert daemon.container is not None
    daemon.container["status"] = "exited"
    assert not container.state(settings()).is_up
    daemon.asked.clear()
    container.up(settings(), Told())
    assert [verb.rpartition("/")[2] for verb in daemon.verbs()] == ["start"]
    daemon.asked.clear()
    container.up(settings(), Told(), rebuild=True)
    assert [verb.rpartition("/")[2] for verb in daemon.verbs()][:3] == ["build", "stop", "c" * 64]


def refused(settings: Settings, kind: type[DevdbError] = DevdbError) -> str:
    """What `up` says when it fails."""
    with pytest.raises(kind) as failure:
        container.up(settings, Told())
    return str(failure.value)


def test_a_server_that_is_not_well_is_told_with_the_end_of_its_log(
    settings: Load, daemon: FakeDocker, cluster: Cluster
) -> None:
    daemon.images.add(IMAGE)
    daemon.health = ["starting", "unhealthy"]
    daemon.logs = f"FATAL: no space left\npassword {cluster.password}\n".encode()
    assert refused(settings()).endswith("is not well:\n  FATAL: no space left\n  password ********")


def test_a_server_that_does_not_get_ready_is_waited_for_only_so_long(settings: Load, daemon: FakeDocker) -> None:
    daemon.images.add(IMAGE)
    daemon.health = ["starting"]
    said = refused(settings(start_timeout="300ms"))
    assert "is not ready after 0.3 s:\n  database system is ready\n" in said
    assert "docker.start_timeout" in said


def test_a_container_that_ends_at_once(settings: Load, daemon: FakeDocker) -> None:
    daemon.images.add(IMAGE)
    daemon.status = "exited"
    daemon.logs = b"initdb: error\n"
    assert "ended with status 1:\n  initdb: error" in refused(settings())


@pytest.mark.parametrize(
    "words", ["Bind for 127.0.0.1:5433 failed: port is already allocated", "bind: address already in use"]
)
def test_a_port_that_is_taken(settings: Load, daemon: FakeDocker, words: str) -> None:
    daemon.images.add(IMAGE)
    daemon.start_refusal = f"driver failed programming external connectivity on endpoint devdb: {words}"
    assert "docker.port" in refused(settings(), Refused)
    assert daemon.container is None


def test_an_image_that_cannot_be_pulled(settings: Load, daemon: FakeDocker) -> None:
    nowhere = settings(build=False, image="nowhere/nothing:1")
    assert "nowhere/nothing:1 cannot be pulled: pull access denied" in refused(nowhere)
    daemon.pull_refusal = ""
    container.up(nowhere, Told())
    assert daemon.images == {"nowhere/nothing:1"}


def test_an_image_that_cannot_be_built(settings: Load, daemon: FakeDocker, tmp_path: Path) -> None:
    said = refused(settings(build=str(tmp_path)), UsageError)
    assert f"no Dockerfile.postgres-oraclefdw in {tmp_path}" in said
    daemon.build_events = [
        {"stream": "Step 7/30 : RUN ./take\n"},
        {"stream": "Error: SHA256SUMS has no checksum of x.zip\n"},
        {"errorDetail": {"code": 1}, "error": "The command './take' returned a non-zero code: 1"},
    ]
    said = refused(settings(build_args={"http_proxy": "http://proxy.example:3128"}))
    assert "returned a non-zero code: 1\nThe last lines of the build:\n" in said
    assert "  Error: SHA256SUMS has no checksum of x.zip" in said
    assert '{"http_proxy": "http://proxy.example:3128", "PG_MAJOR": "18"}' in said


def test_a_container_that_is_not_ours_or_was_made_otherwise(settings: Load, daemon: FakeDocker) -> None:
    daemon.images.add(IMAGE)
    daemon.container = {"name": "devdb", "status": "running", "body": {"Image": "other", "Labels": None}}
    daemon.volumes["devdb-data"] = {}
    assert "the container devdb is not devdb's" in refused(settings(), Refused)
    with pytest.raises(Refused):
        container.down(settings(), Told(), volumes=True)
    assert daemon.verbs() == []
    daemon.container = None
    container.up(settings(), Told())
    assert "devdb server down" in refused(settings(volume="another"), Refused)
    with pytest.raises(Refused, match="the volume devdb-data is not one that devdb made"):
        container.down(settings(), Told(), volumes=True)
    assert "devdb-data" in daemon.volumes
    assert not container.down(settings(), Told(), volumes=False)


def test_a_server_that_keeps_another_password(settings: Load, daemon: FakeDocker, tmp_path: Path, server: Run) -> None:
    daemon.images.add(IMAGE)
    (tmp_path / "server.password").write_text("another\n")
    settings()
    done = server("up")
    assert done.returncode == 2
    assert "password authentication failed" in done.stderr
    assert "another" not in done.stderr


def test_no_daemon_at_all(command: RunCommand, settings: Load) -> None:
    settings()
    done = command("devdb", "server", "up", env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert done.returncode == 2
    assert "no Docker daemon answers at unix:///nowhere/docker.sock: No such file or directory" in done.stderr
    assert "server: private" in done.stderr


def test_a_daemon_far_away(settings: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")
    assert "the Docker daemon is on 192.0.2.1" in refused(settings(), UsageError)


@pytest.mark.parametrize(
    "dies_at", ["GET /images/.*", "POST /build", "POST /containers/create", "GET /containers/c+/json"]
)
def test_a_daemon_that_is_lost(settings: Load, daemon: FakeDocker, dies_at: str) -> None:
    daemon.dies_at = dies_at
    assert "the Docker daemon was lost" in refused(settings(), ConnectionFailed)


def test_the_password_is_made_once_for_its_owner_alone(settings: Load, daemon: FakeDocker, tmp_path: Path) -> None:
    daemon.images.add(IMAGE)
    made = tmp_path / "devdb.server_password"
    container.up(settings(password_file=None), Told())
    (content, _) = daemon.handed_over["/run/secrets/postgres_password"]
    assert (made.stat().st_mode & 0o777, made.read_bytes()) == (0o600, content + b"\n")
    container.up(settings(password_file=None), Told())
    assert made.read_bytes() == content + b"\n"

    # A secret as compose has it: readable, in a directory that is closed.
    made.chmod(0o444)
    tmp_path.chmod(0o700)
    container.up(settings(password_file=None), Told())
    tmp_path.chmod(0o755)
    assert "others may read" in refused(settings(password_file=None), SettingsError)
    assert "docker.password_file: there is no file" in refused(settings(password_file="nowhere"), SettingsError)
    (tmp_path / "empty").touch(mode=0o600)
    assert "holds no password" in refused(settings(password_file="empty"), SettingsError)
