"""The container: started, awaited, looked at, stopped."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devdb.containers import image, secret
from devdb.containers.daemon import daemon, words
from devdb.errors import DevdbError, Refused
from devdb.progress import Reporter
from devdb.settings import Settings

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

HOST = "127.0.0.1"
USER = "postgres"

# What is ours carries it, with a mark of the settings that it was made with.
_LABEL = "devdb.server"
_SECRET = "/run/secrets/postgres_password"
# Any: the types that are published for the SDK leave this one out.
_RESTART: Any = {"Name": "unless-stopped"}
_POLL_S = 0.2
_LOG_LINES = 15
_SECOND_NS = 10**9
_STOP_S = 60


@dataclass(frozen=True)
class State:
    """What there is of the container. `words` tell it; `is_up` says that it may be connected to."""

    words: str
    is_up: bool


def up(settings: Settings, report: Reporter, *, rebuild: bool = False) -> None:
    """Have the container run and be healthy; nothing is done to one that is. `rebuild`: anew, from an image built anew.

    Leaves a passfile. Raises DevdbError with the end of the container's log, Refused when something is in the way.
    """
    with daemon() as client:
        password = secret.password(settings)
        container = _existing(client, settings)
        if container is None or rebuild:
            image.provide(client, settings, report, rebuild=rebuild)
            if container is not None:
                _remove(container, report)
            container = _create(client, settings, password)
            _start(container, settings, report, is_new=True)
        elif container.status != "running":
            _start(container, settings, report, is_new=False)
        else:
            report.note(f"the container {container.name} runs already")
        _await_health(container, settings, report, password)
    secret.write_passfile(settings, host=HOST, user=USER)


def down(settings: Settings, report: Reporter, *, volumes: bool) -> bool:
    """Stop and remove the container; its data stay, unless `volumes`. False when there was nothing to remove."""
    with daemon() as client:
        container = _existing(client, settings, as_it_is=True)
        if container is not None:
            _remove(container, report)
        was_there = container is not None
        if volumes:
            was_there = _remove_volume(client, settings) or was_there
    secret.remove_passfile(settings)
    return was_there


def state(settings: Settings) -> State:
    with daemon() as client:
        container = _existing(client, settings, as_it_is=True)
        if container is None:
            return State(f"there is no container {settings.docker.container}", is_up=False)
        status, health = container.status, _health(container)
        told = f"the container {container.name} ({settings.docker.image_name}) is {status}"
        if status == "running":
            told += f", {health}"
        return State(told, is_up=status == "running" and health == "healthy")


def _mark(settings: Settings) -> str:
    """A mark of what cannot be changed in a container that exists."""
    docker = settings.docker
    made_of = f"{docker.image_name}\n{docker.port}\n{docker.volume}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]


def _existing(client: DockerClient, settings: Settings, *, as_it_is: bool = False) -> Container | None:
    """The container of that name, which must be ours; made with these settings, unless `as_it_is` will do."""
    from docker.errors import NotFound

    name = settings.docker.container
    try:
        container = client.containers.get(name)
    except NotFound:
        return None
    if _LABEL not in container.labels:
        raise Refused(f"the container {name} is not devdb's", hint="choose another name in docker.container")
    if not as_it_is and container.labels[_LABEL] != _mark(settings):
        raise Refused(
            f"the container {name} was made with another image, port or volume than the settings say",
            hint="devdb server down, then up again; the volume stays",
        )
    return container


def _create(client: DockerClient, settings: Settings, password: str) -> Container:
    docker = settings.docker
    labels = {_LABEL: _mark(settings)}
    _own_volume(client, docker.volume)
    container = client.containers.create(
        docker.image_name,
        name=docker.container,
        labels=labels,
        environment={
            "POSTGRES_USER": USER,
            "POSTGRES_PASSWORD_FILE": _SECRET,
            # One place for all releases, within the volume; images differ in theirs.
            "PGDATA": f"/var/lib/postgresql/{docker.pg_major}/docker",
        },
        volumes={docker.volume: {"bind": "/var/lib/postgresql", "mode": "rw"}},
        ports={"5432/tcp": (HOST, docker.port)},
        # A source on this machine itself.
        extra_hosts={"host.docker.internal": "host-gateway"},
        # Parallel queries share memory there, and Docker's default is 64 MB.
        shm_size="256m",
        restart_policy=_RESTART,
        healthcheck={
            # Over TCP: while the database is being initialized, the server listens on its socket alone.
            "test": ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", USER, "-d", "postgres"],
            "interval": 2 * _SECOND_NS,
            "timeout": 5 * _SECOND_NS,
            "retries": 15,
            "start_period": settings.docker.start_timeout_ms * 10**6,
        },
    )
    try:
        _hand_over(container, password)
    except BaseException:
        container.remove(force=True)
        raise
    return container


def _hand_over(container: Container, password: str) -> None:
    """Put the password into the container's own layer: in no image, no environment, and no option that inspect shows.

    Not as a mount of the file: it is readable for its owner alone, who is nobody in the container.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        directory = tarfile.TarInfo("secrets")
        directory.type, directory.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(directory)
        file = tarfile.TarInfo("secrets/postgres_password")
        content = password.encode()
        file.size, file.mode = len(content), 0o444
        tar.addfile(file, io.BytesIO(content))
    container.put_archive("/run", packed.getvalue())


