"""The image: there already, built from a checkout, or pulled."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import devdb
from devdb.containers.daemon import words
from devdb.errors import DevdbError, UsageError
from devdb.progress import Reporter
from devdb.settings import Settings

if TYPE_CHECKING:
    from docker import DockerClient

DOCKERFILE = "Dockerfile.postgres-oraclefdw"

_TOLD_LINES = 20


def provide(client: DockerClient, settings: Settings, report: Reporter, *, rebuild: bool) -> None:
    """See to it that the image is there: build it (again, with `rebuild`) or pull it."""
    from docker.errors import ImageNotFound

    name = settings.docker.image_name
    if not rebuild:
        try:
            client.images.get(name)
            return
        except ImageNotFound:
            pass
    if settings.docker.build is False:
        if rebuild:
            raise UsageError("docker.build is false: there is nothing to build the image from")
        _pull(client, name, report)
    else:
        _build(client, settings, report)


def _build(client: DockerClient, settings: Settings, report: Reporter) -> None:
    directory = _checkout(settings)
    report.step(f"building {settings.docker.image_name} from {directory}; the first time takes minutes")
    events = client.api.build(
        path=str(directory),
        dockerfile=DOCKERFILE,
        tag=settings.docker.image_name,
        buildargs={**settings.docker.build_args, "PG_MAJOR": str(settings.docker.pg_major)},
        rm=True,
        forcerm=True,
        decode=True,
        timeout=None,
    )
    last: deque[str] = deque(maxlen=_TOLD_LINES)
    for event in events:
        _raise_failed(event, what=f"{settings.docker.image_name} cannot be built", last=last)
        for line in str(event.get("stream", "")).splitlines():
            if not (line := line.rstrip()):
                continue
            last.append(line)
            if line.startswith("Step "):
                report.step(f"building: {line}")
            else:
                report.detail(line, level=1)


def _pull(client: DockerClient, name: str, report: Reporter) -> None:
    from docker.errors import APIError
    from docker.utils import parse_repository_tag

    report.step(f"pulling {name}")
    repository, tag = parse_repository_tag(name)
    hint = "docker login, if it is a private one; docker load, if it came as a file; or build: true, in a checkout"
    try:
        for event in client.api.pull(repository, tag=tag or "latest", stream=True, decode=True):
            if "error" in event:
                raise DevdbError(f"{name} cannot be pulled: {event['error']}", hint=hint)
            report.detail(str(event.get("status", "")), level=2)
    except APIError as exc:
        raise DevdbError(f"{name} cannot be pulled: {words(exc)}", hint=hint) from exc


def _checkout(settings: Settings) -> Path:
    """The directory to build from: the one that the settings name, else the checkout that this package runs from."""
    said = settings.docker.build
    directory = settings.beside / said if isinstance(said, str) else Path(devdb.__file__).parent.parent
    if not (directory / DOCKERFILE).is_file():
        raise UsageError(
            f"there is no {DOCKERFILE} in {directory} to build the image from",
            hint="name a checkout of devdb in docker.build; or say build: false, and a ready image in docker.image",
        )
    return directory.resolve()


def _raise_failed(event: Mapping[str, object], *, what: str, last: deque[str]) -> None:
    if "error" not in event:
        return
    said = "\n".join(f"  {line}" for line in last)
    raise DevdbError(f"{what}: {event['error']}\nThe last lines of the build:\n{said}")
