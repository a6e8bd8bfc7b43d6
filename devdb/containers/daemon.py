"""The Docker daemon: finding it, and what to say when there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from devdb.errors import ConnectionFailed, DevdbError, UsageError

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.errors import APIError

_HERE = (None, "", "localhost", "127.0.0.1", "::1")


@contextmanager
def daemon() -> Iterator[DockerClient]:
    """The daemon that the docker command would talk to: DOCKER_HOST, its current context, or the usual socket.

    Within the block, whatever Docker refuses is a DevdbError in its own words, and its loss a ConnectionFailed.
    """
    import docker
    from docker.errors import APIError, DockerException
    from requests.exceptions import RequestException

    # Before it is talked to: what does not answer takes long.
    _check_is_here(os.environ.get("DOCKER_HOST", ""))
    try:
        client = docker.from_env(version="auto")
    except (DockerException, OSError) as exc:
        place = os.environ.get("DOCKER_HOST") or "the usual place"
        raise ConnectionFailed(f"no Docker daemon answers at {place}: {_reason(exc)}", hint=_hint(exc)) from None
    try:
        _check_is_here(client.api.base_url)
        yield client
    except APIError as exc:
        raise DevdbError(f"Docker refuses: {words(exc)}") from exc
    except DockerException as exc:
        raise DevdbError(f"Docker: {exc}") from exc
    except RequestException as exc:
        raise ConnectionFailed(f"the Docker daemon was lost: {_reason(exc)}") from exc
    finally:
        client.close()


def words(exc: APIError) -> str:
    """What the daemon itself said."""
    return str(exc.explanation or exc).strip()


def _check_is_here(url: str) -> None:
    # The SDK writes http+docker:// for sockets and pipes.
    place = urlsplit(url)
    if place.scheme in ("http", "https", "tcp", "ssh") and place.hostname not in _HERE:
        raise UsageError(
            f"the Docker daemon is on {place.hostname}, and the container's port would be open on that machine alone",
            hint="start the container there, and name that server with server: existing and target.host",
        )


def _reason(exc: BaseException) -> str:
    """The innermost cause's words: what wraps it repeats it with names of classes."""
    while (cause := exc.__cause__ or exc.__context__) is not None:
        exc = cause
    return getattr(exc, "strerror", None) or str(exc).strip() or type(exc).__name__


def _hint(exc: BaseException) -> str:
    if "permission denied" in _reason(exc).lower():
        return "may you use it? sudo usermod -aG docker $USER, then log in again"
    return (
        "start it (sudo systemctl start docker, or Docker Desktop), or name its socket in DOCKER_HOST; "
        "without Docker: server: private, or server: existing"
    )