def _start(container: Container, settings: Settings, report: Reporter, *, is_new: bool) -> None:
    from docker.errors import APIError

    report.step(f"starting the container {container.name}")
    try:
        container.start()
    except APIError as exc:
        if is_new:
            with suppress(APIError):
                container.remove(force=True)
        if "port is already allocated" in words(exc) or "address already in use" in words(exc):
            raise Refused(
                f"port {settings.docker.port} of {HOST} is in use", hint="choose another one in docker.port"
            ) from exc
        raise DevdbError(f"the container {container.name} does not start: {words(exc)}") from exc


def _await_health(container: Container, settings: Settings, report: Reporter, password: str) -> None:
    report.step("waiting until the server is ready")
    limit_s = settings.docker.start_timeout_ms / 1000
    until_s = time.monotonic() + limit_s
    while True:
        container.reload()
        health = _health(container)
        if container.status in ("exited", "dead"):
            code = container.attrs["State"].get("ExitCode")
            raise DevdbError(f"the container {container.name} ended with status {code}{_log(container, password)}")
        if container.status == "running" and health == "healthy":
            return
        if health == "unhealthy":
            raise DevdbError(f"the container {container.name} is not well{_log(container, password)}")
        if time.monotonic() > until_s:
            raise DevdbError(
                f"the container {container.name} is not ready after {limit_s:g} s{_log(container, password)}",
                hint="if it only needs longer, say so in docker.start_timeout; it goes on meanwhile",
            )
        time.sleep(_POLL_S)


def _health(container: Container) -> str:
    health: dict[str, Any] = container.attrs["State"].get("Health") or {}
    return str(health.get("Status", "none"))


def _log(container: Container, password: str) -> str:
    """The end of what the container wrote, to follow a message."""
    said = container.logs(tail=_LOG_LINES).decode("utf-8", "replace").replace(password, "********").rstrip()
    return "" if not said else ":\n" + "\n".join(f"  {line}" for line in said.splitlines())


def _remove(container: Container, report: Reporter) -> None:
    report.step(f"stopping the container {container.name}")
    container.stop(timeout=_STOP_S)
    container.remove()


def _own_volume(client: DockerClient, name: str) -> None:
    from docker.errors import NotFound

    try:
        client.volumes.get(name)
    except NotFound:
        client.volumes.create(name, labels={_LABEL: ""})


def _remove_volume(client: DockerClient, settings: Settings) -> bool:
    from docker.errors import NotFound

    name = settings.docker.volume
    try:
        volume = client.volumes.get(name)
    except NotFound:
        return False
    if _LABEL not in (volume.attrs.get("Labels") or {}):
        raise Refused(f"the volume {name} is not one that devdb made", hint=f"docker volume rm {name}")
    volume.remove()
    return True
